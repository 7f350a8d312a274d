"""Paths of BGP: the table and the paths of a prefix in detail, each as text and as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import TYPE_CHECKING, Any

from vnexus.exec.output import Output, rows_of
from vnexus.world.routing.bgp import Bgp, Path

if TYPE_CHECKING:
    from vnexus.node import Node

DEFAULT_PREFERENCE = 100
OWN_WEIGHT = 32768
FAMILY = "IPv4 Unicast"
STATUS = ("Status: s-suppressed, x-deleted, S-stale, d-dampened, h-history, *-valid, >-best",
          "Path type: i-internal, e-external, c-confed, l-local, a-aggregate, r-redist, I-injected",
          "Origin codes: i - IGP, e - EGP, ? - incomplete, | - multipath, & - backup, 2 - best2", "",
          "   Network            Next Hop            Metric     LocPrf     Weight Path")  # fmt: skip
KINDS = {"l": "local", "r": "redist", "i": "internal", "e": "external"}
FLAGS = {
    True: "Flags: (0x8008001a) (high32 00000000) on xmit-list, is in urib, is best urib route, is in HW",
    False: "Flags: (0x8000002) (high32 00000000) on xmit-list, is not in urib, is not in HW",
}
"""With a path that was learnt, and with paths of the switch itself alone."""


@dataclass(frozen=True, slots=True)
class BgpTable:
    """Paths of one VRF as one node has them, in the order of the screen."""

    node: Node
    vrf: str
    paths: tuple[Path, ...]

    @property
    def bgp(self) -> Bgp:
        return self.node.world.network().tables.bgp_of(self.vrf)

    @property
    def version(self) -> int:
        return len(self.bgp.paths.get(self.node.spec.name, {})) + 1

    @property
    def router_id(self) -> str:
        return self.bgp.router_id(self.node.spec.name)

    def best(self) -> dict[IPv4Network, Path]:
        return self.bgp.best(self.node.spec.name)

    def prefixes(self) -> dict[IPv4Network, list[Path]]:
        """Paths of each prefix."""
        found: dict[IPv4Network, list[Path]] = {}
        for path in self.paths:
            found.setdefault(path.prefix, []).append(path)
        return found

    def sender_id(self, path: Path) -> str:
        """Router ID of who told the path: a carrier's is its address."""
        if not path.sender:
            return self.router_id
        sessions = (s for s in self.bgp.sessions if s.node == self.node.spec.name)
        other = next((s.other for s in sessions if s.peer.address == path.sender), "")
        return self.bgp.router_id(other) if other else path.sender


def table_of(node: Node, vrf: str) -> BgpTable:
    """All paths that a node has in a VRF."""
    paths = node.world.network().tables.bgp_of(vrf).paths.get(node.spec.name, {}).values()
    return BgpTable(node, vrf, tuple(sorted(paths, key=lambda path: (path.prefix, path.sender))))


def _figures(path: Path) -> dict[str, str]:
    """Metric, preference and weight as the table shows them: empty where it leaves a blank."""
    said = path.internal or path.local_preference != DEFAULT_PREFERENCE or not path.sender
    return {"metric": str(path.metric or ""), "localpref": str(path.local_preference) if said else "",
            "weight": str(path.weight if path.sender else OWN_WEIGHT)}  # fmt: skip


def path_lines(table: BgpTable) -> list[str]:
    """The table below its first line; the best path of a prefix is marked."""
    best, shown = table.best(), None
    lines = [f"BGP table version is {table.version}, Local Router ID is {table.router_id}", *STATUS]
    for path in table.paths:
        network = "" if path.prefix == shown else str(path.prefix)
        mark = "*>" if best.get(path.prefix) is path else "* "
        figures, shown = _figures(path), path.prefix
        tail = " ".join([*path.as_path, "?" if path.redistributed else "i"])
        lines.append(
            f"{mark}{path.letter}{network:<19}{path.next_hop:<20}{figures['metric']:>6} "
            f"{figures['localpref']:>10} {figures['weight']:>10} {tail}"
        )
    return lines


def body_of(table: BgpTable) -> dict[str, Any]:
    """The same as ``TABLE_vrf``, ``TABLE_afi``, ``TABLE_safi``, ``TABLE_rd``, ``TABLE_prefix``, ``TABLE_path``."""
    best = table.best()
    prefixes = [
        {"ipprefix": str(prefix),
         **rows_of("path", [_row(n, path, best.get(prefix) is path) for n, path in enumerate(paths)])}
        for prefix, paths in table.prefixes().items()
    ]  # fmt: skip
    return _wrapped(table, rows_of("prefix", prefixes))


def _row(number: int, path: Path, best: bool) -> dict[str, str]:
    return {"pathnr": str(number), "statuscode": "*", "bestcode": ">" if best else " ", "typecode": path.letter,
            "policyincomplete": "false", "ipnexthop": path.next_hop, **_figures(path),
            "path": " ".join(path.as_path), "origin": "?" if path.redistributed else "i"}  # fmt: skip


def _wrapped(table: BgpTable, prefixes: dict[str, Any]) -> dict[str, Any]:
    family = {"af-name": FAMILY, "table-version": str(table.version), "router-id": table.router_id,
              **rows_of("rd", [{"rd_val": "", **prefixes}] if prefixes else [])}  # fmt: skip
    afi = rows_of("afi", [{"afi": "1", **rows_of("safi", [{"safi": "1", **family}])}])
    return rows_of("vrf", [{"vrf-name-out": table.vrf, **afi}])


def covering(text: str, prefixes: Sequence[IPv4Network]) -> IPv4Network | None:
    """The prefix itself, or for an address the longest that has it."""
    if "/" in text:
        return next((prefix for prefix in prefixes if prefix == IPv4Network(text)), None)
    found = [prefix for prefix in prefixes if IPv4Address(text) in prefix]
    return max(found, key=lambda prefix: prefix.prefixlen, default=None)


def detail(table: BgpTable, asked: Sequence[IPv4Network]) -> Output:
    """All that is known about the paths of some prefixes."""
    every = table.prefixes()
    order = {prefix: number for number, prefix in enumerate(every, 2)}
    lines = [f"BGP routing table information for VRF {table.vrf}, address family {FAMILY}"]
    rows = []
    for prefix in asked:
        best = table.best().get(prefix)
        paths = sorted(every[prefix], key=lambda path, best=best: path is not best)  # type: ignore[misc]
        lines += _entry(table, paths, best, order[prefix])
        rows.append(_entry_row(table, paths, best, order[prefix]))
    return Output("\n".join(lines), _wrapped(table, rows_of("prefix", rows)))


def _chosen(paths: Sequence[Path], best: Path | None) -> int:
    return next((number for number, path in enumerate(paths, 1) if path is best), 0)


def _entry(table: BgpTable, paths: Sequence[Path], best: Path | None, version: int) -> list[str]:
    learnt = any(path.sender for path in paths)
    lines = [f"BGP routing table entry for {paths[0].prefix}, version {version}",
             f"Paths: ({len(paths)} available, best #{_chosen(paths, best)})", FLAGS[learnt], ""]  # fmt: skip
    for path in paths:
        lines += [*(["  Advertised path-id 1"] if path is best else []), *_path_lines(table, path, best)]
    peers = _told(table, paths[0].prefix)
    if best is None or not peers:
        return [*lines, "  Path-id 1 not advertised to any peer"]
    return [*lines, "  Path-id 1 advertised to peers:", "    " + "".join(f"{peer:<19}" for peer in peers)]


def _lost(path: Path, best: Path | None) -> str:
    """By which step of the choice another path has won."""
    if best is None:
        return "Next Hop unresolved"
    steps = (
        ("Weight", best.weight if best.sender else OWN_WEIGHT, path.weight if path.sender else OWN_WEIGHT),
        ("Local Preference", best.local_preference, path.local_preference),
        ("Locally originated", not best.sender, not path.sender),
        ("AS Path", len(best.as_path), len(path.as_path)),
        ("Origin", best.redistributed, path.redistributed), ("MED", best.metric, path.metric),
        ("Internal path", best.internal, path.internal),
    )  # fmt: skip
    return next((reason for reason, winner, loser in steps if winner != loser), "Router Id")


def _path_lines(table: BgpTable, path: Path, best: Path | None) -> list[str]:
    verdict = "is best path" if path is best else f"not best reason: {_lost(path, best)}"
    if path.sender:
        source = f"path sourced {'external' if path.as_path else 'internal'} to AS"
    else:
        source = "path locally originated"
    way = f"{' '.join(path.as_path)} " if path.as_path else "NONE"
    row = _path_row(table, path, path is best)
    metric = f"MED {path.metric}" if path.metric else "MED not set"
    return [f"  Path type: {row['type']}, path is valid, {verdict}, no labeled nexthop, in rib", f"  AS-Path: {way}, {source}",
            f"    {path.next_hop} (metric 0) from {row['neighbor']} ({row['neighborid']})",
            f"      Origin {row['origin']}, {metric}, localpref {path.local_preference}, weight {row['weight']}",
            ""]  # fmt: skip


def _path_row(table: BgpTable, path: Path, best: bool) -> dict[str, str]:
    return {"type": KINDS[path.letter], "best": str(best).lower(), "valid": "true",
            "aspath": " ".join(path.as_path), "ipnexthop": path.next_hop, "igpmetric": "0",
            "neighbor": path.sender or "0.0.0.0", "neighborid": table.sender_id(path),
            "origin": "incomplete" if path.redistributed else "IGP", "metric": str(path.metric or ""),
            "localpref": str(path.local_preference),
            "weight": str(path.weight if path.sender else OWN_WEIGHT)}  # fmt: skip


def _entry_row(table: BgpTable, paths: Sequence[Path], best: Path | None, version: int) -> dict[str, Any]:
    found = [{"pathnr": str(n), **_path_row(table, path, path is best)} for n, path in enumerate(paths)]
    peers = [{"ipaddr": peer} for peer in _told(table, paths[0].prefix)]
    return {"ipprefix": str(paths[0].prefix), "version": str(version), "totalpaths": str(len(paths)),
            "bestpathnr": str(_chosen(paths, best)), **rows_of("path", found), **rows_of("advertised", peers)}  # fmt: skip


def told(bgp: Bgp, name: str, address: str) -> set[IPv4Network]:
    """Prefixes that a neighbour has from this node."""
    for session in bgp.sessions:
        if session.node == name and session.peer.address == address:
            if session.other:
                return {
                    prefix for prefix, sender in bgp.paths.get(session.other, {}) if sender == session.back
                }
            return {prefix for prefix, path in bgp.best(name).items() if path.sender != address}
    return set()


def _told(table: BgpTable, prefix: IPv4Network) -> list[str]:
    """Neighbours that have a prefix from this node."""
    name = table.node.spec.name
    peers = [s.peer.address for s in table.bgp.sessions if s.node == name]
    return sorted(peer for peer in peers if prefix in told(table.bgp, name, peer))
