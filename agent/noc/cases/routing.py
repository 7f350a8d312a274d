"""Proof of the alerts of ``alerts/routing.py``."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.cases.case import ANSWERS, SLOW_MINUTES, SWITCH, Case, Series, one

ROUTING: tuple[Case, ...] = (
    Case("BgpSessionDown", (one(m.BGP_UP, 0),), (one(m.BGP_UP),), (one(m.EXPECTED_BGP),)),
    Case(
        "BgpPrefixesTooFew",
        (one(m.BGP_PREFIXES, 3),),
        (one(m.BGP_PREFIXES, 500),),
        (one(m.EXPECTED_PREFIXES, 100), one(m.BGP_UP)),
    ),
    Case(
        "BgpPrefixesTooFew",
        (one(m.BGP_UP),),
        (one(m.BGP_UP, 0),),
        (one(m.EXPECTED_PREFIXES, 100), one(m.BGP_PREFIXES, 0)),
    ),
    Case(
        "BgpPrefixesHalved",
        (Series(m.BGP_PREFIXES, 100, -0.05),),
        (Series(m.BGP_PREFIXES, 100, -0.01),),
        (one(m.EXPECTED_BGP),),
        at_seconds=86400 + 3600,
        pace_minutes=SLOW_MINUTES,
    ),
    Case(
        "BgpPrefixesNearLimit",
        (one(m.BGP_PREFIXES, 400),),
        (one(m.BGP_PREFIXES, 300),),
        (one(m.BGP_LIMIT, 500), one(m.BGP_LIMIT_RATIO, 0.75)),
    ),
    Case("BgpFlapping", (Series(m.BGP_FLAPS, 0, 1),), (one(m.BGP_FLAPS, 9),), (one(m.EXPECTED_BGP),)),
    Case(
        "CarriersNearlyLost",
        tuple(one(m.BGP_UP, int(peer == "a"), peer=peer) for peer in "abc"),
        tuple(one(m.BGP_UP, int(peer != "c"), peer=peer) for peer in "abc"),
        tuple(one(m.EXPECTED_BGP, peer=peer, carrier=peer) for peer in "abc"),
    ),
    Case("OspfNeighborLost", (), (one(m.OSPF_UP),), (SWITCH, ANSWERS, one(m.EXPECTED_OSPF))),
    Case(
        "OspfNeighborLost",
        (one(m.OSPF_UP, 0), ANSWERS),
        (one(m.POLL_SUCCESS, 0),),
        (SWITCH, one(m.EXPECTED_OSPF)),
    ),
    Case(
        "HsrpIncomplete", (one(m.HSRP_COMPLETE, 0),), (one(m.HSRP_COMPLETE),), (SWITCH, one(m.EXPECTED_HSRP))
    ),
    Case("HsrpIncomplete", (one(m.EXPECTED_HSRP),), (), (SWITCH, one(m.HSRP_COMPLETE, 0))),
    Case("BfdSessionDown", (one(m.BFD_UP, 0),), (one(m.BFD_UP),), (SWITCH,)),
    Case("MulticastQuerierMissing", (), (one(m.IGMP_QUERIER),), (SWITCH, one(m.IGMP_GROUPS, 4))),
    Case("SpanningTreeStorm", (Series(m.STP_CHANGES, 0, 10),), (Series(m.STP_CHANGES, 0, 0.5),), (SWITCH,)),
    Case("SpanningTreeInconsistent", (one(m.STP_INCONSISTENT, 2),), (one(m.STP_INCONSISTENT, 0),), (SWITCH,)),
)
