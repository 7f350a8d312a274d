"""Switches together: two ends of a cable, two peers of a vPC, and what the intent alone can tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from agent.check.config import Block
from agent.check.rule import BASELINE, Fault, Scene, Whole
from agent.intent.hardware import MODELS, poe_budget_watts
from agent.intent.link import cables
from agent.nxos.ranges import format_vlans, parse_vlans

POE_MARGIN = 0.10
"""Share of the power budget that must stay free when one supply has failed."""
VPC_ALIKE = ("peer-switch", "peer-gateway", "ip arp synchronize", "auto-recovery")
_CHANNEL_ALIKE = ("switchport mode", "switchport trunk native vlan", "switchport access vlan", "mtu", "speed")


@BASELINE.city(
    "links-agree-on-mtu",
    rationale="A smaller MTU at one end loses large packets silently, and OSPF never becomes full.",
    fix="Set the same mtu at both ends.",
)
def links_agree_on_mtu(whole: Whole) -> Iterator[Fault]:
    for first, second in cables(whole.city.links):
        ends = [(end, whole.scenes.get(end.switch)) for end in (first, second)]
        sizes = [_mtu(scene, end.port) for end, scene in ends if scene is not None]
        if len(sizes) == 2 and None not in sizes and sizes[0] != sizes[1]:
            text = f"expected the MTU of {second} ({sizes[1]}), it is {sizes[0]}"
            yield Fault(first.switch, f"interface {first.port}", text)


def _mtu(scene: Scene, port: str) -> str | None:
    """MTU of a port, that of its channel where it is a member; None when the port is not there."""
    found = next(iter(scene.config.blocks(f"interface {port}")), None)
    if found is None:
        return None
    channel = found.word_after("channel-group")
    if channel is not None:
        found = next(iter(scene.config.blocks(f"interface port-channel{channel}")), found)
    return found.word_after("mtu") or "1500"


@BASELINE.city(
    "vpc-peers-agree",
    rationale="Where peers differ NX-OS suspends VLANs or whole vPCs, at the next failure if not at once.",
    fix="Make the two peers alike; both are written from the same entry of links.yaml.",
)
def vpc_peers_agree(whole: Whole) -> Iterator[Fault]:
    for pair in whole.city.links.pairs.values():
        first, second = (whole.scenes.get(name) for name in pair.switches)
        if first is None or second is None:
            continue
        yield from _alike_domains(first, second)
        ours, theirs = _channels(first), _channels(second)
        for number in sorted(ours.keys() | theirs.keys()):
            if number not in ours or number not in theirs:
                here, there = (first, second) if number in ours else (second, first)
                text = f"expected vpc {number} as on {here.switch.name}, it is not there"
                yield Fault(there.switch.name, "", text)
                continue
            for text in _differences(ours[number], theirs[number], second.switch.name):
                yield Fault(first.switch.name, ours[number].path, text, ours[number].number)


def _alike_domains(first: Scene, second: Scene) -> Iterator[Fault]:
    mine = next(iter(first.config.blocks("vpc domain *")), None)
    theirs = next(iter(second.config.blocks("vpc domain *")), None)
    for scene, block in ((first, mine), (second, theirs)):
        if block is None:
            yield Fault(scene.switch.name, "", "expected a vpc domain, there is none")
    if mine is None or theirs is None:
        return
    if mine.path != theirs.path:
        text = f"expected {theirs.path} as on {second.switch.name}"
        yield Fault(first.switch.name, mine.path, text, mine.number)
    for line in VPC_ALIKE:
        if bool(mine.having(line)) != bool(theirs.having(line)):
            scene, block = (second, theirs) if mine.having(line) else (first, mine)
            yield Fault(scene.switch.name, block.path, f"expected {line!r} as on its peer", block.number)


def _channels(scene: Scene) -> Mapping[str, Block]:
    """Sections of the vPCs by number; the peer-link under its own word."""
    found: dict[str, Block] = {}
    for _, block in scene.config.interfaces("port-channel"):
        if (number := block.word_after("vpc")) is not None:
            found[number] = block
    return found


def _differences(mine: Block, theirs: Block, peer: str) -> Iterator[str]:
    for prefix in _CHANNEL_ALIKE:
        here, there = mine.word_after(prefix), theirs.word_after(prefix)
        if here != there:
            yield f"expected {prefix} {there or 'default'} as on {peer}, it is {here or 'default'}"
    here_vlans, there_vlans = _vlans(mine), _vlans(theirs)
    if here_vlans != there_vlans:
        odd = format_vlans(here_vlans ^ there_vlans)
        yield f"expected the same VLANs as on {peer}, they differ in {odd}"


def _vlans(block: Block) -> frozenset[int]:
    prefix = "switchport trunk allowed vlan "
    found: set[int] = set()
    for line in block.lines:
        words = line.removeprefix(prefix).removeprefix("add ")
        if line.startswith(prefix) and words[:1].isdigit():
            found |= parse_vlans(words)
    return frozenset(found)


@BASELINE.city(
    "power-has-a-margin",
    rationale="A budget used up to the last watt cannot start all cameras together after a power cut.",
    fix="Fit larger supplies, move endpoints, or lower maximum_watts in the catalogue.",
    on=("wanted",),
)
def power_has_a_margin(whole: Whole) -> Iterator[Fault]:
    asked: dict[str, float] = defaultdict(float)
    for placed in whole.city.placed:
        kind = whole.city.kinds[placed.kind]
        if kind.power is not None:
            make = kind.models[placed.endpoint.model]
            asked[placed.switch] += make.maximum_watts or kind.power.maximum_watts
    for switch, watts in asked.items():
        host = whole.city.hosts[switch]
        budget = poe_budget_watts(MODELS[host.model], host.power_supplies)
        most = budget * (1 - POE_MARGIN)
        if switch in whole.scenes and watts > most:
            text = f"expected {most:.0f} W or less of {budget} W to be promised, it is {watts:g} W"
            yield Fault(switch, f"site {host.site}", text)


@BASELINE.city(
    "tenants-stay-apart",
    rationale="A tenant of the data centre must not see another's network, nor the city's.",
    fix="Give the network to one tenant's VRF only, and remove what leaks between VRFs.",
)
def tenants_stay_apart(whole: Whole) -> Iterator[Fault]:
    vrfs = {tenant.vrf for tenant in whole.city.tenants.values()}
    owned = {network for tenant in whole.city.tenants.values() for network in tenant.networks}
    vlans = {whole.city.plan.networks[name].vlan: whole.city.plan.networks[name].vrf for name in owned}
    for scene in whole.scenes.values():
        for name, block in scene.config.interfaces("Vlan"):
            vrf = vlans.get(int(name.removeprefix("Vlan"))) if name[4:].isdigit() else None
            if vrf is not None and block.word_after("vrf member") != vrf:
                has = block.word_after("vrf member") or "the default VRF"
                text = f"expected vrf member {vrf}, it is {has}"
                yield Fault(scene.switch.name, block.path, text, block.number)
        for block in scene.config.blocks("vrf context *"):
            leaks = block.having(r"(route-target import|import (vrf|map)) .+|ip route .+ vrf \S+")
            if block.path.removeprefix("vrf context ") in vrfs and leaks:
                text = f"expected nothing from other VRFs, there is {leaks[0]!r}"
                yield Fault(scene.switch.name, block.path, text, block.number)
