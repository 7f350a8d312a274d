"""The OpenConfig models of a node, filled from the same world that the CLI and SNMP read."""
