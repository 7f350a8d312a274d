"""The baseline: one small function for each policy, or an entry of ``baseline.yaml``."""
