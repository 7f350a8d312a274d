"""The command language as tables: ``*.txt`` say which lines exist, this package reads and matches them."""
