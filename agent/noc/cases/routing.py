"""Proof of the alerts of ``alerts/routing.py``."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.cases.case import Case, one

ROUTING: tuple[Case, ...] = (
    Case("BgpSessionDown", (one(m.BGP_UP, 0),), (one(m.BGP_UP),), (one(m.EXPECTED_BGP),)),
)
