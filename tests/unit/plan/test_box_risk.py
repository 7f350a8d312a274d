"""Marks from the diffs of three dialects."""

from __future__ import annotations

import pytest

from agent.plan.box_risk import mark_box
from agent.plan.plan import Risk

HERE = "192.0.2.7"


@pytest.mark.parametrize(
    ("row", "risk"),
    [
        ("-vlan 20", Risk.VLAN_REMOVAL),
        ("-   switchport trunk allowed vlan 10,20", Risk.VLAN_REMOVAL),
        ("-    vlan-id 20;", Risk.VLAN_REMOVAL),
        ("-vrf instance GUESTS", Risk.VRF_REMOVAL),
        ("+   shutdown", Risk.PORT_DOWN),
        ("+  disable;", Risk.PORT_DOWN),
        ("-interface Vlan20", Risk.PORT_DOWN),
        ("-   neighbor 10.0.0.2 remote-as 65001", Risk.ROUTING),
        ("-ip route 0.0.0.0/0 10.0.0.1", Risk.ROUTING),
        ("-   ip address 10.20.0.1/24", Risk.GATEWAY),
        ("-   ip address 192.0.2.7/24", Risk.MANAGEMENT),
        ("+interface Management1", Risk.MANAGEMENT),
        ("-username ana role admin", Risk.MANAGEMENT),
        ("+   ip access-group DOORS in", Risk.CONTROL_PLANE),
    ],
)
def test_it_is_marked(row: str, risk: Risk) -> None:
    assert risk in mark_box([row], HERE)


@pytest.mark.parametrize(
    "row",
    [
        " vlan 20",
        "+vlan 20",
        "+   description shutdown at night",
        "-   description to core-1",
        "+   ip address 10.20.0.1/24",
        "-   description reaches 192.0.2.70",
        "+   no shutdown",
    ],
)
def test_it_is_not_marked(row: str) -> None:
    assert mark_box([row], HERE) == ()
