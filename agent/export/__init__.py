"""Prometheus exposition, multi-target probe, HTTP service discovery."""
