"""What citizens and staff notice: the ports that endpoints hang on, and whether the endpoints live."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.alerts.words import (
    ANSWERS,
    EXPECTED_UP,
    LEAST_WATTS,
    PORT_IS_UP,
    PORT_LABELS,
    PROBE_LABELS,
    SITE_ANSWERS,
    of_endpoint,
)
from agent.noc.fault import by_series, fault, on_endpoint
from agent.noc.rule import PORT, Alert, meant, of_port

CAMERAS, SERVERS, NO_SERVERS = '{kind="camera"}', '{kind="server"}', '{kind!="server"}'

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
            f" or {m.POE_WATTS.name} < {PORT} group_left () {LEAST_WATTS}",
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
        of_port(f"{m.POE_WATTS.name} < {PORT} group_left () {LEAST_WATTS}", '{kind!="camera"}'),
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
    Alert(
        "CameraSilent",
        of_port(
            f"{r.RX_BITS.name} < 1000 and {PORT} {m.INTERFACE_UP.name} == 1"
            f" and {PORT} {m.POE_DELIVERING.name} == 1",
            '{kind="camera"}',
        ),
        "page",
        "camera {endpoint} at {place} has power and link but sends no picture ({device} {interface})",
        "The camera hangs: cycle its power.",
        PORT_LABELS,
        after_seconds=600,
        needs="camera",
        fault=on_endpoint("endpoint-freeze", "camera"),
    ),
    Alert(
        "CameraNotStreaming",
        of_endpoint(f'{m.PROBE_SUCCESS.name}{{probe="rtsp"}} == 0', CAMERAS) + f" {PORT_IS_UP}",
        "ticket",
        "camera {endpoint} at {place} does not answer on RTSP though its port is up",
        "Cycle its power; then look at the camera's own settings.",
        PROBE_LABELS,
        after_seconds=300,
        needs="camera",
        fault=on_endpoint("endpoint-freeze", "camera"),
    ),
    Alert(
        "ServiceDown",
        f"{meant(f'{m.SERVICE_UP.name} == 0')} {SITE_ANSWERS}",
        "page",
        "nothing of the service {service} at {site} answers",
        "Look at the switch and the VLAN of the service first: it is more than one device.",
        ("service", "site"),
        needs="probe",
        fault=on_endpoint("endpoint-freeze", "door"),
    ),
    Alert(
        "ServerNotAnswering",
        f"{of_endpoint(f'{m.PROBE_SUCCESS.name} == 0', SERVERS)} {PORT_IS_UP}",
        "page",
        "{endpoint} ({place}) does not answer its {probe} probe: people notice",
        "The port is up: look at the server itself, then at the firewall between.",
        PROBE_LABELS,
        needs="server",
        fault=on_endpoint("endpoint-freeze", "probed-server"),
    ),
    Alert(
        "EndpointNotAnswering",
        of_endpoint(f'{m.PROBE_SUCCESS.name}{{probe!="rtsp"}} == 0', NO_SERVERS) + f" {PORT_IS_UP}",
        "ticket",
        "{kind} {endpoint} at {place} does not answer its {probe} probe though its port is up",
        "Restart the device; check its address and VLAN.",
        PROBE_LABELS,
        after_seconds=300,
        needs="probe",
        fault=on_endpoint("endpoint-freeze", "door"),
    ),
    Alert(
        "CertificateExpiring",
        of_endpoint(f"{m.PROBE_EXPIRY.name} - time() < 21 * 86400"),
        "ticket",
        "the certificate of {endpoint} ({place}) expires within 21 days",
        "Renew it, and find out why it did not renew itself.",
        PROBE_LABELS,
        after_seconds=3600,
        needs="probe",
        fault=by_series("certificates of the lab hold for a year"),
    ),
    Alert(
        "CertificateExpiresNow",
        of_endpoint(f"{m.PROBE_EXPIRY.name} - time() < 3 * 86400"),
        "page",
        "the certificate of {endpoint} ({place}) expires within 3 days, or has expired",
        "Renew it now: browsers refuse the service after that.",
        PROBE_LABELS,
        needs="probe",
        fault=by_series("certificates of the lab hold for a year"),
    ),
    Alert(
        "PoePortFault",
        of_port(
            f"{m.POE_FAULT.name} == 1"
            f" or max by (device, interface) (increase({m.POE_EVENTS.name}"
            '{event=~"denied|overload|short"}[15m])) > 0'
        ),
        "ticket",
        "power to {kind} {endpoint} at {place} is refused or cut ({device} {interface})",
        "Overload or short circuit: change cable or device. Denied: the budget of the switch is used up.",
        PORT_LABELS,
        needs="power",
        fault=on_endpoint("endpoint-overdraw", "camera"),
    ),
)
