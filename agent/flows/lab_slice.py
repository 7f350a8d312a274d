"""An inventory cut down to some switches, at other addresses: what a lab of containers is driven with."""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import yaml

from agent.intent.city import City
from agent.intent.containerlab import LISTEN as CONTAINER
from agent.intent.lab import LISTEN as EMBEDDED

NOT_FOR_A_LAB = ("schema", "freezes.yaml", "windows.yaml", "policy.yaml", "approvals")
"""Calendar, windows and approvals protect the city; in its lab anything may be tried at any time."""
PORTS = {EMBEDDED[door]: CONTAINER[door] for door in EMBEDDED}
"""The embedded lab's ports, and what they are in a container."""


def write_slice(city: City, source: Path, target: Path, switches: Collection[str]) -> None:
    """Write the inventory of these switches, each at the address of its mgmt0.

    Endpoints, servers, carriers and cables of other switches are left out, and so is the calendar. What stood
    in ``target`` goes.
    """
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=shutil.ignore_patterns(*NOT_FOR_A_LAB))
    addresses = {name: str(city.hosts[name].management) for name in switches}
    for file in sorted(target.rglob("*.yaml")):
        data = yaml.safe_load(file.read_text("utf-8"))
        if not isinstance(data, dict):
            continue
        if file.name == "hosts.yaml":
            data = move_hosts(data, addresses)
        if file.name == "links.yaml":
            data = cut_links(data, switches)
        data = cut_services(move_ports(data), switches)
        file.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), "utf-8")


def move_hosts(hosts: Mapping[str, Any], addresses: Mapping[str, str]) -> dict[str, Any]:
    """The hosts that have an address here, at that address."""
    return {name: {**hosts[name], "hostname": addresses[name]} for name in hosts if name in addresses}


def move_ports(data: Any) -> Any:
    """Ports of the embedded lab become those of a container, at every key ``port`` or ``snmp_port``.

    >>> move_ports({"connection_options": {"nxapi": {"port": 8080, "extras": {"scheme": "http"}}}})
    {'connection_options': {'nxapi': {'port': 80, 'extras': {'scheme': 'http'}}}}
    """
    if isinstance(data, list):
        return [move_ports(item) for item in data]
    if not isinstance(data, dict):
        return data
    return {
        key: PORTS.get(value, value)
        if key in ("port", "snmp_port") and isinstance(value, int)
        else move_ports(value)
        for key, value in data.items()
    }


def cut_links(links: Mapping[str, Any], switches: Collection[str]) -> dict[str, Any]:
    """Pairs, trunks and routed links with both ends on these switches; a trunk keeps what is left of it."""

    def inside(ends: Any) -> bool:
        return all(_switch(end) in switches for end in ends)

    trunks = {
        name: {**trunk, "links": [link for link in trunk["links"] if inside(link)]}
        for name, trunk in (links.get("trunks") or {}).items()
    }
    return {
        "pairs": {n: pair for n, pair in (links.get("pairs") or {}).items() if inside(pair["switches"])},
        "trunks": {name: trunk for name, trunk in trunks.items() if trunk["links"]},
        "routed": [link for link in links.get("routed") or [] if inside(link["ends"])],
    }


def cut_services(data: Mapping[str, Any], switches: Collection[str]) -> dict[str, Any]:
    """Without endpoints, servers and carriers of other switches."""
    found = dict(data)
    if isinstance(found.get("endpoints"), dict):
        found["endpoints"] = {name: ports for name, ports in found["endpoints"].items() if name in switches}
    if isinstance(found.get("servers"), dict):
        found["servers"] = {
            name: server
            for name, server in found["servers"].items()
            if all(_switch(end) in switches for end in server["ports"])
        }
    if isinstance(found.get("carriers"), dict):
        found["carriers"] = {
            name: carrier
            for name, carrier in found["carriers"].items()
            if _switch(carrier["port"]) in switches
        }
    return found


def _switch(end: str) -> str:
    return str(end).partition(":")[0]
