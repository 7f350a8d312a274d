"""Reading devices for metrics: every reader yields Samples of the catalogue."""
