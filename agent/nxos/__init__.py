"""The NX-OS dialect: text to tree and back, quirk tables, semantic diff."""
