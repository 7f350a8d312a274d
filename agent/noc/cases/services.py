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
    UP,
    Case,
    one,
)

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
)
