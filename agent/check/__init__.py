"""What is, against what was meant: drift and compliance."""
