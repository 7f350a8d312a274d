"""Journal of changes and history of configurations."""
