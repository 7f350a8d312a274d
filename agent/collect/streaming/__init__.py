"""What gNMI and dial-out telemetry share: rules from paths to metrics, and the last values of a device."""
