"""The moulin command: one thin file per verb."""
