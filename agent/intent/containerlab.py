"""The city's switches in containers: a topology of containerlab and the lab file that its nodes share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from agent.errors import UsageError
from agent.intent.city import City
from agent.intent.hardware import MODELS, simulator_profile
from agent.intent.lab import lab_topology

IMAGE = "moulin/vnexus:latest"
LISTEN = {"ssh": 22, "nxapi": 80, "snmp": 161, "nxapi_https": 443}
"""A container has all ports to itself: those of a real switch."""
HOST_KINDS = ("camera", "phone", "carrier")
"""One of each is a container of its own; all other endpoints are played by their switch."""
BUILDINGS = 2
DESCRIBED = ("mac", "address", "watts", "transmit_bps", "receive_bps")
"""What labels say of a host, for ``vnexus run`` of the same topology in one process."""

Topology = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Files:
    """Names of what belongs to a topology, beside it."""

    topology: str
    """For our own image as ``kind: linux``."""
    images: str
    """For owners of Cisco's image: ``kind: cisco_n9kv``."""
    lab: str
    """What the nodes know of each other's cables and endpoints."""


def files_of(city: City) -> Files:
    """``bellerive.clab.yml`` and what belongs to it."""
    name = lab_name(city)
    return Files(f"{name}.clab.yml", f"{name}.n9kv.clab.yml", f"{name}.lab.yml")


def lab_name(city: City) -> str:
    """First word of the city's domain."""
    return city.about.domain.partition(".")[0]


def choose_switches(city: City) -> tuple[str, ...]:
    """A small lab that holds together: cores, carrier edge, one pair of leaves, two buildings."""
    chosen = [host.name for role in ("core", "carrier-edge") for host in city.switches(role)]
    leaves = {host.name for host in city.switches("leaf")}
    pair = next((pair for pair in city.links.pairs.values() if leaves.issuperset(pair.switches)), None)
    chosen += pair.switches if pair else ()
    chosen += [host.name for host in city.switches("building")][:BUILDINGS]
    return tuple(name for name in city.hosts if name in chosen)


def shared_lab(city: City, switches: Sequence[str]) -> Topology:
    """The lab file of these switches: each at the address of its mgmt0, with what hangs on it.

    Containers reach the management stations themselves: nobody stands in for them.
    """
    whole = {key: value for key, value in lab_topology(city).items() if key != "stations"}
    chosen = frozenset(switches)
    return {
        **whole,
        "listen": dict(LISTEN),
        "nodes": [
            {**node, "address": str(city.hosts[node["name"]].management)}
            for node in whole["nodes"]
            if node["name"] in chosen
        ],
        "links": [
            link for link in whole["links"] if chosen.issuperset(end.partition(":")[0] for end in link)
        ],
        "endpoints": [
            {key: value for key, value in entry.items() if key != "answers"}
            for entry in whole["endpoints"]
            if entry["node"] in chosen
        ],
    }


def containerlab_topology(city: City, switches: Sequence[str]) -> Topology:
    """Our image as ``kind: linux``: the switches, a camera, a telephone and a carrier. Raises UsageError."""
    lab, names = shared_lab(city, switches), files_of(city)
    hosts = _hosts(lab)
    nodes = {name: _switch(city, name) for name in switches}
    return {
        "name": lab_name(city),
        "mgmt": _management(city),
        "topology": {
            "defaults": {"kind": "linux", "image": IMAGE, "image-pull-policy": "Never"},
            "groups": {
                "switch": {
                    "privileged": False,
                    "cap-add": ["NET_ADMIN", "NET_RAW"],
                    "env": {"USERNAME": "admin", "PASSWORD": "${VNEXUS_PASSWORD:=admin}"},
                    "binds": [f"{names.lab}:/etc/vnexus/lab.yml:ro"],
                    "healthcheck": {
                        "test": ["CMD", "/usr/local/bin/healthy"],
                        "start-period": 3,
                        "interval": 5,
                        "timeout": 3,
                        "retries": 12,
                    },
                },
                "endpoint": {
                    "privileged": False,
                    "cap-add": ["NET_ADMIN", "NET_RAW"],
                    "network-mode": "none",
                    "entrypoint": "/opt/vnexus/bin/vnexus",
                    "healthcheck": {
                        "test": ["CMD", "test", "-d", "/sys/class/net/eth1"],
                        "start-period": 3,
                        "interval": 5,
                        "timeout": 3,
                        "retries": 12,
                    },
                },
            },
            "nodes": nodes | {name: _host(entry) for name, entry in hosts.items()},
            "links": [*_links(city, lab), *_host_links(city, hosts)],
        },
    }


def n9kv_topology(city: City, switches: Sequence[str]) -> Topology:
    """For owners of Cisco's image: the Nexus 9000s of the lab; ``N9KV_IMAGE`` names the image."""
    chosen = [name for name in switches if MODELS[city.hosts[name].model].platform == "n9k"]
    lab = shared_lab(city, chosen)
    return {
        "name": f"{lab_name(city)}-n9kv",
        "mgmt": _management(city),
        "topology": {
            "kinds": {"cisco_n9kv": {"image": "${N9KV_IMAGE:=vrnetlab/cisco_n9kv:10.5.2}"}},
            "nodes": {name: _switch(city, name, kind="cisco_n9kv") for name in chosen},
            "links": _links(city, lab),
        },
    }


def _management(city: City) -> dict[str, str]:
    network: IPv4Network = city.plan.management.prefix
    return {
        "network": lab_name(city),
        "ipv4-subnet": str(network),
        "ipv4-gw": str(city.plan.management.gateway),
    }


def _switch(city: City, name: str, kind: str = "") -> dict[str, Any]:
    host = city.hosts[name]
    group = {"kind": kind} if kind else {"group": "switch"}
    labels = {
        "ansible-group": host.role.replace("-", "_"),
        "nornir-group": host.role,
        "nornir-group-2": host.site,
        "vnexus-model": host.model,
        "vnexus-profile": simulator_profile(MODELS[host.model].platform, host.release),
    }
    return {**group, "mgmt-ipv4": str(host.management), "labels": labels}


def _links(city: City, lab: Topology) -> list[dict[str, Any]]:
    return [{"endpoints": [_end(city, *str(end).split(":", 1)) for end in link]} for link in lab["links"]]


def _end(city: City, switch: str, port: str) -> str:
    """``core-1:Ethernet4/1`` as ``core-1:eth49``: the Nth front port is ethN."""
    return f"{switch}:eth{front_number(city.hosts[switch].model, port)}"


def front_number(model: str, port: str) -> int:
    """Which front port of its model it is, from 1.

    >>> front_number("N9K-C9348GC-FX3PH", "Ethernet1/49"), front_number("N7K-C7009", "Ethernet4/1")
    (49, 49)
    """
    return MODELS[model].ports().index(port) + 1


def _hosts(lab: Topology) -> dict[str, dict[str, Any]]:
    """The first endpoint of each kind, by the name of its container."""
    found: dict[str, dict[str, Any]] = {}
    for kind in HOST_KINDS:
        entry = next((entry for entry in lab["endpoints"] if entry["kind"] == kind), None)
        if entry is not None:
            found[str(entry["name"]).lower()] = entry
    if not found:
        raise UsageError("no camera, telephone or carrier hangs on these switches. choose others: --limit")
    return found


def _host(entry: dict[str, Any]) -> dict[str, Any]:
    words = ["host", entry["kind"], "--name", entry["name"], "--mac", entry["mac"]]
    if "address" in entry:
        words += ["--address", entry["address"]]
    words += ["--transmit-bps", str(entry["transmit_bps"])]
    labels = {"ansible-group": "endpoints", "vnexus-kind": entry["kind"]}
    labels |= {f"vnexus-{key.replace('_', '-')}": str(entry[key]) for key in DESCRIBED if key in entry}
    return {"group": "endpoint", "cmd": " ".join(words), "labels": labels}


def _host_links(city: City, hosts: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"endpoints": [_end(city, entry["node"], entry["port"]), f"{name}:eth1"]}
        for name, entry in hosts.items()
    ]
