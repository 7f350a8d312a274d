"""Looking into one agent by hand: names for numbers, rows for people."""
