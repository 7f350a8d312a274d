"""Prometheus rules and Grafana dashboards, generated from catalogue and intent."""
