"""HSRP (RFC 2281 and version 2): per group the highest priority is active, then the highest address.

Who is active stays so against a higher priority that may not ``preempt``. Authentication is not compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address

from vnexus.facts import Oper
from vnexus.world.routing.segments import Leg, Segment, Segments
from vnexus.world.state import Snapshot

GroupKey = tuple[Segment, int, int]
"""(segment, version, group)"""
History = dict[tuple[int, int, str], tuple[str, str]]
"""Version, group and virtual address to the (node, interface) that was last active."""


@dataclass(frozen=True, slots=True)
class HsrpMember:
    """One group on one interface."""

    node: str
    name: str
    group: int
    version: int
    priority: int
    preempt: bool
    timers: tuple[int, int]
    virtual: str
    """Empty without an ``ip`` line that gives the address."""
    up: bool
    since: float
    leg: Leg | None

    @property
    def mac(self) -> str:
        return f"0000.0c07.ac{self.group:02x}" if self.version == 1 else f"0000.0c9f.f{self.group:03x}"


@dataclass(frozen=True, slots=True)
class HsrpView:
    """A group as a member sees it; ``active`` and ``standby`` may be the member itself."""

    member: HsrpMember
    state: str
    """``Active``, ``Standby``, ``Listen`` or ``Initial``."""
    active: HsrpMember | None
    standby: HsrpMember | None
    since: float


class Hsrp:
    """All groups of the lab in one settled state."""

    def __init__(
        self, segments: Segments, snapshots: Mapping[str, Snapshot], oper: Mapping[str, Mapping[str, Oper]],
        history: History | None = None,
    ) -> None:  # fmt: skip
        self.segments, self.oper = segments, oper
        self.history = {} if history is None else history
        self.members: dict[str, list[HsrpMember]] = {}
        for node, snapshot in snapshots.items():
            if snapshot.config.feature("hsrp"):
                self.members[node] = self._read(node, snapshot)
        self._groups: dict[GroupKey, list[HsrpMember]] = {}
        for members in self.members.values():
            for member in members:
                if member.leg is not None and member.virtual:
                    self._groups.setdefault(_key(member, member.leg), []).append(member)
        for key, members in self._groups.items():
            members.sort(key=_rank, reverse=True)
            self._keep(key, members)
        self.virtual: dict[tuple[Segment, IPv4Address], Leg] = {
            (leg.segment, IPv4Address(members[0].virtual)): leg
            for members in self._groups.values()
            if (leg := members[0].leg) is not None
        }

    def _keep(self, key: GroupKey, members: list[HsrpMember]) -> None:
        """Put the member first that was active, unless a better one may take over."""
        known = (key[1], key[2], members[0].virtual)
        was = self.history.get(known)
        held = next((member for member in members if (member.node, member.name) == was), None)
        if held is not None and not any(m.preempt and _rank(m) > _rank(held) for m in members):
            members.remove(held)
            members.insert(0, held)
        self.history[known] = (members[0].node, members[0].name)

    def views(self, node: str) -> list[HsrpView]:
        return [self._view(member) for member in self.members.get(node, ())]

    def _view(self, member: HsrpMember) -> HsrpView:
        if member.leg is None or not member.virtual:
            return HsrpView(member, "Initial", None, None, member.since)
        others = self._groups[_key(member, member.leg)]
        active, standby = others[0], others[1] if len(others) > 1 else None
        state = "Active" if member is active else "Standby" if member is standby else "Listen"
        since = max(other.since for other in others[:2])
        return HsrpView(member, state, active, standby, since)

    def _read(self, node: str, snapshot: Snapshot) -> list[HsrpMember]:
        found = []
        for name, interface in snapshot.interfaces.items():
            if interface.mode != "routed":
                continue
            lines = snapshot.config.lines(f"interface {name}")
            version = 2 if "hsrp version 2" in lines else 1
            leg = next((leg for leg in self.segments.legs[node] if leg.name == name), None)
            for line in lines:
                words = line.split()
                if words[0] == "hsrp" and len(words) == 2 and words[1].isdigit():
                    below = snapshot.config.lines(f"interface {name}", line)
                    found.append(self._member((node, name), (int(words[1]), version), below, leg))
        return found

    def _member(
        self, place: tuple[str, str], group: tuple[int, int], lines: tuple[str, ...], leg: Leg | None
    ) -> HsrpMember:
        said = {line.split()[0]: line.split()[1:] for line in lines if "secondary" not in line}
        timers = [int(word) for word in said.get("timers", ["3", "10"]) if word.isdigit()]
        oper = self.oper[place[0]][place[1]]
        address = said.get("ip", [""])[0]
        return HsrpMember(
            *place, *group, int(said.get("priority", ["100"])[0]), "preempt" in said,
            (timers[0], timers[-1]) if "msec" not in said.get("timers", ()) else (1, 3),
            address if address.count(".") == 3 else "", oper.up, oper.changed_at, leg,
        )  # fmt: skip


def _key(member: HsrpMember, leg: Leg) -> GroupKey:
    return leg.segment, member.version, member.group


def _rank(member: HsrpMember) -> tuple[int, IPv4Address]:
    return member.priority, member.leg.address.ip if member.leg else IPv4Address(0)
