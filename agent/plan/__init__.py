"""Pure planning: (running, wanted) to ordered steps, their undo and their risks."""
