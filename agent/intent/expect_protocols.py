"""What the protocols between switches must say when all is as meant. Pure, from the expanded switches."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from ipaddress import ip_interface

from agent.intent.expectation import (
    ExpectedAdjacency,
    ExpectedChannel,
    ExpectedGroup,
    ExpectedProtocols,
    ExpectedVpc,
)
from agent.intent.switch import Layer3, Switch


def expect_protocols(switches: Mapping[str, Switch]) -> ExpectedProtocols:
    """HSRP groups, OSPF neighbours, vPCs and widths of port-channels of these switches."""
    return ExpectedProtocols(
        groups=tuple(item for switch in switches.values() for item in _groups(switch)),
        adjacencies=tuple(_adjacencies(switches)),
        vpcs=tuple(item for switch in switches.values() for item in _vpcs(switch)),
        channels=tuple(item for switch in switches.values() for item in _channels(switch)),
    )


def _groups(switch: Switch) -> Iterator[ExpectedGroup]:
    for name, layer3 in _routed(switch):
        if layer3.hsrp is not None:
            yield ExpectedGroup(switch.name, name, str(layer3.hsrp.group), layer3.hsrp.address)


def _routed(switch: Switch) -> Iterator[tuple[str, Layer3]]:
    """Ports with an address that are meant to be up."""
    for svi in switch.svis:
        yield f"Vlan{svi.vlan}", svi.layer3
    for port in (*switch.ports, *switch.channels):
        if port.layer3 is not None and not port.shutdown:
            yield port.name, port.layer3


def _adjacencies(switches: Mapping[str, Switch]) -> Iterator[ExpectedAdjacency]:
    """Two routers see each other where both speak OSPF, actively, in one area on one subnet."""
    speakers: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for switch in switches.values():
        for _, layer3 in _routed(switch):
            if layer3.ospf is not None and layer3.address is not None and not layer3.ospf_passive:
                here = ip_interface(layer3.address)
                link = (str(here.network), layer3.vrf or "default", *layer3.ospf)
                speakers[link].append((switch.name, str(here.ip)))
    for (_, vrf, *_), ends in speakers.items():
        for device, _ in ends:
            for far, address in ends:
                if far != device:
                    yield ExpectedAdjacency(device, vrf, address, far)


def _vpcs(switch: Switch) -> Iterator[ExpectedVpc]:
    if switch.vpc is None:
        return
    for channel in switch.channels:
        if channel.vpc is not None and not channel.shutdown:
            yield ExpectedVpc(switch.name, str(switch.vpc.number), str(channel.vpc), channel.name)


def _channels(switch: Switch) -> Iterator[ExpectedChannel]:
    members = Counter(port.channel for port in switch.ports if port.channel is not None and not port.shutdown)
    for number, count in sorted(members.items()):
        yield ExpectedChannel(switch.name, f"port-channel{number}", count)
