"""Read-only pages and the exporter's HTTP endpoints."""
