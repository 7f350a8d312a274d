"""Carry a plan to a switch: checkpoint, send, verify, save, undo what failed; waves over the fleet."""
