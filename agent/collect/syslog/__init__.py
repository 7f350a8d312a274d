"""Syslog of switches: lines read exactly, what each means, and a receiver that floods cannot hurt."""
