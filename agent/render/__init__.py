"""Strict Jinja2: facts of one switch to its NX-OS configuration."""
