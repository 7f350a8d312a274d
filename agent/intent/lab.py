"""The lab file of the virtual Nexus: the city's switches as they come out of the box, cabled, plugged in."""

from __future__ import annotations

from hashlib import sha256
from ipaddress import IPv4Address
from typing import Any

from agent.intent.catalog import Kind
from agent.intent.city import City
from agent.intent.hardware import MODELS, simulator_profile
from agent.intent.host import Host
from agent.intent.lab_streams import Streams, streams_of
from agent.intent.link import cables
from agent.intent.probe import Probe, ask_where

LISTEN = {"ssh": 2222, "nxapi": 8080, "snmp": 1161}
TRAP_PORT = 162
LAB_TRAP_PORT = 9162
"""Where receivers of the embedded lab hear traps: port 162 needs privileges."""
SYSLOG_PORT = 514
LAB_SYSLOG_PORT = 9514
ECHO_PORT = 7
"""RFC 862. The kernel answers a ping of any loopback address, whatever is unplugged: in the embedded lab an
``icmp`` probe asks the endpoint's echo port instead."""
USERNAME = "admin"
LAB_KINDS = ("camera", "phone", "access-point", "display")
"""Kinds of endpoint that the virtual Nexus plays apart from servers and carriers."""


def lab_topology(city: City, password_env: str = "VNEXUS_PASSWORD") -> dict[str, Any]:  # noqa: S107 - a variable's name
    """Plain data of the lab file: nodes, links between them, endpoints on their ports.

    A node starts with its name, NX-API and its mgmt0 address, nothing more; the agent brings the rest. The
    password is read by the lab from the environment variable ``password_env``. Management stations stand on
    loopback as the switches do: who listens there hears the city's traps, syslog and telemetry.
    """
    streams = streams_of(city)
    return {
        "name": city.about.domain.partition(".")[0],
        "listen": {**LISTEN, "traps": LAB_TRAP_PORT, "syslog": LAB_SYSLOG_PORT},
        "credentials": {"username": USERNAME, "password_env": password_env},
        "nodes": [_node(city, host) for host in city.hosts.values()],
        "links": [[str(a), str(b)] for a, b in cables(city.links)],
        "endpoints": [*_endpoints(city, streams), *_servers(city, streams), *_carriers(city)],
        "stations": {str(address): stand_in(address) for address in _stations(city)},
    }


def _stations(city: City) -> list[IPv4Address]:
    """Whom the switches speak to of their own accord."""
    about = city.about
    found = (*about.trap_receivers, *about.syslog_servers, *(item.address for item in about.telemetry))
    return sorted(set(found))


def is_embedded(city: City) -> bool:
    """Whether the city's switches are virtual ones on loopback, and so are their stations and endpoints."""
    return bool(city.hosts) and all(host.hostname.startswith("127.") for host in city.hosts.values())


def trap_listener(city: City) -> tuple[str, int] | None:
    """Where traps of the city's switches are to be heard; None when they are sent to nobody.

    In the embedded lab the receiver's stand-in; else every address of the machine, which is the receiver.
    """
    receivers = city.about.trap_receivers
    if not receivers:
        return None
    return (stand_in(receivers[0]), LAB_TRAP_PORT) if is_embedded(city) else ("0.0.0.0", TRAP_PORT)


def syslog_listener(city: City) -> tuple[str, int] | None:
    """Where lines of the city's switches are to be heard; None when they are sent to nobody.

    In the embedded lab the stand-in of the first server; else every address of the machine.
    """
    servers = city.about.syslog_servers
    if not servers:
        return None
    return (stand_in(servers[0]), LAB_SYSLOG_PORT) if is_embedded(city) else ("0.0.0.0", SYSLOG_PORT)


def lab_port(port: int) -> int:
    """Where the stand-in of an endpoint answers for a port: those below 1024 need privileges.

    >>> lab_port(554), lab_port(5060)
    (10554, 5060)
    """
    return port + 10_000 if port < 1024 else port


def stand_in(address: IPv4Address) -> str:
    """The loopback address of a management station in the embedded lab.

    >>> stand_in(IPv4Address("10.66.2.20"))
    '127.66.2.20'
    """
    return f"127.{str(address).partition('.')[2]}"


def _node(city: City, host: Host) -> dict[str, Any]:
    length = city.plan.management.prefix.prefixlen
    return {
        "name": host.name,
        "profile": simulator_profile(MODELS[host.model].platform, host.release),
        "model": host.model,
        "address": host.hostname,
        "startup": [
            f"hostname {host.name}",
            "feature nxapi",
            "interface mgmt0",
            f"  ip address {host.management}/{length}",
        ],
    }


def mac_address(tag: str) -> str:
    """A locally administered address that is always the same for an asset tag.

    >>> mac_address("CAM-001") == mac_address("CAM-001") != mac_address("CAM-002")
    True
    """
    digits = "02" + sha256(tag.encode()).hexdigest()[:10]
    return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"


def _lab_kind(kind: Kind) -> str:
    """The lab's word for an endpoint; a kind that it does not know is played by the nearest it does."""
    if kind.endpoint in LAB_KINDS:
        return kind.endpoint
    return "display" if kind.power else "server"


def _endpoints(city: City, streams: Streams) -> list[dict[str, Any]]:
    found = []
    for placed in city.placed:
        kind, endpoint = city.kinds[placed.kind], placed.endpoint
        make = kind.models[endpoint.model]
        entry: dict[str, Any] = {
            "node": placed.switch,
            "port": placed.port,
            "kind": _lab_kind(kind),
            "name": endpoint.tag,
            "mac": mac_address(endpoint.tag),
            "transmit_bps": make.transmit_bps,
            "receive_bps": make.receive_bps,
        }
        if endpoint.address is not None:
            entry["address"] = str(endpoint.address)
        entry |= answers_of(endpoint.address, kind.probes)
        if endpoint.tag in streams.sends:
            entry["sends"] = streams.sends[endpoint.tag]
        if kind.power is not None:
            entry |= {"watts": make.watts, "poe_class": make.poe_class}
        found.append(entry)
    return found


def answers_of(address: IPv4Address | None, probes: tuple[Probe, ...]) -> dict[str, Any]:
    """Where an endpoint answers in the lab what its probes will ask; empty when it is asked nothing."""
    answers = []
    for probe in probes:
        where = probe.address or address
        if where is not None:
            kind, port = ask_where(probe)
            kind, port = ("echo", ECHO_PORT) if kind == "icmp" else (kind, port)
            answers.append(f"{kind}/{stand_in(where)}:{lab_port(port)}")
    return {"answers": list(dict.fromkeys(answers))} if answers else {}


def _servers(city: City, streams: Streams) -> list[dict[str, Any]]:
    """A server with two legs is two endpoints with one MAC; each leg carries half of its traffic."""
    found = []
    for server in city.servers.values():
        for leg, end in enumerate(server.ports, start=1):
            entry: dict[str, Any] = {
                "node": end.switch,
                "port": end.port,
                "kind": "server",
                "name": server.tag if leg == 1 else f"{server.tag}-leg-{leg}",
                "mac": mac_address(server.tag),
                "transmit_bps": server.transmit_bps // len(server.ports),
                "receive_bps": server.receive_bps // len(server.ports),
            }
            if server.address is not None:
                entry["address"] = str(server.address)
            entry |= answers_of(server.address, server.probes)
            if server.tag in streams.joins:
                entry["joins"] = list(streams.joins[server.tag])
            found.append(entry)
    return found


def _carriers(city: City) -> list[dict[str, Any]]:
    """Carriers load their circuits to a third inwards and a tenth outwards."""
    if city.carriers is None:
        return []
    return [
        {
            "node": carrier.port.switch,
            "port": carrier.port.port,
            "kind": "carrier",
            "name": name,
            "mac": mac_address(name),
            "address": str(carrier.addresses()[1]),
            "transmit_bps": carrier.bandwidth_mbps * 1_000_000 // 3,
            "receive_bps": carrier.bandwidth_mbps * 1_000_000 // 10,
        }
        for name, carrier in city.carriers.carriers.items()
    ]
