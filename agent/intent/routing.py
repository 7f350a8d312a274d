"""Layer 3 of a switch: SVIs, VRFs, loopbacks, OSPF, multicast."""

from __future__ import annotations

from agent.intent.addressing import Network
from agent.intent.city import City
from agent.intent.host import Host
from agent.intent.isolation import acl_name
from agent.intent.ports import OSPF_AREA, OSPF_PROCESS
from agent.intent.switch import Hsrp, Layer3, Loopback, Multicast, Ospf, Svi, Vrf
from agent.intent.vlans import networks_on
from agent.intent.words import plain

HSRP_GROUP = 1
QUERIER_HOST = 5
"""Host number that the snooping queriers use as their source: above the routers, so that those win."""


def _cores(city: City) -> list[str]:
    return [host.name for host in city.switches("core")]


def _router_number(city: City, host: Host) -> int:
    """Host number of a core in every network: 2 for the first, 3 for the second."""
    return 2 + _cores(city).index(host.name)


def svis_of(city: City, host: Host) -> tuple[Svi, ...]:
    """Gateways of all networks on a core; other switches only carry VLANs."""
    if host.role != "core":
        return ()
    number = _router_number(city, host)
    return tuple(
        Svi(
            vlan=network.vlan,
            description=plain(network.description),
            layer3=_gateway(city, name, network, number),
        )
        for name, network in ((name, city.plan.networks[name]) for name in networks_on(city, host))
    )


def _gateway(city: City, name: str, network: Network, number: int) -> Layer3:
    default = network.vrf == "default"
    return Layer3(
        address=network.host(number),
        vrf=None if default else network.vrf,
        ospf=(OSPF_PROCESS, OSPF_AREA) if default else None,
        ospf_passive=default,
        pim=network.multicast,
        hsrp=Hsrp(
            group=HSRP_GROUP,
            address=network.host(1).partition("/")[0],
            priority=120 - 10 * (number - 1),
        ),
        acl_in=acl_name(name) if network.reach is not None else None,
        dhcp_relays=_relays(city, network) if network.dhcp else (),
    )


def _relays(city: City, network: Network) -> tuple[str, ...]:
    """DHCP servers, with the VRF in which they live when it is not the network's own."""
    found = []
    for server in city.plan.dhcp_servers:
        home = next((n.vrf for n in city.plan.networks.values() if server in n.prefix), network.vrf)
        found.append(str(server) if home == network.vrf else f"{server} use-vrf {home}")
    return tuple(found)


def vrfs_of(city: City, host: Host) -> tuple[Vrf, ...]:
    """VRFs of a core with the way out by the firewall, and the way to the other core's rendezvous points."""
    if host.role != "core":
        return ()
    found = []
    for name, vrf in city.plan.vrfs.items():
        routes = [("0.0.0.0/0", str(vrf.gateway))] if vrf.gateway else []
        for group in city.plan.multicast.values():
            if group.vrf == name and group.switch != host.name:
                routes += _way_to(city, str(group.rendezvous_point), group.switch, name)
        found.append(Vrf(name, plain(vrf.description), static_routes=tuple(routes)))
    return tuple(found)


def _way_to(city: City, point: str, switch: str, vrf: str) -> list[tuple[str, str]]:
    """Route to a rendezvous point by the core's own address in the first multicast network of the VRF."""
    for network in city.plan.networks.values():
        if network.vrf == vrf and network.multicast and switch in _cores(city):
            number = _router_number(city, city.hosts[switch])
            return [(f"{point}/32", network.host(number).partition("/")[0])]
    return []


def loopbacks_of(city: City, host: Host) -> tuple[Loopback, ...]:
    """Router id, and a loopback for every rendezvous point of the switch."""
    found = []
    if host.loopback is not None:
        layer3 = Layer3(f"{host.loopback}/32", ospf=(OSPF_PROCESS, OSPF_AREA))
        found.append(Loopback(0, "router id", layer3))
    for number, (name, group) in enumerate(city.plan.multicast.items(), start=1):
        if group.switch == host.name:
            vrf = None if group.vrf == "default" else group.vrf
            layer3 = Layer3(f"{group.rendezvous_point}/32", vrf=vrf, pim=True)
            found.append(Loopback(number, f"rendezvous point {name}", layer3))
    return tuple(found)


def ospf_of(host: Host) -> tuple[Ospf, ...]:
    """One process in the default VRF on every routing switch; the edges bring the default route."""
    if host.loopback is None:
        return ()
    edge = host.role == "carrier-edge"
    return (Ospf(OSPF_PROCESS, str(host.loopback), default_originate=edge),)


def multicast_of(city: City, host: Host) -> Multicast | None:
    """Rendezvous points on the cores, snooping queriers on the switches below; None without either."""
    groups = city.plan.multicast.values()
    if host.role == "core":
        return Multicast(
            rendezvous_points=tuple(
                (str(g.rendezvous_point), str(g.range)) for g in groups if g.vrf == "default"
            ),
            vrf_rendezvous_points=tuple(
                (g.vrf, str(g.rendezvous_point), str(g.range)) for g in groups if g.vrf != "default"
            ),
        )
    queriers = tuple(
        (network.vlan, network.host(QUERIER_HOST).partition("/")[0])
        for network in (city.plan.networks[name] for name in networks_on(city, host))
        if network.multicast
    )
    return Multicast(queriers=queriers) if queriers else None
