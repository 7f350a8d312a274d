"""Marks of a change on a box that is no Nexus, from the box's own diff: what its lines can hurt."""

from __future__ import annotations

import re
from collections.abc import Iterable

from agent.plan.plan import Risk

_MARKS = tuple(
    (risk, re.compile(pattern))
    for risk, pattern in (
        (Risk.MANAGEMENT, r"[+-]\s*(?:interface (?:Management|mgmt)|ip default-gateway|(?:fxp|em|me)0 )"),
        (Risk.MANAGEMENT, r"-\s*(?:management |username |aaa |user |authentication )"),
        (Risk.PORT_DOWN, r"\+\s*(?:shutdown|disable;)\s*$"),
        (Risk.PORT_DOWN, r"-\s*(?:no shutdown\s*$|interface )"),
        (Risk.VLAN_REMOVAL, r"-\s*(?:vlan |switchport trunk allowed vlan |vlan-id|\S+ \{ ?vlan-id)"),
        (Risk.VRF_REMOVAL, r"-\s*(?:vrf |ip vrf |instance-type )"),
        (Risk.ROUTING, r"-\s*(?:router |neighbor |ip route |ipv6 route |network |peer-as |group )"),
        (Risk.ROUTING, r"\+\s*neighbor \S+ shutdown\s*$"),
        (Risk.GATEWAY, r"-\s*(?:ip address |ipv6 address |ip virtual-router |standby |vrrp |address )"),
        (Risk.CONTROL_PLANE, r"[+-]\s*(?:control-plane|access-class |(?:ip|ipv6) access-group |filter )"),
    )
)
"""Signed rows of a diff and what they mark; a box says more than we read, so no mark is no promise."""


def mark_box(diff: Iterable[str], reached_at: str) -> tuple[Risk, ...]:
    """Marks of the rows that go (``-``) or come (``+``), each once; ``reached_at`` is the address we use.

    >>> [str(risk) for risk in mark_box(["-vlan 20", "   interface Ethernet1", "+   shutdown"], "192.0.2.7")]
    ['VLAN removal', 'port down']
    >>> [str(risk) for risk in mark_box(["-   ip address 192.0.2.7/24"], "192.0.2.7")]
    ['management path', 'gateway']
    """
    found: dict[Risk, None] = {}
    here = re.compile(rf"(?<![\d.]){re.escape(reached_at)}(?![\d.])") if reached_at else None
    for row in diff:
        if not row.startswith(("+", "-")):
            continue
        if here and row[0] == "-" and here.search(row):
            found[Risk.MANAGEMENT] = None
        found |= dict.fromkeys(risk for risk, pattern in _MARKS if pattern.match(row))
    return tuple(found)
