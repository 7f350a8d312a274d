"""Proof of what hits many, of what is only a consequence, and of the quiet of works."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.cases.case import CAMERA, DOWN, MEANT_UP, SWITCH, UP, Case, Series, one

STREET = CAMERA | {"street": "rue Haute", "value": "3"}
_PORTS = tuple(f"Ethernet1/{number}" for number in range(1, 5))


def _cameras(dark: int, place: str = "rue Haute") -> tuple[Series, ...]:
    """Four cameras of a street, so many of them dark."""
    return tuple(
        series
        for number, port in enumerate(_PORTS)
        for series in (
            one(
                m.CITY_INTERFACE_INFO,
                **CAMERA,
                interface=port,
                endpoint=f"CAM-{number}",
                place=f"{place} {number + 1}",
            ),
            one(m.INTERFACE_UP, int(number >= dark), interface=port),
        )
    )


PARENTS = (one(m.CITY_PARENT, parent="leaf-1"), one(m.CITY_PARENT, parent="leaf-2"))
DEAD = one(m.POLL_SUCCESS, 0)
ONE_DEAD = one(m.POLL_SUCCESS, 0, device="leaf-1")
BOTH_DEAD = (ONE_DEAD, one(m.POLL_SUCCESS, 0, device="leaf-2"))
ONE_LIVES = (ONE_DEAD, one(m.POLL_SUCCESS, 1, device="leaf-2"))
WORKS = one(m.CITY_MAINTENANCE, 1)
NO_WORKS = one(m.CITY_MAINTENANCE, 0)
WORKS_ELSEWHERE = one(m.CITY_MAINTENANCE, 1, site="hall")

IMPACT: tuple[Case, ...] = (
    Case("CamerasDark", _cameras(3), _cameras(2), words=STREET),
    Case("CamerasDark", (*_cameras(3), NO_WORKS), (*_cameras(3), WORKS), words=STREET),
    Case("SwitchBehindDeadUplink", BOTH_DEAD, ONE_LIVES, (SWITCH, DEAD, *PARENTS)),
    Case("SwitchUnreachable", ONE_LIVES, BOTH_DEAD, (SWITCH, DEAD, *PARENTS)),
    Case(
        "SwitchUnreachable",
        (one(m.CITY_INTERFACE_INFO, **CAMERA), *_cameras(0)[2:4]),
        (WORKS,),
        (SWITCH, DEAD),
        {"impact": "2 camera; hangs on it"},
    ),
    Case("PortDown", (WORKS_ELSEWHERE,), (WORKS,), (one(m.CITY_INTERFACE_INFO), MEANT_UP, DOWN)),
    Case(
        "BgpSessionDown",
        (one(m.BGP_UP, 0), NO_WORKS),
        (one(m.BGP_UP, 0), WORKS),
        (one(m.EXPECTED_BGP), SWITCH, UP),
    ),
)
