"""Proof of the alerts of ``alerts/pairs.py``."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.cases.case import DOWN, SWITCH, UP, Case, one

PAIRS: tuple[Case, ...] = (
    Case("VpcKeepaliveLost", (one(m.VPC_KEEPALIVE, 0),), (one(m.VPC_KEEPALIVE),), (SWITCH,)),
    Case("VpcDualActive", (one(m.VPC_DUAL_ACTIVE),), (one(m.VPC_DUAL_ACTIVE, 0),), (SWITCH,)),
    Case("VpcPeerLinkDown", (DOWN,), (UP,), (SWITCH, one(m.VPC_PEER_LINK))),
    Case("VpcPeerLinkDown", (one(m.VPC_PEER_LINK),), (), (SWITCH, DOWN)),
    Case("VpcDown", (one(m.VPC_UP, 0),), (one(m.VPC_UP),), (SWITCH, one(m.EXPECTED_VPC))),
    Case("VpcDown", (one(m.EXPECTED_VPC),), (), (SWITCH, one(m.VPC_UP, 0))),
    Case(
        "VpcInconsistent",
        (one(m.VPC_CONSISTENT, 0),),
        (one(m.VPC_CONSISTENT),),
        (SWITCH, one(m.EXPECTED_VPC)),
    ),
)
