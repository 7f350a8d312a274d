"""Port-channels of a switch: trunks up and down, the vPC peer link, servers."""

from __future__ import annotations

from dataclasses import replace

from agent.intent.city import City
from agent.intent.host import Host
from agent.intent.link import Trunk
from agent.intent.record import End
from agent.intent.server import Server
from agent.intent.switch import Port, VpcDomain
from agent.intent.vlans import trunk_vlans
from agent.intent.words import plain


def trunk_port(city: City, host: Host, trunk: Trunk, far: End) -> Port:
    """Settings that the port-channel of a trunk and its members share at this end."""
    upper = any(a.switch == host.name for a, _ in trunk.links)
    lower_host = city.hosts[far.switch] if upper else host
    upper_host = host if upper else city.hosts[far.switch]
    carried = set(trunk_vlans(city, lower_host)) & set(trunk_vlans(city, upper_host))
    return Port(
        name="",
        profile="downlink" if upper else "uplink",
        mode="trunk",
        native_vlan=city.plan.parking_vlan,
        trunk_vlans=tuple(sorted(carried)),
        channel=trunk.channel if upper else trunk.lower_channel,
        root_guard=upper and lower_host.role == "building",
        trust=True,
    )


def channels_of(city: City, host: Host) -> tuple[Port, ...]:
    """Every port-channel of the switch, by number. ``channel`` is unset: they are no members themselves."""
    found: dict[int, Port] = {}
    pair = city.pair_of.get(host.name)
    if pair is not None:
        found[pair.channel] = Port(
            name=f"port-channel{pair.channel}",
            profile="peer-link",
            description=f"peer link to {pair.other(host.name)}",
            mode="trunk",
            native_vlan=city.plan.parking_vlan,
            trunk_vlans=trunk_vlans(city, host),
            peer_link=True,
        )
    for name, trunk, links in city.trunks_of(host.name):
        port = trunk_port(city, host, trunk, links[0][1])
        number = port.channel or trunk.channel
        far = " ".join(dict.fromkeys(end.switch for _, end in links))
        found[number] = replace(
            port,
            name=f"port-channel{number}",
            description=f"{port.profile} {name} to {far}",
            channel=None,
            vpc=number if pair is not None else None,
        )
    for server in city.servers_on.get(host.name, ()):
        if server.channel is not None:
            found[server.channel] = replace(
                server_port(city, server),
                name=f"port-channel{server.channel}",
                channel=None,
                vpc=server.channel if pair is not None else None,
            )
    return tuple(found[number] for number in sorted(found))


def server_port(city: City, server: Server) -> Port:
    """Settings that the ports of a server and its port-channel share."""
    vlans = tuple(sorted(city.plan.networks[network].vlan for network in server.networks))
    single = len(vlans) == 1
    return Port(
        name="",
        profile="server",
        description=plain(f"server {server.tag} {server.place}"),
        mode="access" if single else "trunk",
        access_vlan=vlans[0] if single else None,
        native_vlan=None if single else city.plan.parking_vlan,
        trunk_vlans=() if single else vlans,
        channel=server.channel,
        edge=True,
        trust=True,
    )


def vpc_of(city: City, host: Host) -> VpcDomain | None:
    """The vPC domain of a pair's member; the keepalive runs between the management addresses."""
    pair = city.pair_of.get(host.name)
    if pair is None:
        return None
    return VpcDomain(
        number=pair.domain,
        role_priority=100 if pair.switches[0] == host.name else 200,
        keepalive_destination=str(city.hosts[pair.other(host.name)].management),
        keepalive_source=str(host.management),
    )
