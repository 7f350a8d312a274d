"""Proof of the alerts of ``alerts/services.py``."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.cases.case import (
    ANSWERS,
    CAMERA,
    CAMERA_PORT,
    DOWN,
    MEANT_UP,
    MEANT_WATTS,
    PORT,
    SWITCH,
    UP,
    Case,
    Series,
    one,
)

SERVER = {"kind": "server", "service": "datacentre"}
PORTAL = SERVER | {"probe": "portal"}

SERVICES: tuple[Case, ...] = (
    Case("PortDown", (DOWN,), (UP,), (PORT, MEANT_UP)),
    Case("PortDown", (DOWN, MEANT_UP), (DOWN,), (PORT,)),
    Case("PortDown", (DOWN, PORT), (DOWN, CAMERA_PORT), (MEANT_UP,)),
    Case("CameraDark", (DOWN,), (UP,), (CAMERA_PORT, MEANT_UP), CAMERA),
    Case(
        "CameraDark",
        (UP, one(m.POE_DELIVERING, 0)),
        (UP, one(m.POE_DELIVERING)),
        (CAMERA_PORT,),
        CAMERA,
    ),
    Case(
        "CameraDark",
        (UP, one(m.POE_WATTS, 1.5)),
        (UP, one(m.POE_WATTS, 6)),
        (CAMERA_PORT, MEANT_WATTS),
        CAMERA,
    ),
    Case("CameraDark", (DOWN, one(m.POE_WATTS, 0)), (UP,), (CAMERA_PORT, MEANT_WATTS), CAMERA),
    Case("EndpointWithoutPower", (one(m.POE_WATTS, 1),), (one(m.POE_WATTS, 9),), (PORT, MEANT_WATTS)),
    Case("ExpectedPortMissing", (), (UP,), (PORT, MEANT_UP, ANSWERS)),
    Case(
        "CameraSilent",
        (Series(m.INTERFACE_RX_BYTES, 0, 60),),
        (Series(m.INTERFACE_RX_BYTES, 0, 6e7),),
        (CAMERA_PORT, UP, one(m.POE_DELIVERING)),
        CAMERA,
    ),
    Case(
        "CameraSilent",
        (UP,),
        (DOWN,),
        (CAMERA_PORT, Series(m.INTERFACE_RX_BYTES, 0, 60), one(m.POE_DELIVERING)),
        CAMERA,
    ),
    Case(
        "CameraNotStreaming",
        (one(m.PROBE_SUCCESS, 0, **CAMERA),),
        (one(m.PROBE_SUCCESS, **CAMERA),),
        (CAMERA_PORT, UP),
        CAMERA,
    ),
    Case("CameraNotStreaming", (UP,), (DOWN,), (CAMERA_PORT, one(m.PROBE_SUCCESS, 0, **CAMERA)), CAMERA),
    Case("ServiceDown", (one(m.SERVICE_UP, 0),), (one(m.SERVICE_UP),), (SWITCH, ANSWERS)),
    Case("ServiceDown", (ANSWERS,), (one(m.POLL_SUCCESS, 0),), (SWITCH, one(m.SERVICE_UP, 0))),
    Case(
        "ServerNotAnswering",
        (one(m.PROBE_SUCCESS, 0, **PORTAL),),
        (one(m.PROBE_SUCCESS, **PORTAL),),
        (one(m.CITY_INTERFACE_INFO, **SERVER), UP),
        PORTAL,
    ),
    Case(
        "EndpointNotAnswering",
        (one(m.PROBE_SUCCESS, 0, probe="icmp"),),
        (one(m.PROBE_SUCCESS, probe="icmp"),),
        (PORT, UP),
        {"probe": "icmp"},
    ),
    Case(
        "EndpointNotAnswering",
        (PORT,),
        (one(m.CITY_INTERFACE_INFO, **SERVER),),
        (one(m.PROBE_SUCCESS, 0, probe="icmp"), UP),
        {"probe": "icmp"},
    ),
    Case(
        "CertificateExpiring",
        (one(m.PROBE_EXPIRY, 1e6, **PORTAL),),
        (one(m.PROBE_EXPIRY, 1e7, **PORTAL),),
        (one(m.CITY_INTERFACE_INFO, **SERVER),),
        PORTAL,
    ),
    Case(
        "CertificateExpiresNow",
        (one(m.PROBE_EXPIRY, 1e5, **PORTAL),),
        (one(m.PROBE_EXPIRY, 1e6, **PORTAL),),
        (one(m.CITY_INTERFACE_INFO, **SERVER),),
        PORTAL,
    ),
    Case("PoePortFault", (one(m.POE_FAULT),), (one(m.POE_FAULT, 0),), (PORT,)),
    Case("PoePortFault", (Series(m.POE_EVENTS, 0, 1),), (Series(m.POE_EVENTS, 3),), (PORT,)),
    Case(
        "PoePortFault",
        (one(m.POE_FAULT), Series(m.POE_EVENTS, 0, 1)),
        (Series(m.POE_EVENTS, 0, 1, {"event": "absent"}),),
        (PORT,),
    ),
)
