"""One dashboard per file: each gives its ``BOARD``, rows of panels that ask catalogue and recordings only."""
