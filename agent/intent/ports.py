"""Physical ports of a switch: what hangs on each, and how it is therefore set up."""

from __future__ import annotations

from dataclasses import replace

from agent.intent.channels import server_port, trunk_port
from agent.intent.city import City
from agent.intent.endpoint import Placed
from agent.intent.hardware import MODELS, Model
from agent.intent.host import Host
from agent.intent.record import End
from agent.intent.switch import Layer3, Port
from agent.intent.vlans import trunk_vlans
from agent.intent.words import list_name, plain

OSPF_PROCESS = "CITY"
OSPF_AREA = "0.0.0.0"
CARRIER_ACL = list_name("from", "carriers")


def ports_of(city: City, host: Host) -> tuple[Port, ...]:
    """Every physical port of the switch in natural order; a port that nobody means is off and parked."""
    model = MODELS[host.model]
    used = {port.name: port for port in _used(city, host)}
    return tuple(used.get(name) or _unused(city, model, name) for name in model.ports())


def _used(city: City, host: Host) -> list[Port]:
    ports = [endpoint_port(city, host, placed) for placed in city.placed_on.get(host.name, ())]
    ports += [
        replace(server_port(city, server), name=end.port)
        for server in city.servers_on.get(host.name, ())
        for end in server.ports
        if end.switch == host.name
    ]
    ports += _trunk_members(city, host)
    pair = city.pair_of.get(host.name)
    if pair is not None:
        other = pair.other(host.name)
        member = Port("", "peer-link", f"peer link to {other}", "trunk", channel=pair.channel, peer_link=True)
        member = replace(member, trunk_vlans=trunk_vlans(city, host), native_vlan=city.plan.parking_vlan)
        ports += [replace(member, name=port) for port in pair.peer_ports]
    ports += _transit(city, host)
    ports += _carriers(city, host)
    return ports


def _unused(city: City, model: Model, name: str) -> Port:
    parking = city.plan.parking_vlan if model.platform == "n9k" else None
    return Port(name, "unused", shutdown=True, access_vlan=parking)


def endpoint_port(city: City, host: Host, placed: Placed) -> Port:
    """The port of an endpoint as its kind's profile has it."""
    kind, endpoint = city.kinds[placed.kind], placed.endpoint
    profile, power = kind.port, kind.power
    plan = city.plan.networks
    own = plan[endpoint.network] if endpoint.network else city.network(profile.segment, host.site)
    tagged = tuple(city.network(segment, host.site).vlan for segment in profile.tagged_segments)
    make = kind.models[endpoint.model]
    return Port(
        name=placed.port,
        profile=kind.endpoint,
        description=plain(f"{kind.endpoint} {endpoint.tag} {endpoint.place}"),
        mode="trunk" if tagged else "access",
        access_vlan=None if tagged else own.vlan,
        voice_vlan=city.network(profile.voice_segment, host.site).vlan if profile.voice_segment else None,
        native_vlan=own.vlan if tagged else None,
        trunk_vlans=tuple(sorted((own.vlan, *tagged))) if tagged else (),
        mtu=profile.mtu,
        edge=True,
        poe=power is not None,
        poe_priority=power.priority if power else None,
        poe_max_watts=(make.maximum_watts or power.maximum_watts) if power else None,
        qos_class=profile.qos_class,
        trust=profile.trust,
        storm_control_percent=profile.storm_control_percent,
        max_macs=profile.max_macs,
    )


def _trunk_members(city: City, host: Host) -> list[Port]:
    found = []
    for _, trunk, links in city.trunks_of(host.name):
        for own, far in links:
            port = trunk_port(city, host, trunk, far)
            words = f"{'uplink' if port.profile == 'uplink' else 'downlink'} to {far.switch} {far.port}"
            found.append(replace(port, name=own.port, description=words))
    return found


def _transit(city: City, host: Host) -> list[Port]:
    found = []
    for link in city.links.routed:
        for (own, far), address in zip(_both_ways(link.ends), link.addresses(), strict=True):
            if own.switch != host.name:
                continue
            layer3 = Layer3(
                address=address,
                ospf=(OSPF_PROCESS, OSPF_AREA),
                ospf_cost=link.cost,
                ospf_point_to_point=True,
            )
            words = f"transit to {far.switch} {far.port}"
            found.append(Port(own.port, "transit", words, "routed", layer3=layer3, trust=True))
    return found


def _both_ways(ends: tuple[End, End]) -> tuple[tuple[End, End], tuple[End, End]]:
    return ends, (ends[1], ends[0])


def _carriers(city: City, host: Host) -> list[Port]:
    if city.carriers is None:
        return []
    return [
        Port(
            carrier.port.port,
            "carrier",
            plain(f"carrier {carrier.title} circuit {carrier.circuit}"),
            "routed",
            layer3=Layer3(
                address=f"{carrier.addresses()[0]}/{carrier.prefix.prefixlen}",
                acl_in=CARRIER_ACL,
            ),
        )
        for carrier in city.carriers.carriers.values()
        if carrier.port.switch == host.name
    ]
