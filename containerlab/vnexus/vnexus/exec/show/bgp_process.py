"""The BGP process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command
from vnexus.exec.show.bgp import local_as, refusal

if TYPE_CHECKING:
    from vnexus.node import Node

ATTRIBUTE_BYTES = 92


def _lines(pairs: tuple[tuple[str, object], ...]) -> list[str]:
    return [f"{title:<31}: {value}" for title, value in pairs]


@command("show-bgp-process")
def show_bgp_process(call: Call) -> Output:
    refused = refusal(call)
    if refused is not None:
        return refused
    node = call.node
    bgp, name = node.world.network().tables.bgp, node.spec.name
    paths = bgp.paths.get(name, {}).values()
    ways = {tuple(path.as_path) for path in paths if path.as_path}
    attributes = len({(path.next_hop, tuple(path.as_path)) for path in paths})
    lines = ["BGP Process Information"]
    lines += _lines((
        ("BGP Process ID", 20_000 + len(name)), ("BGP Protocol Started, reason:", "configuration"),
        ("BGP Performance Mode:", "No"), ("BGP Protocol Tag", local_as(node)),
        ("BGP Protocol State", "Running"), ("BGP Isolate Mode", "No"), ("BGP MMODE", "Initialized"),
        ("BGP Memory State", "OK"), ("BGP asformat", "asplain"),
    ))  # fmt: skip
    lines += ["", "BGP attributes information"]
    lines += _lines((
        ("Number of attribute entries", attributes), ("HWM of attribute entries", attributes),
        ("Bytes used by entries", attributes * ATTRIBUTE_BYTES), ("Entries pending delete", 0),
        ("HWM of entries pending delete", 0), ("BGP paths per attribute HWM", len(paths)),
        ("BGP AS path entries", len(ways)), ("Bytes used by AS path entries", sum(26 + 4 * len(w) for w in ways)),
    ))  # fmt: skip
    return Output("\n".join([*lines, "", "Information regarding configured VRFs:", "", *_vrf(node)]))


def _vrf(node: Node) -> list[str]:
    """The default VRF, the only one that has sessions."""
    bgp, name = node.world.network().tables.bgp, node.spec.name
    peers = node.world.bgp_peers(name)
    up = sum(peer.state == "established" for peer in peers)
    paths = bgp.paths.get(name, {})
    networks = len({prefix for prefix, _ in paths})
    own = sum(not path.sender for path in paths.values())
    typed = next(
        (e.section.value("router-id") for e in node.config.root.under("router", "bgp") if e.section), None
    )
    lines = ["BGP Information for VRF default"]
    lines += _lines((
        ("VRF Id", 1), ("VRF state", "UP"), ("Router-ID", bgp.router_id(name)),
        ("Configured Router-ID", typed or "0.0.0.0"), ("Confed-ID", 0), ("Cluster-ID", "0.0.0.0"),
        ("No. of configured peers", len(peers)), ("No. of pending config peers", 0),
        ("No. of established peers", up), ("VRF RD", "Not configured"),
    ))  # fmt: skip
    figures = (len(peers), up, networks, len(paths), own, 0)
    return [
        *lines, "", "    Information for address family IPv4 Unicast in VRF default",
        "    Table Id                   : 0x1", "    Table state                : UP",
        "    Peers      Active-peers    Routes     Paths      Networks   Aggregates",
        "    " + "".join(f"{figure:<{width}}" for figure, width in zip(figures, (11, 16, 11, 11, 11, 10), strict=True)),
        "", "    Redistribution                ", "        None", "",
        "    Wait for IGP convergence is not configured", "", "", "    Nexthop trigger-delay",
        "        critical 3000 ms", "        non-critical 10000 ms",
    ]  # fmt: skip
