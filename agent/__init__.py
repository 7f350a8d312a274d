"""Moulin: one intent of a city's network, three outputs - configure, watch, report."""

__version__ = "0.1.0"
