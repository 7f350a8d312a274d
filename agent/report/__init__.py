"""Proof of what was delivered."""
