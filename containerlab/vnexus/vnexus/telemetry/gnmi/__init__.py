"""gNMI: the service that collectors dial in to."""
