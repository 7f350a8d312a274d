"""Exec mode: the shell of one session and the commands it knows."""
