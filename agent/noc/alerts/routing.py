"""What switches agree on among themselves and with the carriers."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.fault import fault
from agent.noc.rule import Alert, meant, said

ROUTING: tuple[Alert, ...] = (
    Alert(
        "BgpSessionDown",
        f"{said(f'{m.BGP_UP.name} == 0')} * on (device, vrf, peer) group_left (carrier)"
        f" {meant(m.EXPECTED_BGP.name)}",
        "page",
        "carrier {carrier} is lost: BGP session of {device} with {peer} is down",
        "Call the carrier when the port is up; the other carriers take over meanwhile.",
        ("device", "vrf", "peer", "carrier"),
        after_seconds=120,
        service="internet",
        needs="session",
        fault=fault("carrier-down", "session", endpoint="{carrier}"),
    ),
)
