"""Model-driven telemetry that the switch sends by itself: gRPC dial-out with self-describing GPB."""
