"""BGP sessions: established when both ends mean each other and can reach each other.

A carrier endpoint answers for itself: its session is up while its port is and its address is the neighbour's.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Interface

from vnexus.facts import BgpState, ConfigFacts, Oper
from vnexus.world.state import Snapshot
from vnexus.world.wiring import Place, Wiring


@dataclass(frozen=True, slots=True)
class Statement:
    """One ``neighbor`` of a configuration."""

    address: str
    remote_as: str
    shut: bool
    description: str
    vrf: str
    line: str
    """The line that opens its section."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """What a configuration says about BGP."""

    local_as: str
    neighbors: tuple[Statement, ...]


def read_speaker(config: ConfigFacts) -> Speaker | None:
    """None without ``router bgp``."""
    router = next((line for line in config.lines() if line.startswith("router bgp ")), None)
    if router is None:
        return None
    vrfs = [line for line in config.lines(router) if line.startswith("vrf ")]
    found = [*_statements(config, (router,), "default")]
    for line in vrfs:
        found += _statements(config, (router, line), line.split()[1])
    return Speaker(router.split()[2], tuple(found))


def _statements(config: ConfigFacts, path: tuple[str, ...], vrf: str) -> Iterator[Statement]:
    for line in config.lines(*path):
        words = line.split()
        if len(words) < 2 or words[0] != "neighbor" or "/" in words[1] or not _is_address(words[1]):
            continue
        inside = config.lines(*path, line)
        template = _rest(inside, "inherit peer ") or _rest(inside, "inherit peer-session ")
        if template:
            inside += config.lines(path[0], f"template peer {template}")
            inside += config.lines(path[0], f"template peer-session {template}")
        remote = words[3] if words[2:3] == ["remote-as"] else _rest(inside, "remote-as ")
        yield Statement(words[1], remote, "shutdown" in inside, _rest(inside, "description "), vrf, line)


def _rest(lines: tuple[str, ...], prefix: str) -> str:
    return next((line[len(prefix) :] for line in lines if line.startswith(prefix)), "")


def _is_address(text: str) -> bool:
    try:
        IPv4Address(text)
    except AddressValueError:
        return False
    return True


class Peering:
    """Derives the state of sessions from snapshots and interfaces."""

    def __init__(
        self,
        wiring: Wiring,
        snapshots: Mapping[str, Snapshot],
        oper: Mapping[str, dict[str, Oper]],
        deaf: Callable[[], Collection[Place]] = frozenset,
    ) -> None:
        self.wiring, self.snapshots, self.oper, self.deaf = wiring, snapshots, oper, deaf
        self.silent: set[str] = set()
        """Carriers that do not answer."""
        self._speakers: dict[str, tuple[Snapshot, Speaker | None]] = {}
        self._owners: dict[tuple[str, str], str] | None = None

    def forget(self) -> None:
        """Interfaces may have changed."""
        self._owners = None

    def speaker(self, node: str) -> Speaker | None:
        """Read once per configuration."""
        snapshot = self.snapshots[node]
        known = self._speakers.get(node)
        if known is None or known[0] is not snapshot:
            known = self._speakers[node] = (snapshot, read_speaker(snapshot.config))
        return known[1]

    def state(self, node: str, statement: Statement) -> BgpState:
        """``idle`` without a way to the neighbour, ``active`` while it does not answer."""
        if statement.shut:
            return "idle"
        port = self._facing(node, statement)
        endpoint = self.wiring.endpoint_at.get((node, port or ""))
        if endpoint is not None and endpoint.address == statement.address:
            return "active" if endpoint.name in self.silent else "established"
        owner = self._owner(statement)
        if owner is None:
            return "active" if port else "idle"
        if port is None and not self._reaches(node, owner):
            return "idle"
        return "established" if self._answers(owner, node, statement) else "active"

    def _facing(self, node: str, statement: Statement) -> str | None:
        """The interface that is up in the neighbour's own subnet."""
        for name, interface in self.snapshots[node].interfaces.items():
            if not interface.addresses or interface.vrf != statement.vrf or not self.oper[node][name].up:
                continue
            goal = IPv4Address(statement.address)
            if any(goal in IPv4Interface(own).network for own in interface.addresses):
                return name
        return None

    def _owner(self, statement: Statement) -> str | None:
        """The node that has this address on an interface that is up."""
        if self._owners is None:
            self._owners = {}
            for node, snapshot in self.snapshots.items():
                for name, interface in snapshot.interfaces.items():
                    if interface.addresses and self.oper[node][name].up:
                        for address in interface.addresses:
                            self._owners.setdefault((interface.vrf, address.split("/")[0]), node)
        return self._owners.get((statement.vrf, statement.address))

    def _addresses(self, node: str, vrf: str) -> set[str]:
        return {
            address.split("/")[0]
            for name, interface in self.snapshots[node].interfaces.items()
            for address in interface.addresses
            if interface.vrf == vrf and self.oper[node][name].up
        }

    def _reaches(self, node: str, owner: str) -> bool:
        """Is there a way over links that are up and carry frames both ways?"""
        deaf = self.deaf()
        seen, queue = {node}, deque([node])
        while queue:
            here = queue.popleft()
            if here == owner:
                return True
            for port, (other, far_port) in self.wiring.links_of[here]:
                if (here, port) in deaf or (other, far_port) in deaf or other in seen:
                    continue
                if self.oper[here][port].up and self.oper[other][far_port].up:
                    seen.add(other)
                    queue.append(other)
        return False

    def _answers(self, owner: str, node: str, statement: Statement) -> bool:
        """Does the other switch mean this one, and do the AS numbers agree?"""
        mine, other = self.speaker(node), self.speaker(owner)
        if mine is None or other is None or other.local_as != statement.remote_as:
            return False
        here = self._addresses(node, statement.vrf)
        return any(
            back.vrf == statement.vrf
            and back.address in here
            and back.remote_as == mine.local_as
            and not back.shut
            for back in other.neighbors
        )
