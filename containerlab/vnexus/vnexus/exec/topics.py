"""``show running-config bgp``: which lines belong to a part of the switch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """``top`` fits top-level lines, which come with all below them; ``port`` lines below an interface."""

    top: str
    port: str = r"(?!)"


TOPICS = {
    "aaa": Topic(r"aaa |no password|username |role name "),
    "acl": Topic(
        r"(ip|ipv6|mac|arp) access-list |object-group |time-range |line vty",
        r"(ip|mac) (port )?access-group ",
    ),
    "aclmgr": Topic(
        r"(ip|ipv6|mac) access-list |object-group |time-range ", r"(ip|mac) (port )?access-group "
    ),
    "arp": Topic(r"ip arp |arp access-list", r"ip arp |ip proxy-arp"),
    "bfd": Topic(r"feature bfd|bfd ", r"bfd "),
    "bgp": Topic(r"feature bgp|router bgp"),
    "callhome": Topic(r"callhome"),
    "cdp": Topic(r"(no )?cdp ", r"(no )?cdp "),
    "copp": Topic(r"copp "),
    "dhcp": Topic(r"feature dhcp|(no )?service dhcp|(no )?ip(v6)? dhcp |ip arp inspection", r"ip dhcp "),
    "eem": Topic(r"event manager "),
    "eigrp": Topic(r"feature eigrp|router eigrp", r"ip (router|passive-interface) eigrp"),
    "fabric": Topic(r"feature fabric|fabric "),
    "grpc": Topic(r"feature grpc|grpc "),
    "hsrp": Topic(r"feature hsrp", r"hsrp "),
    "icmpv6": Topic(r"(?!)", r"ipv6 redirects"),
    "igmp": Topic(r"(no )?ip igmp", r"ip igmp "),
    "ip": Topic(r"(no )?ip (?!access-list|prefix-list)", r"(no )?ip "),
    "ipqos": Topic(r"class-map |policy-map |system qos|qos ", r"service-policy "),
    "ipv6": Topic(r"(no )?ipv6 ", r"(no )?ipv6 "),
    "isis": Topic(r"feature isis|router isis", r"ip router isis"),
    "l3vm": Topic(r"vrf context", r"vrf member "),
    "lacp": Topic(r"feature lacp|lacp ", r"(no )?lacp "),
    "lldp": Topic(r"feature lldp|(no )?lldp ", r"(no )?lldp "),
    "monitor": Topic(r"monitor session"),
    "msdp": Topic(r"feature msdp|ip msdp"),
    "netflow": Topic(r"feature netflow|flow ", r"ip flow "),
    "ntp": Topic(r"ntp |clock protocol"),
    "nv": Topic(r"nv overlay|feature nv overlay|interface nve"),
    "nxapi": Topic(r"feature nxapi|nxapi "),
    "ospf": Topic(r"feature ospf$|router ospf ", r"(no )?ip ospf |ip router ospf "),
    "ospfv3": Topic(r"feature ospfv3|router ospfv3 ", r"(no )?ospfv3 |ipv6 router ospfv3 "),
    "pim": Topic(r"feature pim|ip pim ", r"ip pim "),
    "poe": Topic(r"feature poe|poe ", r"power inline "),
    "port-security": Topic(r"feature port-security", r"switchport port-security"),
    "radius": Topic(r"radius-server |aaa group server radius|ip radius"),
    "route-map": Topic(r"route-map "),
    "rpm": Topic(r"route-map |ip prefix-list |ip as-path |ip community-list |key chain "),
    "scheduler": Topic(r"feature scheduler|scheduler "),
    "security": Topic(r"aaa |no password|username |role name |ssh |radius-server |line vty"),
    "sla": Topic(r"feature sla|ip sla "),
    "snmp": Topic(r"snmp-server |rmon "),
    "spanning-tree": Topic(r"(no )?spanning-tree ", r"spanning-tree "),
    "tacacs": Topic(r"feature tacacs|tacacs-server |aaa group server tacacs|ip tacacs"),
    "tacacs+": Topic(r"feature tacacs|tacacs-server |aaa group server tacacs|ip tacacs"),
    "telemetry": Topic(r"feature telemetry|telemetry"),
    "track": Topic(r"track "),
    "udld": Topic(r"feature udld|udld ", r"udld "),
    "vlan": Topic(r"vlan "),
    "vpc": Topic(r"feature vpc|vpc ", r"vpc "),
    "vrf": Topic(r"vrf context ", r"vrf member "),
    "vrrp": Topic(r"feature vrrp", r"vrrp "),
    "vshd": Topic(r"hostname |switchname |banner |boot |line |cli "),
}
"""Words of ``show running-config`` and the lines that they show."""


def lines_of(topic: Topic, lines: list[str]) -> list[str]:
    """The lines of the topic, stanzas whole, interfaces with the fitting lines only.

    >>> lines_of(TOPICS["vlan"], ["hostname a", "vlan 1,10", "vlan 10", "  name x", "", "interface mgmt0"])
    ['vlan 1,10', 'vlan 10', '  name x']
    """
    top, port = re.compile(topic.top), re.compile(topic.port)
    shown: list[str] = []
    for head, body in stanzas(lines):
        if top.match(head):
            shown += [head, *body]
        elif head.startswith("interface "):
            fitting = _fitting(body, port)
            shown += ["", head, *fitting] if fitting else []
    return shown


def stanzas(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Top-level lines, each with the lines below it."""
    head, body = "", list[str]()
    for line in lines:
        if line[:1] == " " or (line == "end-job" and head):
            body.append(line)
        elif line:
            if head:
                yield head, body
            head, body = line, []
    if head:
        yield head, body


def _fitting(body: list[str], port: re.Pattern[str]) -> list[str]:
    """Lines of an interface that fit, with what stands below them."""
    kept: list[str] = []
    taking = False
    for line in body:
        if line[2:3] != " ":
            taking = port.match(line.strip()) is not None
        if taking:
            kept.append(line)
    return kept
