"""Model-driven telemetry: gNMI and gRPC dial-out, read from the state that the CLI and SNMP show."""
