"""The BGP process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vnexus.exec.output import Output, rows_of
from vnexus.exec.registry import Call, command
from vnexus.exec.show.bgp import local_as, refusal

if TYPE_CHECKING:
    from vnexus.node import Node

ATTRIBUTE_BYTES = 92
WIDTHS = (11, 16, 11, 11, 11, 10)
FIGURES = ("af-num-peers", "af-num-active-peers", "af-peer-routes", "af-peer-paths", "af-peer-networks",
           "af-peer-aggregates")  # fmt: skip
Pairs = tuple[tuple[str, str, object], ...]
"""Key of the structure, title on the screen, value."""


def _lines(pairs: Pairs) -> list[str]:
    return [f"{title:<31}: {value}" for _, title, value in pairs]


def _keys(pairs: Pairs) -> dict[str, str]:
    return {key: str(value) for key, _, value in pairs}


@command("show-bgp-process")
def show_bgp_process(call: Call) -> Output:
    refused = refusal(call)
    if refused is not None:
        return refused
    node = call.node
    process, attributes = _process(node), _attributes(node)
    text, row = _vrf(node)
    lines = [
        "BGP Process Information",
        *_lines(process),
        "",
        "BGP attributes information",
        *_lines(attributes),
    ]
    return Output(
        "\n".join([*lines, "", "Information regarding configured VRFs:", "", *text]),
        {**_keys(process), **_keys(attributes), **rows_of("vrf", [row])},
    )


def _process(node: Node) -> Pairs:
    return (
        ("processid", "BGP Process ID", 20_000 + len(node.spec.name)),
        ("protocolstartedreason", "BGP Protocol Started, reason:", "configuration"),
        ("performancemode", "BGP Performance Mode:", "No"), ("protocoltag", "BGP Protocol Tag", local_as(node)),
        ("protocolstate", "BGP Protocol State", "Running"), ("isolatemode", "BGP Isolate Mode", "No"),
        ("mmode", "BGP MMODE", "Initialized"), ("memorystate", "BGP Memory State", "OK"),
        ("asformat", "BGP asformat", "asplain"),
    )  # fmt: skip


def _attributes(node: Node) -> Pairs:
    paths = node.world.network().tables.bgp.paths.get(node.spec.name, {}).values()
    ways = {tuple(path.as_path) for path in paths if path.as_path}
    count = len({(path.next_hop, tuple(path.as_path)) for path in paths})
    return (
        ("attributeentries", "Number of attribute entries", count),
        ("hwmattributeentries", "HWM of attribute entries", count),
        ("bytesused", "Bytes used by entries", count * ATTRIBUTE_BYTES),
        ("entriespendingdelete", "Entries pending delete", 0),
        ("hwmentriespendingdelete", "HWM of entries pending delete", 0),
        ("pathsperattribute", "BGP paths per attribute HWM", len(paths)),
        ("aspathentries", "BGP AS path entries", len(ways)),
        ("aspathbytes", "Bytes used by AS path entries", sum(26 + 4 * len(way) for way in ways)),
    )


def _vrf(node: Node) -> tuple[list[str], dict[str, Any]]:
    """The default VRF: its lines and its row."""
    bgp, name = node.world.network().tables.bgp, node.spec.name
    peers = node.world.bgp_peers(name)
    up = sum(peer.state == "established" for peer in peers)
    paths = bgp.paths.get(name, {})
    networks = len({prefix for prefix, _ in paths})
    own = sum(not path.sender for path in paths.values())
    typed = next(
        (e.section.value("router-id") for e in node.config.root.under("router", "bgp") if e.section), None
    )
    pairs: Pairs = (
        ("vrf-id", "VRF Id", 1), ("vrf-state", "VRF state", "UP"),
        ("vrf-router-id", "Router-ID", bgp.router_id(name)),
        ("vrf-cfgd-id", "Configured Router-ID", typed or "0.0.0.0"), ("vrf-confed-id", "Confed-ID", 0),
        ("vrf-cluster-id", "Cluster-ID", "0.0.0.0"), ("vrf-peers", "No. of configured peers", len(peers)),
        ("vrf-pending-peers", "No. of pending config peers", 0),
        ("vrf-est-peers", "No. of established peers", up), ("vrf-rd", "VRF RD", "Not configured"),
    )  # fmt: skip
    figures = (len(peers), up, networks, len(paths), own, 0)
    columns = "".join(f"{figure:<{width}}" for figure, width in zip(figures, WIDTHS, strict=True))
    lines = [
        "BGP Information for VRF default", *_lines(pairs), "",
        "    Information for address family IPv4 Unicast in VRF default",
        "    Table Id                   : 0x1", "    Table state                : UP",
        "    Peers      Active-peers    Routes     Paths      Networks   Aggregates",
        f"    {columns}", "", "    Redistribution                ", "        None", "",
        "    Wait for IGP convergence is not configured", "", "", "    Nexthop trigger-delay",
        "        critical 3000 ms", "        non-critical 10000 ms",
    ]  # fmt: skip
    family = {"af-id": "1", "af-name": "IPv4 Unicast", "af-table-id": "0x1", "af-state": "UP",
              **{key: str(figure) for key, figure in zip(FIGURES, figures, strict=True)}, "af-rr": "false",
              "nexthop-trigger-delay-critical": "3000",
              "nexthop-trigger-delay-non-critical": "10000"}  # fmt: skip
    return lines, {"vrf-name-out": "default", **_keys(pairs), **rows_of("af", [family])}
