"""What separates two switches: frames that go one way, UDLD, a lost vPC peer-link."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vnexus import hardware
from vnexus.grammar.names import allowed_vlans
from vnexus.world.faults import Board, LinkCut, LinkOneWay, PowerOff
from vnexus.world.snapshot import Snapshot
from vnexus.world.wiring import Place, Wiring

VPC_PRIORITY = 32667


def runs_udld(place: Place, snapshot: Snapshot, cage: str | None) -> bool:
    """With the feature on, fibre ports run it unless ``udld disable``, copper ports when told to."""
    if not snapshot.config.feature("udld"):
        return False
    said = snapshot.config.value("udld ", f"interface {place[1]}")
    return said in {"enable", "aggressive"} if said else cage is not None


def unidirectional(place: Place, wiring: Wiring, board: Board, snapshots: Mapping[str, Snapshot]) -> bool:
    """Does UDLD take this port down: its neighbour, which runs UDLD too, does not hear it."""
    far = wiring.far.get(place)
    if far is None or far not in board.of(LinkOneWay):
        return False
    ends = (place, far)
    return all(runs_udld(end, snapshots[end[0]], getattr(wiring.port(*end), "cage", None)) for end in ends)


class Splits:
    """vPC pairs that have lost their peer-link while both live: the secondary gives up its vPCs."""

    def __init__(self, wiring: Wiring, board: Board, snapshots: Mapping[str, Snapshot]) -> None:
        self.wiring, self.board, self.snapshots = wiring, board, snapshots
        self.flapped: set[Place] = set()
        self._read: dict[str, tuple[Snapshot, tuple[str, str | None, frozenset[str]]]] = {}

    def vpcs(self, node: str) -> frozenset[str]:
        """Port-channels with a vPC number."""
        return self._config(node)[2]

    def gives_up(self, node: str) -> bool:
        """Is the node the secondary of a pair whose peer-link is down, with a peer that still answers?"""
        domain, link, _ = self._config(node)
        if not domain or link is None:
            return False
        peer = self._peer(node, link)
        if peer is None or self._linked(node, link):
            return False
        return self._alive(peer) and self._alive(node) and self._rank(node) > self._rank(peer)

    def kept_vlans(self, node: str) -> frozenset[int]:
        """``dual-active exclude interface-vlan``"""
        said = self.snapshots[node].config.value("dual-active exclude interface-vlan ", self._config(node)[0])
        return allowed_vlans(said) if said else frozenset()

    def _config(self, node: str) -> tuple[str, str | None, frozenset[str]]:
        """(domain line, peer-link, vPC port-channels), read once per configuration."""
        snapshot = self.snapshots[node]
        known = self._read.get(node)
        if known is None or known[0] is not snapshot:
            lines = snapshot.config.lines() if snapshot.config.feature("vpc") else ()
            domain = next((line for line in lines if line.startswith("vpc domain ")), "")
            link, vpcs = None, set()
            for name in snapshot.interfaces if domain else ():
                if name.startswith("port-channel"):
                    below = snapshot.config.lines(f"interface {name}")
                    link = name if "vpc peer-link" in below else link
                    if any(line.startswith("vpc ") and line.split()[1].isdigit() for line in below):
                        vpcs.add(name)
            known = self._read[node] = (snapshot, (domain, link, frozenset(vpcs)))
        return known[1]

    def _members(self, node: str, channel: str) -> Iterator[tuple[Place, Place]]:
        for port in self.snapshots[node].members.get(channel, ()):
            far = self.wiring.far.get((node, port))
            if far is not None:
                yield (node, port), far

    def _peer(self, node: str, link: str) -> str | None:
        return next((far[0] for _, far in self._members(node, link)), None)

    def _linked(self, node: str, link: str) -> bool:
        """Does one wire of the peer-link carry light both ways?"""
        if not self.snapshots[node].interfaces[link].admin_up:
            return False
        broken = (*self.board.of(LinkCut), *self.board.of(LinkOneWay), *self.flapped)
        return any(
            near not in broken and far not in broken and self._open(near) and self._open(far)
            for near, far in self._members(node, link)
        )

    def _open(self, place: Place) -> bool:
        snapshot = self.snapshots[place[0]]
        interface = snapshot.interfaces.get(place[1])
        return (
            place[0] not in self.board.of(PowerOff)
            and interface is not None
            and interface.admin_up
            and snapshot.effective(place[1]).admin_up
        )

    def _alive(self, node: str) -> bool:
        """Its management port answers the keepalive."""
        interface = self.snapshots[node].interfaces.get("mgmt0")
        return node not in self.board.of(PowerOff) and interface is not None and interface.admin_up

    def _rank(self, node: str) -> tuple[int, int]:
        said = self.snapshots[node].config.value("role priority ", self._config(node)[0])
        return int(said or VPC_PRIORITY), hardware.base_mac(self.wiring.nodes[node].address)
