"""The city to facts: everything that the templates need, switch by switch. Pure."""

from __future__ import annotations

from agent.intent.channels import channels_of, vpc_of
from agent.intent.city import City
from agent.intent.hardware import MODELS
from agent.intent.host import Host
from agent.intent.isolation import OPERATORS_ACL, acls_of
from agent.intent.peering import bgp_of, prefix_lists_of, route_maps_of
from agent.intent.ports import ports_of
from agent.intent.routing import loopbacks_of, multicast_of, ospf_of, svis_of, vrfs_of
from agent.intent.switch import Base, Switch
from agent.intent.vlans import vlans_on
from agent.intent.words import plain

STP_PRIORITIES = (4096, 8192)
"""The cores are the roots of the tree, the first before the second; a vPC pair is one root (peer-switch)."""


def expand_switches(city: City) -> dict[str, Switch]:
    """Facts of every switch by name, in inventory order. The city must have passed the cross-checks."""
    return {name: expand_switch(city, host) for name, host in city.hosts.items()}


def expand_switch(city: City, host: Host) -> Switch:
    """Facts of one switch."""
    management = city.plan.management
    return Switch(
        name=host.name,
        role=host.role,
        platform=MODELS[host.model].platform,
        model=host.model,
        release=host.release,
        site=host.site,
        management_address=f"{host.management}/{management.prefix.prefixlen}",
        management_gateway=str(management.gateway),
        base=_base(city, host),
        vlans=vlans_on(city, host),
        vrfs=vrfs_of(city, host),
        svis=svis_of(city, host),
        ports=ports_of(city, host),
        channels=channels_of(city, host),
        loopbacks=loopbacks_of(city, host),
        vpc=vpc_of(city, host),
        stp_priority=_stp_priority(city, host),
        ospf=ospf_of(host),
        bgp=bgp_of(city, host),
        acls=acls_of(city, host),
        prefix_lists=prefix_lists_of(city, host),
        route_maps=route_maps_of(city, host),
        multicast=multicast_of(city, host),
    )


def _stp_priority(city: City, host: Host) -> int | None:
    if host.role != "core":
        return None
    if host.name in city.pair_of:
        return STP_PRIORITIES[0]
    position = [core.name for core in city.switches("core")].index(host.name)
    return STP_PRIORITIES[min(position, 1)]


def _base(city: City, host: Host) -> Base:
    about, site = city.about, city.sites[host.site]
    return Base(
        domain=about.domain,
        banner=plain_banner(about.banner),
        timezone=(about.timezone.name, about.timezone.hours, about.timezone.minutes),
        name_servers=tuple(str(address) for address in about.name_servers),
        ntp_servers=tuple(str(address) for address in about.ntp_servers),
        syslog_servers=tuple(str(address) for address in about.syslog_servers),
        tacacs_servers=tuple(str(address) for address in about.tacacs.servers),
        tacacs_secret=about.tacacs.secret,
        snmp_community=host.snmp_community,
        snmp_acl=about.snmp.acl,
        snmp_contact=plain(about.snmp.contact),
        snmp_location=plain(f"{site.title}, {site.street}"),
        trap_receivers=tuple(str(address) for address in about.trap_receivers),
        admins=tuple((admin.user, admin.secret, admin.role) for admin in about.admins),
        telemetry_receivers=tuple((str(item.address), item.port) for item in about.telemetry),
        vty_acl=OPERATORS_ACL if about.operators else "",
    )


def plain_banner(text: str) -> str:
    """The banner in ASCII, line by line, without blank ends."""
    return "\n".join(plain(line) for line in text.strip().splitlines())
