"""The city as it was meant: models, loader with file and line, cross-checks, expansion into facts."""
