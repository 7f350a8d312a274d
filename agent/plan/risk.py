"""Risk marks: what an edit can hurt, as a table over the sections it stands in and the line it sends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.nxos.diff import Edit
from agent.nxos.section import Section
from agent.plan.plan import Risk


@dataclass(frozen=True, slots=True)
class _Mark:
    risk: Risk
    line: str
    """Matches the line that is sent."""
    where: str = ""
    """Matches the headers above it, joined by ``|``."""


_MARKS = (
    _Mark(Risk.MANAGEMENT, r"", r"interface mgmt0|vrf context management|line vty"),
    _Mark(Risk.MANAGEMENT, r"(?:no )?(?:feature (?:ssh|nxapi)|nxapi |no username|aaa |ssh |tacacs-server )"),
    _Mark(Risk.PEER_LINK, r"(?:no )?(?:vpc domain|vpc peer-link)"),
    _Mark(Risk.PEER_LINK, r"", r"vpc domain"),
    _Mark(Risk.ROUTING, r"no (?:router |neighbor |network |ip router |ip route |vrf |address-family )"),
    _Mark(Risk.ROUTING, r"(?:no )?(?:remote-as|router-id|update-source|password|shutdown)", r"router "),
    _Mark(Risk.VLAN_REMOVAL, r"no vlan |switchport trunk allowed vlan (?:remove|none)"),
    _Mark(Risk.VRF_REMOVAL, r"no vrf context "),
    _Mark(Risk.PORT_DOWN, r"shutdown$|default interface |no interface |(?:no )?switchport$|no channel-group"),
    _Mark(Risk.FEATURE_REMOVAL, r"no (?:feature|nv overlay|install feature-set)"),
    _Mark(Risk.CONTROL_PLANE, r"(?:no )?(?:access-class|copp |service-policy .*control-plane)"),
    _Mark(Risk.RELOAD, r"(?:no )?hardware (?:access-list tcam|profile)"),
)
_FULL_LIST = tuple(f"switchport trunk allowed vlan {digit}" for digit in range(1, 10))
_POWERED = ("camera", "access-point", "phone", "display", "door")
_COMPILED = tuple((mark.risk, re.compile(mark.line), re.compile(mark.where)) for mark in _MARKS)


def find_risks(edit: Edit, running: Section, names: Mapping[str, str]) -> Iterator[Risk]:
    """Risks of one edit on a switch that runs ``running``; ``names`` are the words of its ports."""
    where = "|".join(edit.path)
    for risk, line, above in _COMPILED:
        if line.match(edit.line) and (not above.pattern or above.match(where)):
            yield risk
    header = edit.path[0] if edit.path else edit.line.removeprefix("no ").removeprefix("default ")
    if edit.line.startswith(_FULL_LIST) and _is_trunk(header, running):
        yield Risk.VLAN_REMOVAL
    if header.startswith("interface ") and _is_peer_link(header, running):
        yield Risk.PEER_LINK
    if header.startswith("ip access-list ") and _guards_control_plane(header.split()[-1], running):
        yield Risk.CONTROL_PLANE
    goes_down = edit.line in {"shutdown", "power inline never"} or edit.line.startswith("default interface ")
    if goes_down and names.get(header.removeprefix("interface "), "").startswith(_POWERED):
        yield Risk.POWER_CUT


def _is_trunk(header: str, running: Section) -> bool:
    """True when the port carries VLANs now, so that a list that is shorter than all takes some away."""
    port = next((item for item in running.values() if item.line == header), None)
    mode = (port.body or {}).get(("switchport mode",)) if port else None
    return mode is not None and mode.value == "trunk"


def _is_peer_link(header: str, running: Section) -> bool:
    for item in running.values():
        if not item.line.startswith("interface port-channel") or not item.body:
            continue
        vpc = item.body.get(("vpc",))
        if vpc is None or vpc.value != "peer-link":
            continue
        if item.line == header:
            return True
        number = item.line.removeprefix("interface port-channel")
        for member in running.values():
            group = (member.body or {}).get(("channel-group",))
            if member.line == header and group is not None and str(group.value).split()[0] == number:
                return True
    return False


def _guards_control_plane(name: str, running: Section) -> bool:
    """True when the access list stands before management: vty, SNMP or mgmt0."""
    for item in running.values():
        if item.line.startswith(("snmp-server community", "interface mgmt0", "line ")):
            texts = [item.line, *(child.line for child in (item.body or {}).values())]
            if any(name in text.split() for text in texts):
                return True
    return False
