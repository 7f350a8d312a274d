"""The files of the lab directory and the answer of ``inspect``, from what docker says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from vnexus.clab.commands import labels, macs
from vnexus.clab.topology import CREDENTIALS, Lab


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a lab."""

    identifier: str
    name: str
    image: str
    state: str
    status: str
    """As ``docker ps`` says: ``Up 3 seconds (healthy)``."""
    pid: int
    address: str
    """With its prefix length; empty without one."""
    mac: str
    labels: Mapping[str, str]
    ports: tuple[dict[str, Any], ...] = ()

    @property
    def node(self) -> str:
        return self.labels.get("clab-node-name", self.name)


def read_container(data: Mapping[str, Any], status: str) -> Container:
    """From one object of ``docker inspect`` and the words of ``docker ps``."""
    state = data["State"]
    network: dict[str, Any] = next(iter(data["NetworkSettings"]["Networks"].values()), {})
    address = f"{network['IPAddress']}/{network['IPPrefixLen']}" if network.get("IPAddress") else ""
    return Container(
        data["Id"][:12], data["Name"].lstrip("/"), data["Config"]["Image"], state["Status"],
        status, state["Pid"], address,
        network.get("MacAddress", ""), data["Config"]["Labels"] or {}, tuple(_ports(data)),
    )  # fmt: skip


def _ports(data: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    for inside, outside in (data["NetworkSettings"].get("Ports") or {}).items():
        number, _, protocol = inside.partition("/")
        for place in outside or ():
            yield {"host-ip": place["HostIp"], "host-port": int(place["HostPort"]), "port": int(number),
                   "protocol": protocol}  # fmt: skip


def inspected(containers: Iterable[Container]) -> dict[str, list[dict[str, str]]]:
    """The answer of ``inspect -f json``: containers by lab."""
    found: dict[str, list[dict[str, str]]] = {}
    for container in sorted(containers, key=lambda one: one.name):
        lab, file = container.labels["containerlab"], container.labels.get("clab-topo-file", "")
        found.setdefault(lab, []).append(
            {
                "lab_name": lab, "labPath": file, "absLabPath": file, "name": container.name,
                "container_id": container.identifier, "image": container.image,
                "kind": container.labels.get("clab-node-kind", ""), "state": container.state,
                "status": container.status, "ipv4_address": container.address or "N/A",
                "ipv6_address": "N/A", "owner": container.labels.get("clab-owner", ""),
            }
        )  # fmt: skip
    return found


def ansible_inventory(lab: Lab, containers: Mapping[str, Container]) -> str:
    """A group per kind, and one per label ``ansible-group``."""
    children: dict[str, Any] = {}
    for node in lab.nodes.values():
        group = children.setdefault(node.kind, {})
        given = CREDENTIALS[node.kind]
        if given is not None:
            group["vars"] = {"ansible_user": given[0], "ansible_password": given[1]}
        host = {lab.long_name(node.name): {"ansible_host": _bare(containers[node.name].address)}}
        group.setdefault("hosts", {}).update(host)
        if "ansible-group" in node.labels:
            children.setdefault(node.labels["ansible-group"], {}).setdefault("hosts", {}).update(host)
    data = {"all": {"vars": {"ansible_httpapi_use_proxy": False}, "children": children}}
    return yaml.safe_dump(data, sort_keys=False)


def nornir_inventory(lab: Lab, containers: Mapping[str, Container]) -> str:
    """For SimpleInventory: short names, the kind as platform, groups from labels ``nornir-group*``."""
    hosts: dict[str, Any] = {}
    for node in lab.nodes.values():
        given = CREDENTIALS[node.kind] or ("", "")
        host: dict[str, Any] = {"username": given[0], "password": given[1]} if given[0] else {}
        host |= {"platform": node.kind, "hostname": _bare(containers[node.name].address)}
        groups = [value for name, value in sorted(node.labels.items()) if name.startswith("nornir-group")]
        hosts[node.name] = host | ({"groups": groups} if groups else {})
    return yaml.safe_dump(hosts, sort_keys=False)


def topology_data(lab: Lab, containers: Mapping[str, Container], owner: str) -> str:
    """``topology-data.json``."""
    management = lab.management
    config = {"prefix": lab.prefix, "mgmt": {
        "network": management.network, "bridge": management.network,
        "ipv4-subnet": str(management.ipv4_subnet),
        **({"ipv4-gw": str(management.ipv4_gw)} if management.ipv4_gw else {})}}  # fmt: skip
    nodes = {}
    for index, node in enumerate(lab.nodes.values()):
        container = containers[node.name]
        address, _, length = container.address.partition("/")
        nodes[node.name] = {
            "index": str(index), "shortname": node.name, "longname": lab.long_name(node.name),
            "fqdn": f"{node.name}.{lab.name}.io", "group": node.group,
            "labdir": str(lab.folder / node.name), "kind": node.kind, "image": node.image,
            "mgmt-net": "" if node.network_mode == "none" else management.network, "mgmt-intf": "eth0",
            "mgmt-ipv4-address": address, "mgmt-ipv4-prefix-length": int(length or 0),
            "mgmt-ipv6-address": "", "mgmt-ipv6-prefix-length": 0, "mac-address": container.mac,
            "labels": labels(lab, node, owner), "port-bindings": list(container.ports),
        }  # fmt: skip
    links = []
    for link in lab.links:
        ends = zip(("a", "z"), ("z", "a"), (link.a, link.z), macs(lab, link), strict=True)
        links.append({"endpoints": {
            side: {"node": node, "interface": interface, "mac": mac, "peer": peer}
            for side, peer, (node, interface), mac in ends}})  # fmt: skip
    data = {"name": lab.name, "type": "clab", "clab": {"config": config}, "nodes": nodes, "links": links}
    return json.dumps(data, indent=2) + "\n"


def _bare(address: str) -> str:
    return address.partition("/")[0]
