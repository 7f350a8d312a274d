"""Ping and traceroute along the routing tables."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address
from typing import TYPE_CHECKING

from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command
from vnexus.exec.show.layer3 import NO_VRF, wanted_vrfs

if TYPE_CHECKING:
    from vnexus.node import Node

HOP_MILLISECONDS = 0.35
"""One switch forwards and answers in about that time."""
PROBES = 3


def round_trip(node: Node, goal: str, hops: int, number: int) -> float:
    """Milliseconds there and back: longer with every hop and with the load of this switch's CPU."""
    drift = node.world.wobble(f"rtt {node.spec.name} {goal} {number}")
    load = node.world.cpu_percent(node.spec.name) / 100
    return HOP_MILLISECONDS * hops * (1.0 + load + 0.2 * drift) + 0.2


def _goal(call: Call) -> IPv4Address | None:
    try:
        return IPv4Address(call.get("host") or "")
    except AddressValueError:
        return None


@command("ping")
def ping(call: Call) -> Output:
    """Answered when the tables of all switches on the way lead there and back."""
    node, goal, target = call.node, _goal(call), call.get("host") or ""
    vrf, count, size = call.get("vrf") or "default", int(call.get("count") or 5), int(call.get("size") or 56)
    if wanted_vrfs(call) is None:
        return Output(NO_VRF, error=True)
    if goal is None:
        return Output(f"ping: can't resolve {target}: Unknown host")
    tables = node.world.network().tables
    way = tables.way(node.spec.name, vrf, goal)
    answered = way.reached and tables.reached_both_ways(node.spec.name, vrf, goal)
    times = [round_trip(node, target, len(way.hops), n) for n in range(count)] if answered else []
    lines = [f"PING {target} ({target}): {size} data bytes"]
    for number in range(count):
        if answered:
            ttl = 256 - max(1, len(way.hops))
            lines.append(
                f"{size + 8} bytes from {target}: icmp_seq={number} ttl={ttl} time={times[number]:.3f} ms"
            )
            continue
        if not way.routed:
            lines.append(f"ping: sendto {target} 64 chars, No route to host")
        lines.append(f"Request {number} timed out")
    lost = 100 * (count - len(times)) / count
    lines += ["", f"--- {target} ping statistics ---",
              f"{count} packets transmitted, {len(times)} packets received, {lost:.2f}% packet loss"]  # fmt: skip
    if times:
        mean = sum(times) / len(times)
        lines.append(f"round-trip min/avg/max = {min(times):.3f}/{mean:.3f}/{max(times):.3f} ms")
    return Output("\n".join(lines))


@command("traceroute")
def traceroute(call: Call) -> Output:
    node, goal, target = call.node, _goal(call), call.get("host") or ""
    if wanted_vrfs(call) is None:
        return Output(NO_VRF, error=True)
    if goal is None:
        return Output(f"traceroute: unknown host {target}")
    way = node.world.network().tables.way(node.spec.name, call.get("vrf") or "default", goal)
    lines = [f"traceroute to {target} ({target}), 30 hops max, 40 byte packets"]
    if not way.routed:
        return Output("\n".join([*lines, "traceroute: sendto: No route to host"]))
    for number, hop in enumerate(way.hops, 1):
        times = [f"{round_trip(node, hop, number, probe):.3f} ms" for probe in range(PROBES)]
        lines.append(f" {number}  {hop} ({hop})  {'  '.join(times)}")
    if not way.reached:
        lines += [f" {number}  * * *" for number in range(len(way.hops) + 1, 31)]
    return Output("\n".join(lines))
