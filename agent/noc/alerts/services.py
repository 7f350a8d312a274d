"""What citizens and staff notice: the ports that endpoints hang on, and whether the endpoints live."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.alerts.words import ANSWERS, EXPECTED_UP, PORT_LABELS
from agent.noc.fault import fault, on_endpoint
from agent.noc.rule import PORT, Alert, of_port

SERVICES: tuple[Alert, ...] = (
    Alert(
        "PortDown",
        of_port(f"{m.INTERFACE_UP.name} == 0 {EXPECTED_UP}", '{kind!="camera"}'),
        "ticket",
        "{kind} {endpoint} at {place} is down ({device} {interface})",
        "Check the device and its cable; the port is meant to be up.",
        PORT_LABELS,
        fault=on_endpoint("endpoint-unplug", "access-point"),
    ),
    Alert(
        "CameraDark",
        of_port(
            f"{m.INTERFACE_UP.name} == 0 or {m.POE_DELIVERING.name} == 0"
            # group_left keeps the labels of the left side, so that `or` sees one series per port
            f" or {m.POE_WATTS.name} < {PORT} group_left () {m.EXPECTED_POE_WATTS.name}",
            '{kind="camera"}',
        ),
        "page",
        "camera {endpoint} at {place} is dark ({device} {interface})",
        "Port down, or less power than a camera that lives takes. Cycle the port, then send somebody.",
        PORT_LABELS,
        needs="camera",
        fault=on_endpoint("endpoint-unplug", "camera"),
    ),
    Alert(
        "EndpointWithoutPower",
        of_port(f"{m.POE_WATTS.name} < {PORT} {m.EXPECTED_POE_WATTS.name}", '{kind!="camera"}'),
        "ticket",
        "{kind} {endpoint} at {place} takes too little power to be alive ({device} {interface})",
        "Look whether the device starts; cycle the port.",
        PORT_LABELS,
        needs="power",
        fault=on_endpoint("endpoint-unplug", "access-point"),
    ),
    Alert(
        "ExpectedPortMissing",
        of_port(f"{m.EXPECTED_INTERFACE_UP.name} unless {PORT} {m.INTERFACE_UP.name} {ANSWERS}"),
        "ticket",
        "{device} has no {interface}, where {kind} {endpoint} at {place} is meant to be",
        "The inventory names a port that the switch does not have: wrong model, or a module that is missing.",
        PORT_LABELS,
        fault=fault("snmp-view", "building"),
    ),
)
