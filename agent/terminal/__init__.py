"""What a person or a script sees of a running watch in a terminal."""
