"""Model-driven telemetry that switches send by themselves: the collector is a gRPC server that they dial."""
