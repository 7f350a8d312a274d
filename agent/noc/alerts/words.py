"""What many alerts say: the labels of a port and of a switch, and conditions that gate them."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.rule import PORT

PORT_LABELS = ("device", "interface", "kind", "service", "site", "tenant", "endpoint", "place")
DEVICE_LABELS = ("device", "site", "role")
ANSWERS = f"and on (device) {m.POLL_SUCCESS.name} == 1"
EXPECTED_UP = f"and {PORT} {m.EXPECTED_INTERFACE_UP.name} == 1"
