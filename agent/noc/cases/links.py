"""Proof of the alerts of ``alerts/links.py``."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.cases.case import ANSWERS, BUSY, OTHER_UPLINK, PORT, SWITCH, UP, UPLINK, Case, Series, one

LINKS: tuple[Case, ...] = (
    Case(
        "InterfaceErrors",
        (Series(m.INTERFACE_RX_ERRORS, 0, 300), one(m.INTERFACE_TX_ERRORS, 0)),
        (Series(m.INTERFACE_RX_ERRORS, 0, 6), one(m.INTERFACE_TX_ERRORS, 0)),
        (PORT,),
    ),
    Case(
        "LinkSaturated",
        (Series(m.INTERFACE_RX_BYTES, 0, 100), Series(m.INTERFACE_TX_BYTES, 0, 7_200_000_000)),
        (Series(m.INTERFACE_RX_BYTES, 0, 100), Series(m.INTERFACE_TX_BYTES, 0, 720_000_000)),
        (PORT, BUSY),
    ),
    Case(
        "UplinkRedundancyLost",
        (one(m.INTERFACE_UP, 0, interface="Ethernet1/50"),),
        (one(m.INTERFACE_UP, 1, interface="Ethernet1/50"),),
        (SWITCH, UP, one(m.CITY_INTERFACE_INFO, **UPLINK), one(m.CITY_INTERFACE_INFO, **OTHER_UPLINK)),
    ),
    Case(
        "NeighborNotAsMeant",
        (one(m.NEIGHBOR_INFO, 1, neighbor="leaf-2"),),
        (one(m.NEIGHBOR_INFO),),
        (SWITCH, UP, ANSWERS, one(m.EXPECTED_NEIGHBOR)),
    ),
)
