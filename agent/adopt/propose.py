"""From the words of running switches to a first inventory. Pure.

What the switches do not tell (streets, coordinates, inhabitants) is filled with words that say so; what they
tell and the inventory has no form for becomes a remark.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from agent.adopt.cabling import Known, propose_links
from agent.adopt.facts import Facts, read_facts
from agent.adopt.witness import Witness
from agent.intent.hardware import MODELS

UNTOLD = "to be filled in"
DOCUMENTATION = tuple(IPv4Network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
"""RFC 5737: stand where no switch told an address, for management, loopbacks and transit."""
_WIDEST = 8
"""A prefix that covers scattered addresses may not be wider."""

_VLANS = range(2, 3968)
_ROUTING = ("core", "carrier-edge")
_ROLES = ("network-admin", "network-operator", "vdc-admin")
_VRF = re.compile(r"[A-Z][A-Z0-9-]{0,31}")
_WORDS = re.compile(r"[\x00-\x1f\"?#]+")


@dataclass(slots=True)
class Proposal:
    """Files as data by name, the switches by name, what could not be said, and secrets seen in clear."""

    files: dict[str, Any]
    known: Known
    remarks: list[str] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)


def propose_inventory(witnesses: Iterable[Witness], title: str = "Adopted city") -> Proposal:
    """A first inventory of the switches; those whose model is not known are left out with a remark."""
    remarks: list[str] = []
    known = _know(witnesses, remarks)
    links = propose_links(known)
    blocks = _blocks(known, (link["prefix"] for link in links["routed"]), remarks)
    proposal = Proposal({}, known, remarks)
    domains = _common(facts.domain for facts in known.facts.values())
    proposal.files = {
        "city.yaml": _city(known, title, domains or "example.net"),
        "sites.yaml": _sites(known),
        "hosts.yaml": _hosts(known, blocks),
        "groups.yaml": _groups(known),
        "defaults.yaml": {"platform": "cisco_nxos", "data": {"snmp_port": 161, "snmp_community": "snmp_ro"}},
        "links.yaml": links,
        "addresses.yaml": _addresses(known, blocks, remarks),
    }
    community = _common(facts.community for facts in known.facts.values())
    if community:
        proposal.secrets["snmp_ro"] = community
    return proposal


def name_of(text: str) -> str:
    """A name as the inventory writes it.

    >>> name_of("NX_1.example.net"), name_of("Rue Haute, 12")
    ('nx-1-example-net', 'rue-haute-12')
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "unnamed"


def _know(witnesses: Iterable[Witness], remarks: list[str]) -> Known:
    found: dict[str, Witness] = {}
    facts: dict[str, Facts] = {}
    for witness in witnesses:
        has = read_facts(witness.running)
        name = name_of(has.hostname or witness.way.address)
        if witness.model not in MODELS:
            known = ", ".join(MODELS)
            remarks.append(f"{name}: model {witness.model or 'unknown'} is left out; known are {known}")
        elif name in found:
            remarks.append(
                f"{name}: two switches have this name; the one at {witness.way.address} is left out"
            )
        else:
            found[name], facts[name] = witness, has
    return Known(found, facts, {name: _role(found[name], facts[name]) for name in found})


def _role(witness: Witness, facts: Facts) -> str:
    if witness.platform == "n7k" or len(facts.svis) > 1:
        return "core"
    if "bgp" in facts.routing:
        return "carrier-edge"
    return "leaf" if facts.vpc_domain is not None else "building"


def _common(values: Iterable[Any]) -> Any:
    """The value that most switches have, None when none says anything."""
    counted = Counter(value for value in values if value)
    return counted.most_common(1)[0][0] if counted else None


def words_of(text: str) -> str:
    """Text that a title may be: one line, no quotes, at most 80 characters."""
    return " ".join(_WORDS.sub(" ", text).split())[:80] or UNTOLD


def _city(known: Known, title: str, domain: str) -> dict[str, Any]:
    every = list(known.facts.values())
    zone = _common(facts.timezone for facts in every) or ("UTC", 0, 0)
    acl = _common(facts.community_acl for facts in every) or ""
    users = dict(sorted({user: role for facts in every for user, role in facts.users}.items()))
    admins = [
        {"user": user, "secret": f"{re.sub(r'[^a-z0-9]', '_', user)}_password", "role": role}
        for user, role in users.items()
        if role in _ROLES and name_of(user) == user
    ]
    login = next((witness.way.username for witness in known.witnesses.values()), "admin")
    return {
        "name": words_of(title),
        "domain": domain.lower(),
        "inhabitants": 1,
        "banner": (_common(facts.banner for facts in every) or UNTOLD) + "\n",
        "timezone": {"name": zone[0], "hours": zone[1]} | ({"minutes": zone[2]} if zone[2] else {}),
        "name_servers": list(_common(facts.name_servers for facts in every) or ()),
        "ntp_servers": list(_common(facts.ntp_servers for facts in every) or ()),
        "syslog_servers": list(_common(facts.syslog_servers for facts in every) or ()),
        "trap_receivers": list(_common(facts.trap_receivers for facts in every) or ()),
        "tacacs": {
            "servers": list(_common(facts.tacacs_servers for facts in every) or ()),
            "secret": "tacacs_key",
        },
        "snmp": {
            "community": "snmp_ro",
            "acl": acl if _VRF.fullmatch(acl) else "SNMP-MANAGERS",
            "contact": words_of(_common(facts.contact for facts in every) or ""),
            "managers": [],
        },
        "admins": admins or [{"user": login, "secret": f"{login}_password", "role": "network-admin"}],
    }


def _sites(known: Known) -> dict[str, Any]:
    places = {facts.location for facts in known.facts.values()}
    sites = {
        _site(place): {
            "title": words_of(place),
            "street": UNTOLD,
            "district": "city",
            "kind": UNTOLD,
            "latitude": 0.0,
            "longitude": 0.0,
        }
        for place in sorted(places)
    }
    return {"districts": {"city": "City"}, "sites": sites}


def _site(location: str) -> str:
    return name_of(location or UNTOLD)


def _group(known: Known, name: str) -> str:
    witness = known.witnesses[name]
    return name_of(f"{known.roles[name]}-{witness.model}-{witness.release}-{witness.way.transport}")


def _groups(known: Known) -> dict[str, Any]:
    groups: dict[str, Any] = {}
    for name, witness in known.witnesses.items():
        way = witness.way
        data: dict[str, Any] = {
            "role": known.roles[name],
            "model": witness.model,
            "release": witness.release,
            "transport": way.transport,
            "power_supplies": list(witness.supplies),
        }
        entry: dict[str, Any] = {"data": data}
        if way.transport == "nxapi" and way.scheme == "http":
            entry["connection_options"] = {"nxapi": {"extras": {"scheme": "http"}}}
        groups.setdefault(_group(known, name), entry)
    return groups


def _hosts(known: Known, blocks: Blocks) -> dict[str, Any]:
    hosts: dict[str, Any] = {}
    for name, witness in known.witnesses.items():
        facts, way = known.facts[name], witness.way
        data = {"site": _site(facts.location), "management": str(blocks.managed[name])}
        if name in blocks.routers:
            data["loopback"] = str(blocks.routers[name])
        entry: dict[str, Any] = {"hostname": way.address, "username": way.username}
        if way.transport == "ssh":
            entry["port"] = way.port
        else:
            entry["connection_options"] = {"nxapi": {"port": way.port}}
        hosts[name] = entry | {"groups": [_group(known, name)], "data": data}
    return hosts


@dataclass(frozen=True, slots=True)
class Blocks:
    """The ranges of the address plan, and the management address of every switch."""

    management: IPv4Network
    loopbacks: IPv4Network
    transit: IPv4Network
    managed: Mapping[str, IPv4Address]
    routers: Mapping[str, IPv4Address]
    """Loopback of the switches that have one or need one."""


def _blocks(known: Known, routed: Iterable[str], remarks: list[str]) -> Blocks:
    every = known.facts
    told = [facts.management.network for facts in every.values() if facts.management]
    management = _common(told) or DOCUMENTATION[0]
    own = {name: facts.management.ip for name, facts in every.items() if facts.management}
    managed = _fill(own, management, every, "management address", remarks)
    lowest = {name: facts.loopbacks[min(facts.loopbacks)] for name, facts in every.items() if facts.loopbacks}
    loopbacks = _cover([address.network for address in lowest.values()], 1)
    transit = _cover([IPv4Network(prefix) for prefix in routed], 2)
    loopbacks = DOCUMENTATION[1] if loopbacks.overlaps(management) else loopbacks
    transit = DOCUMENTATION[2] if transit.overlaps(management) or transit.overlaps(loopbacks) else transit
    need = [name for name in every if name in lowest or known.roles[name] in _ROUTING]
    routers = _fill(
        {name: address.ip for name, address in lowest.items()}, loopbacks, need, "loopback", remarks
    )
    return Blocks(management, loopbacks, transit, managed, routers)


def _fill(
    told: Mapping[str, IPv4Address],
    block: IPv4Network,
    names: Iterable[str],
    what: str,
    remarks: list[str],
) -> dict[str, IPv4Address]:
    """The address that each told, if it is its own and in the block; else a free one of the block."""
    taken: dict[IPv4Address, str] = {}
    for name, address in told.items():
        if address in block:
            taken.setdefault(address, name)
    found = {name: address for address, name in taken.items()}
    free = (address for address in block.hosts() if address not in taken)
    for name in names:
        if name not in found:
            found[name] = next(free)
            remarks.append(f"{name}: tells no {what} that fits; {found[name]} stands in for it")
    return found


def _addresses(known: Known, blocks: Blocks, remarks: list[str]) -> dict[str, Any]:
    every = list(known.facts.values())
    relays = {relay for facts in every for svi in facts.svis.values() for relay in svi.relays}
    gateway = _common(facts.gateway for facts in every) or str(blocks.management.network_address + 1)
    return {
        "management": {"prefix": str(blocks.management), "gateway": gateway},
        "loopbacks": str(blocks.loopbacks),
        "transit": str(blocks.transit),
        "parking_vlan": _parking(every),
        "dhcp_servers": sorted(relays, key=IPv4Address),
        "vrfs": dict(_vrfs(every, remarks)),
        "networks": dict(_networks(known, remarks)),
    }


def _cover(networks: list[IPv4Network], stand_in: int) -> IPv4Network:
    """The smallest prefix, /24 or wider, that holds them all; a documentation prefix if that is too wide."""
    if not networks:
        return DOCUMENTATION[stand_in]
    found = networks[0].supernet(new_prefix=min(24, networks[0].prefixlen))
    while not all(network.subnet_of(found) for network in networks):
        found = found.supernet()
    return found if found.prefixlen >= _WIDEST else DOCUMENTATION[stand_in]


def _parking(every: list[Facts]) -> int:
    used = {vlan: name for facts in every for vlan, name in facts.vlans.items()}
    named = [vlan for vlan, name in used.items() if "park" in name.lower() and vlan in _VLANS]
    return named[0] if named else next(vlan for vlan in range(999, 3968) if vlan not in used)


def _vrfs(every: list[Facts], remarks: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    found: dict[str, str] = {}
    for facts in every:
        for name, words in facts.vrfs.items():
            found[name] = words or found.get(name, "")
    for name, words in sorted(found.items()):
        if _VRF.fullmatch(name):
            yield name, {"description": words_of(words or name)}
        else:
            remarks.append(f"VRF {name} is left out: names are upper case, digits and hyphens")


def _networks(known: Known, remarks: list[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    seen: dict[int, dict[str, Any]] = {}
    clash: set[int] = set()
    names: Mapping[int, str] = {
        vlan: name for facts in known.facts.values() for vlan, name in facts.vlans.items() if name
    }
    for facts in known.facts.values():
        for vlan, svi in facts.svis.items():
            if vlan not in _VLANS or not (svi.vrf == "default" or _VRF.fullmatch(svi.vrf)):
                continue
            network = {
                "vlan": vlan,
                "vrf": svi.vrf,
                "prefix": str(svi.address.network),
                "description": words_of(svi.description or names.get(vlan) or f"VLAN {vlan}"),
            } | ({"dhcp": True} if svi.relays else {})
            before = seen.setdefault(vlan, network)
            if before["prefix"] != network["prefix"]:
                clash.add(vlan)
    remarks += [f"VLAN {vlan} is left out: it has another prefix on another switch" for vlan in sorted(clash)]
    bare = sorted({vlan for facts in known.facts.values() for vlan in facts.vlans} - set(seen) - {1})
    if bare:
        words = ", ".join(str(vlan) for vlan in bare)
        remarks.append(f"VLANs without an address on any adopted switch are left out: {words}")
    for vlan in sorted(set(seen) - clash):
        name = name_of(names.get(vlan) or f"vlan-{vlan}")
        unique = (
            name
            if not any(name_of(names.get(n) or "") == name for n in seen if n < vlan)
            else f"{name}-{vlan}"
        )
        yield unique, {"segment": unique} | seen[vlan]
