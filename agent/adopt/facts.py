"""What the intent asks for, found in a running configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Interface

from agent.nxos.parse import parse_config
from agent.nxos.ranges import parse_vlans
from agent.nxos.tree import Line, Tree


@dataclass(frozen=True, slots=True)
class Svi:
    address: IPv4Interface
    vrf: str
    description: str
    relays: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Channel:
    """A port-channel with its members in order."""

    members: tuple[str, ...]
    trunk: bool
    vpc: int | None
    peer_link: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Values as the switch writes them; what it does not say is empty or None."""

    hostname: str
    domain: str
    banner: str
    timezone: tuple[str, int, int] | None
    name_servers: tuple[str, ...]
    ntp_servers: tuple[str, ...]
    syslog_servers: tuple[str, ...]
    trap_receivers: tuple[str, ...]
    tacacs_servers: tuple[str, ...]
    contact: str
    location: str
    community: str
    """In clear: a secret."""
    community_acl: str
    users: tuple[tuple[str, str], ...]
    """(name, role)."""
    management: IPv4Interface | None
    gateway: str
    vrfs: Mapping[str, str]
    """Description by name, ``management`` left out."""
    vlans: Mapping[int, str]
    svis: Mapping[int, Svi]
    loopbacks: Mapping[int, IPv4Interface]
    channels: Mapping[int, Channel]
    routed: Mapping[str, IPv4Interface]
    """Address by physical port."""
    descriptions: Mapping[str, str]
    access: Mapping[str, int]
    """VLAN by access port."""
    vpc_domain: int | None
    routing: frozenset[str]
    """``ospf``, ``bgp``, …"""


def read_facts(text: str) -> Facts:
    """Facts of a running configuration; raises ConfigSyntaxError when it is none."""
    tree = parse_config(text)
    interfaces = {
        line.text.split()[1]: line for line in tree.statements() if line.text.startswith("interface ")
    }
    management = _child(_one(tree, "vrf context management"), r"ip route 0\.0\.0\.0/0 (\S+)")
    zone = _words(tree, r"clock timezone (\w+) (-?\d+) (\d+)")
    users = _all(tree, r"username (\S+) password .*role (\S+)")
    domain = _words(tree, r"vpc domain (\d+)")
    community = _words(tree, r"snmp-server community (\S+) group")
    acl = _words(tree, r"snmp-server community \S+ use-ipv4acl (\S+)")
    return Facts(
        hostname=_text(tree, r"(?:hostname|switchname) (\S+)"),
        domain=_text(tree, r"ip domain-name (\S+)"),
        banner=_banner(tree),
        timezone=(zone[0], int(zone[1]), int(zone[2])) if zone else None,
        name_servers=tuple(
            word
            for found in _all(tree, r"ip name-server (.+?)(?: use-vrf \S+)?$")
            for word in found[0].split()
            if _is_ipv4(word)
        ),
        ntp_servers=_addresses(tree, r"ntp server (\S+).*"),
        syslog_servers=_addresses(tree, r"logging server (\S+).*"),
        trap_receivers=_addresses(tree, r"snmp-server host (\S+) .*"),
        tacacs_servers=_addresses(tree, r"tacacs-server host (\S+).*"),
        contact=_text(tree, r"snmp-server contact (.+)"),
        location=_text(tree, r"snmp-server location (.+)"),
        community=community[0] if community else "",
        community_acl=acl[0] if acl else "",
        users=tuple((user, role) for user, role in users),
        management=_address(interfaces.get("mgmt0")),
        gateway=management or "",
        vrfs=dict(_vrfs(tree)),
        vlans=dict(_vlans(tree)),
        svis=dict(_svis(interfaces)),
        loopbacks={
            int(name.removeprefix("loopback")): address
            for name, line in interfaces.items()
            if name.startswith("loopback")
            and (address := _address(line))
            and not _child(line, r"vrf member (\S+)")
        },
        channels=dict(_channels(interfaces)),
        routed={
            name: address
            for name, line in interfaces.items()
            if name.startswith("Ethernet") and (address := _address(line))
        },
        descriptions={
            name: words for name, line in interfaces.items() if (words := _child(line, r"description (.+)"))
        },
        access={
            name: int(vlan)
            for name, line in interfaces.items()
            if (vlan := _child(line, r"switchport access vlan (\d+)"))
        },
        vpc_domain=int(domain[0]) if domain else None,
        routing=frozenset(found[0] for found in _all(tree, r"router (\w+)(?: .*)?")),
    )


def _all(tree: Tree, pattern: str) -> list[tuple[str, ...]]:
    compiled = re.compile(pattern)
    return [found.groups() for line in tree.statements() if (found := compiled.fullmatch(line.text))]


def _words(tree: Tree, pattern: str) -> tuple[str, ...]:
    return next(iter(_all(tree, pattern + r"(?: .*)?")), ())


def _text(tree: Tree, pattern: str) -> str:
    return next(iter(_all(tree, pattern)), ("",))[0].strip()


def _is_ipv4(word: str) -> bool:
    return re.fullmatch(r"\d+\.\d+\.\d+\.\d+", word) is not None


def _addresses(tree: Tree, pattern: str) -> tuple[str, ...]:
    """Each once, in order; names and IPv6 addresses are left out."""
    return tuple(dict.fromkeys(found[0] for found in _all(tree, pattern) if _is_ipv4(found[0])))


def _one(tree: Tree, text: str) -> Line | None:
    return next((line for line in tree.statements() if line.text == text), None)


def _child(line: Line | None, pattern: str) -> str:
    """First group of the first line below that matches; empty when none does."""
    if line is None:
        return ""
    return next((found[1] for row in line.children if (found := re.fullmatch(pattern, row.text))), "")


def _address(line: Line | None) -> IPv4Interface | None:
    text = _child(line, r"ip address (\d+\.\d+\.\d+\.\d+/\d+)")
    return IPv4Interface(text) if text else None


def _banner(tree: Tree) -> str:
    for line in tree.statements():
        if line.text.startswith("banner motd "):
            mark = line.text.removeprefix("banner motd ")[0]
            return line.raw.partition(mark)[2].rpartition(mark)[0].strip("\n")
    return ""


def _vrfs(tree: Tree) -> Iterator[tuple[str, str]]:
    for line in tree.statements():
        name = line.text.removeprefix("vrf context ")
        if name not in {line.text, "management"}:
            yield name, _child(line, r"description (.+)")


def _vlans(tree: Tree) -> Iterator[tuple[int, str]]:
    for line in tree.statements():
        if found := re.fullmatch(r"vlan ([\d,-]+)", line.text):
            for number in sorted(parse_vlans(found[1])):
                yield number, _child(line, r"name (\S+)")


def _svis(interfaces: Mapping[str, Line]) -> Iterator[tuple[int, Svi]]:
    for name, line in interfaces.items():
        address = _address(line)
        if name.startswith("Vlan") and address is not None:
            relays = (re.fullmatch(r"ip dhcp relay address (\S+).*", row.text) for row in line.children)
            yield (
                int(name.removeprefix("Vlan")),
                Svi(
                    address,
                    _child(line, r"vrf member (\S+)") or "default",
                    _child(line, r"description (.+)"),
                    tuple(found[1] for found in relays if found),
                ),
            )


def _channels(interfaces: Mapping[str, Line]) -> Iterator[tuple[int, Channel]]:
    for name, line in interfaces.items():
        if not name.startswith("port-channel") or "." in name:
            continue
        number = int(name.removeprefix("port-channel"))
        texts = {row.text for row in line.children}
        vpc = _child(line, r"vpc (\d+)")
        members = tuple(
            port
            for port, below in interfaces.items()
            if _child(below, r"channel-group (\d+)(?: .*)?") == str(number)
        )
        yield (
            number,
            Channel(
                members, "switchport mode trunk" in texts, int(vpc) if vpc else None, "vpc peer-link" in texts
            ),
        )
