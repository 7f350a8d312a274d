"""Proof of the alerts of ``alerts/links.py``."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.cases.case import (
    ANSWERS,
    BUSY,
    MEANT_UP,
    OTHER_UPLINK,
    PORT,
    SWITCH,
    UP,
    UPLINK,
    Case,
    Series,
    one,
)

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
    Case(
        "FramesDamaged",
        (Series(m.INTERFACE_ETHERNET_ERRORS, 0, 300),),
        (Series(m.INTERFACE_ETHERNET_ERRORS, 0, 1),),
        (PORT,),
    ),
    Case(
        "FramesDiscarded",
        (Series(m.INTERFACE_TX_DISCARDS, 0, 3000),),
        (Series(m.INTERFACE_TX_DISCARDS, 0, 30),),
        (PORT, one(m.INTERFACE_RX_DISCARDS, 0)),
    ),
    Case(
        "PortFlapping",
        (Series(m.INTERFACE_LAST_CHANGE, 0, 60),),
        (one(m.INTERFACE_LAST_CHANGE, 60),),
        (PORT, MEANT_UP),
    ),
    Case("PortFlapping", (MEANT_UP,), (), (PORT, Series(m.INTERFACE_LAST_CHANGE, 0, 60))),
    Case(
        "PortErrorDisabled",
        (one(m.INTERFACE_ERROR_DISABLED, vlan="0", reason="udld"),),
        (one(m.INTERFACE_DOWN_REASON, reason="link-failure"),),
        (SWITCH,),
    ),
    Case(
        "PortErrorDisabled",
        (one(m.INTERFACE_DOWN_REASON, reason="error-disabled-bpdu-guard"),),
        (one(m.INTERFACE_DOWN_REASON, reason="admin-down"),),
        (SWITCH,),
    ),
    Case(
        "ChannelNarrow",
        (one(m.CHANNEL_WIDTH, 1),),
        (one(m.CHANNEL_WIDTH, 2),),
        (SWITCH, one(m.EXPECTED_WIDTH, 2)),
    ),
    Case(
        "UplinkBlocked",
        (one(m.STP_ROLES, 4, role="alternate"),),
        (one(m.STP_ROLES, 4, role="root"),),
        (one(m.CITY_INTERFACE_INFO, **UPLINK),),
        UPLINK,
    ),
)
