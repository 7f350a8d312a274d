"""Edges to switches: a small Transport Protocol and its adapters."""
