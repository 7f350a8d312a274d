"""Access lists: who may talk to whom, from the address plan's ``reach``; what carriers may not send."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network

from agent.intent.city import City
from agent.intent.host import Host
from agent.intent.ports import CARRIER_ACL
from agent.intent.switch import Acl, AclEntry
from agent.intent.vlans import networks_on
from agent.intent.words import list_name

INTERNET = "internet"
OPERATORS_ACL = "OPERATORS"
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
"""RFC 1918."""
NOT_FROM_OUTSIDE = (
    "0.0.0.0/8",
    "10.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
)
"""Sources that no carrier may send us: RFC 1918, RFC 1122, RFC 3927."""
HSRP_ROUTERS = "224.0.0.102/32"
"""HSRP version 2; NX-OS filters what is sent to it like any other packet."""


def acl_name(network: str) -> str:
    """Name of the inbound list of a network.

    >>> acl_name("wifi-guest")
    'WIFI-GUEST-IN'
    """
    return list_name(network, "in")


def numbered(texts: Iterable[str]) -> tuple[AclEntry, ...]:
    """Entries with the sequence numbers that a switch would give."""
    return tuple(AclEntry(10 * position, text) for position, text in enumerate(texts, start=1))


def acls_of(city: City, host: Host) -> tuple[Acl, ...]:
    """Isolation on cores, anti-spoofing on edges, SNMP managers everywhere."""
    snmp = city.about.snmp
    found = [Acl(snmp.acl, numbered(f"permit ip {manager}/32 any" for manager in snmp.managers))]
    if city.about.operators:
        entries = numbered(f"permit tcp {network} any eq 22" for network in city.about.operators)
        found.append(Acl(OPERATORS_ACL, entries))
    if host.role == "core":
        found += [
            Acl(acl_name(name), numbered(_isolation(city, name)))
            for name in networks_on(city, host)
            if city.plan.networks[name].reach is not None
        ]
    if host.role == "carrier-edge" and city.carriers is not None:
        found.append(Acl(CARRIER_ACL, numbered(_from_carriers(city))))
    return tuple(found)


def _isolation(city: City, name: str) -> list[str]:
    network = city.plan.networks[name]
    own = network.prefix
    lines = [f"permit udp {own} {HSRP_ROUTERS} eq 1985", f"permit icmp {own} {own}"]
    if network.dhcp:
        lines.insert(0, "permit udp any eq bootpc any eq bootps")
    if network.multicast:
        lines += [f"permit igmp {own} any", f"permit pim {own} any"]
        lines += [
            f"permit udp {own} {group.range}"
            for group in city.plan.multicast.values()
            if group.vrf == network.vrf
        ]
    reach = network.reach or ()
    lines += [
        f"permit ip {own} {city.plan.networks[target].prefix}" for target in reach if target != INTERNET
    ]
    if INTERNET in reach:
        lines += [f"deny ip {own} {prefix}" for prefix in PRIVATE]
        lines.append(f"permit ip {own} any")
    return [*lines, "deny ip any any log"]


def _from_carriers(city: City) -> list[str]:
    spoofed: list[IPv4Network | str] = [*NOT_FROM_OUTSIDE, *city.plan.public]
    return [*(f"deny ip {prefix} any" for prefix in spoofed), "permit ip any any"]
