"""Prometheus remote write, versions 1 and 2: what is sent, the queue on disk, the sender."""
