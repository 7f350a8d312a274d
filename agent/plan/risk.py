"""Risk marks: what an edit can hurt, as a table over the line that is sent and the sections it stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from agent.nxos.diff import Edit
from agent.plan.around import Around, kind_of
from agent.plan.plan import Risk

HARMLESS = re.compile(r"(?:no )?(?:description|load-interval|logging event|snmp trap|name) ?")
"""Lines that change what people read, and nothing else."""


@dataclass(frozen=True, slots=True)
class _Mark:
    risk: Risk
    line: str
    """Fits the beginning of the line that is sent."""
    where: str = ""
    """Fits the beginning of the headers above it, joined by ``|``; ``^$`` is the top level."""


_LOGIN = r"(?:feature (?:ssh|nxapi)$|nxapi |aaa |ssh |tacacs-server |radius-server )"
_CONTROL = r"(?:(?:ipv6 )?access-class|copp |ntp access-group|snmp-server community \S+ use-)"
_POLICED = r"(?:control-plane|(?:class|policy)-map type control-plane)"
_RELOADS = r"(?:hardware (?:access-list tcam|profile|forwarding)|system routing |fips mode)"
_MARKS = (
    _Mark(Risk.MANAGEMENT, rf"(?:no )?{_LOGIN}", "^$"),
    _Mark(Risk.MANAGEMENT, r"no (?:username |feature tacacs\+|feature scp-server)", "^$"),
    _Mark(Risk.MANAGEMENT, r"", r"aaa group server "),
    _Mark(Risk.PEER_LINK, r"(?:no )?(?:vpc domain|vpc peer-link)|no feature (?:vpc|lacp)$"),
    _Mark(Risk.PEER_LINK, r"", r"vpc domain"),
    _Mark(Risk.ROUTING, r"no (?:router |feature (?:ospf|ospfv3|bgp|eigrp|isis|rip)$|ip route |ipv6 route )"),
    _Mark(Risk.ROUTING, r"no (?:neighbor |network |vrf |address-family |remote-as|router-id)", r"router "),
    _Mark(
        Risk.ROUTING,
        r"(?:no )?(?:remote-as|local-as|router-id|update-source|password|shutdown|timers|ebgp-multihop"
        r"|maximum-prefix|passive-interface default|bfd|area \S+ (?:authentication|stub|nssa))",
        r"router ",
    ),
    _Mark(Risk.VLAN_REMOVAL, r"no vlan |switchport trunk allowed vlan (?:remove|none)"),
    _Mark(Risk.VRF_REMOVAL, r"no vrf context "),
    _Mark(Risk.FEATURE_REMOVAL, r"no (?:feature|nv overlay|install feature-set)"),
    _Mark(Risk.POWER_CUT, r"(?:no )?(?:power redundancy-mode|poweroff )"),
    _Mark(Risk.CONTROL_PLANE, rf"(?:no )?{_CONTROL}"),
    _Mark(Risk.CONTROL_PLANE, r"", _POLICED),
    _Mark(Risk.CONTROL_PLANE, rf"(?:no )?{_POLICED}", "^$"),
    _Mark(Risk.RELOAD, rf"(?:no )?{_RELOADS}", "^$"),
)  # fmt: skip
_COMPILED = tuple((mark.risk, re.compile(mark.line), re.compile(mark.where)) for mark in _MARKS)
_GOES_DOWN = re.compile(r"shutdown$|default interface |no interface |(?:no )?switchport$|no channel-group")
_NEIGHBOUR_LOST = re.compile(
    r"shutdown$|default interface |no interface |(?:no )?(?:switchport$|ip address|vrf member|mtu"
    r"|channel-group|ip ospf|ip router|ip eigrp|ipv6 address|encapsulation)"
)
_GATEWAY_LOST = re.compile(r"shutdown$|no interface |(?:no )?(?:ip address|vrf member)|no hsrp")
_UNPOWERS = re.compile(r"shutdown$|default interface |power inline never|no power inline")
_WATTS = re.compile(r"power inline auto max (\d+)")


def find_risks(edit: Edit, around: Around) -> Iterator[Risk]:
    """Risks of one edit on the switch as it is around it; a risk may come more than once."""
    if HARMLESS.match(edit.line):
        return
    for risk in _by_table(edit.line, kind_of(edit.path)):
        if risk is Risk.ROUTING and edit.path and not around.has(edit.path):
            continue  # a neighbour that is being made has nothing to lose yet
        yield risk
    header = edit.path[0] if edit.path else _header(edit.line)
    if header in around.management:
        yield Risk.MANAGEMENT
    if header.startswith("interface "):
        yield from _of_interface(edit, header, around)
    if header.startswith(("ip access-list ", "ipv6 access-list ")) and header.split()[-1] in around.guards:
        yield Risk.CONTROL_PLANE


@lru_cache(maxsize=65_536)
def _by_table(line: str, where: str) -> tuple[Risk, ...]:
    return tuple(risk for risk, fits, above in _COMPILED if fits.match(line) and above.match(where))


def _header(line: str) -> str:
    """The section that a top-level line opens or ends.

    >>> _header("no interface Vlan10"), _header("default interface Ethernet1/1")
    ('interface Vlan10', 'interface Ethernet1/1')
    """
    return line.removeprefix("no ").removeprefix("default ")


def _of_interface(edit: Edit, header: str, around: Around) -> Iterator[Risk]:
    if header in around.peer_links:
        yield Risk.PEER_LINK
    if header not in around.tops:
        return
    alive = not around.is_down(header)
    if alive and _GOES_DOWN.match(edit.line):
        yield Risk.PORT_DOWN
    if alive and header in around.routed and _NEIGHBOUR_LOST.match(edit.line):
        yield Risk.ROUTING
    if alive and header in around.gateways and (_GATEWAY_LOST.match(edit.line) or _moves_hsrp(edit, around)):
        yield Risk.GATEWAY
    if _takes_vlans(edit.line, header, around):
        yield Risk.VLAN_REMOVAL
    if alive and _loses_power(edit) and around.feeds(header.removeprefix("interface ")):
        yield Risk.POWER_CUT


def _moves_hsrp(edit: Edit, around: Around) -> bool:
    """Whether the address that hosts use as their gateway changes or goes."""
    if len(edit.path) != 2 or not edit.path[1].startswith("hsrp ") or not around.has(edit.path):
        return False
    return edit.line.removeprefix("no ").startswith("ip ")


def _takes_vlans(line: str, header: str, around: Around) -> bool:
    """Whether a trunk lets fewer VLANs through afterwards; ``remove`` and ``none`` are in the table."""
    if not around.is_trunk(header):
        return False
    if re.match(r"switchport mode (?!trunk)|no switchport(?: mode| trunk allowed vlan)?$|default ", line):
        return "allowed" not in line  # without a list the trunk lets all through
    return (
        re.match(r"switchport trunk allowed vlan \d", line) is not None and around.trunk_vlans(header) is None
    )


def _loses_power(edit: Edit) -> bool:
    if _UNPOWERS.match(edit.line):
        return True
    now, before = _WATTS.match(edit.line), _WATTS.match(edit.old)
    return now is not None and before is not None and int(now[1]) < int(before[1])
