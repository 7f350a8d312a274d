"""A containerlab topology, read as a lab of this process: switches become nodes, other Linux nodes endpoints.

A node is a switch when its kind is one of Cisco's NX-OS kinds, or ``linux`` with an image named ``vnexus…``.
Its model and release come from the labels ``vnexus-model`` and ``vnexus-profile`` (or the environment
variables ``VNEXUS_MODEL`` and ``VNEXUS_PROFILE``), else from the tag of the image. ``ethN`` is the Nth port.
A host is what its label ``vnexus-kind`` says, else a server; ``vnexus-mac``, ``-address``, ``-watts``,
``-transmit-bps`` and ``-receive-bps`` describe it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from vnexus import hardware
from vnexus.grammar.names import interface_name

Fail = Callable[[str, str, str], Exception]
"""(place, problem, hint) to the error to raise."""
SWITCH_KINDS = ("cisco_n9kv", "vr-cisco_n9kv", "vr-n9kv", "cisco_n7kv")
DEFAULT_MODEL, DEFAULT_PROFILE = "N9K-C9300v", "n9k-10"
MANAGEMENT = "172.20.20.0/24"
"""The network that containerlab takes when the file names none."""
_TAGS = ((re.compile(r":v?7\."), "n7k-7.3", "N7K-C7009"), (re.compile(r":v?9\."), "n9k-9.3", DEFAULT_MODEL))
_TOP = ("name", "prefix", "mgmt", "settings", "topology", "debug")
_TOPOLOGY = ("defaults", "kinds", "groups", "nodes", "links")
_NODE = frozenset((
    "kind", "group", "type", "image", "image-pull-policy", "license", "position", "entrypoint", "cmd",
    "exec", "binds", "ports", "user", "env", "env-files", "network-mode", "labels", "mgmt-ipv4",
    "mgmt-ipv6", "mgmt_ipv4", "mgmt_ipv6", "publish", "extras", "config", "stages", "dns", "certificate",
    "healthcheck", "aliases", "runtime", "cpu", "cpu-set", "memory", "sandbox", "kernel", "shm-size",
    "cap-add", "cap-drop", "sysctls", "wait-for", "devices", "privileged", "components", "credentials",
    "startup-config", "startup-delay", "enforce-startup-config", "auto-remove", "restart-policy",
    "suppress-startup-config", "pid", "tmpfs", "ulimits", "volumes", "security-opt",
))  # fmt: skip
_FIGURES = {"watts": float, "transmit-bps": int, "receive-bps": int}


def is_containerlab(data: object) -> bool:
    """Whether a lab file is one of containerlab's."""
    return isinstance(data, dict) and "topology" in data


@dataclass
class Converted:
    """``data`` in the form of a lab file; ``places`` says where each part came from."""

    data: dict[str, Any]
    places: dict[str, str] = field(default_factory=dict)


def convert(data: dict[str, Any], folder: Path, fail: Fail) -> Converted:
    """The same lab in our own form. ``folder`` is that of the file, for startup configurations."""
    return _Converter(data, folder, fail).convert()


class _Converter:
    def __init__(self, data: dict[str, Any], folder: Path, fail: Fail) -> None:
        self.data, self.folder, self.fail = data, folder, fail
        self.result = Converted({"name": data.get("name"), "nodes": [], "links": [], "endpoints": []})
        self.switches: dict[str, str] = {}
        """Name to model."""
        self.hosts: dict[str, dict[str, Any]] = {}

    def convert(self) -> Converted:
        self.mapping("top level", self.data, _TOP)
        topology = self.mapping("topology", self.data["topology"], _TOPOLOGY)
        nodes = self.mapping("topology.nodes", topology.get("nodes"), None)
        addresses = self.addresses(nodes)
        for name, own in nodes.items():
            settings = self.settings(str(name), own, topology)
            if _is_switch(settings):
                self.switch(str(name), settings, next(addresses))
            else:
                self.hosts[str(name)] = settings
        links = topology.get("links") or []
        if not isinstance(links, list):
            raise self.fail("topology.links", "not a list", "Write '- endpoints: [a:eth1, b:eth1]' per link")
        for index, link in enumerate(links):
            self.link(f"topology.links[{index}]", link)
        return self.result

    def mapping(self, place: str, data: object, known: tuple[str, ...] | None) -> dict[str, Any]:
        if not isinstance(data, dict):
            raise self.fail(place, "not a mapping", "Write names and what they mean")
        for key in data:
            if known is not None and key not in known:
                raise self.fail(f"{place}: {key}", f"unknown key {key!r}", f"Known are {', '.join(known)}")
        return data

    def settings(self, name: str, own: object, topology: dict[str, Any]) -> dict[str, Any]:
        """What holds for a node: its own words, then those of its group, its kind and the defaults."""
        place = f"topology.nodes.{name}"
        mine = self.mapping(place, own if own is not None else {}, None)
        layers = [topology.get("defaults")]
        kind = mine.get("kind") or (topology.get("defaults") or {}).get("kind")
        for section, key in (("kinds", kind), ("groups", mine.get("group"))):
            layers.append((topology.get(section) or {}).get(key))
        layers.append(mine)
        found: dict[str, Any] = {}
        for layer in layers:
            for key, value in (layer or {}).items():
                if key not in _NODE:
                    raise self.fail(
                        f"{place}: {key}", f"unknown key {key!r}", "containerlab does not know it"
                    )
                merges = isinstance(value, dict) and isinstance(found.get(key), dict)
                found[key] = {**found[key], **value} if merges else value
        if not found.get("kind"):
            raise self.fail(place, "no kind", "Write kind: linux or cisco_n9kv")
        return found

    def addresses(self, nodes: dict[str, Any]) -> Iterator[str]:
        """Loopback addresses for the switches, one after the other."""
        mgmt = self.mapping("mgmt", self.data.get("mgmt") or {}, None)
        text = str(mgmt.get("ipv4-subnet") or mgmt.get("ipv4_subnet") or MANAGEMENT)
        try:
            network = IPv4Network(text if text != "auto" else MANAGEMENT, strict=False)
        except ValueError as exc:
            raise self.fail(
                "mgmt: ipv4-subnet", f"{text!r} is not a network", "Write 172.20.20.0/24"
            ) from exc
        taken = {_address(own) for own in nodes.values()}
        for number in range(2, network.num_addresses):
            address = _loopback(str(network[number]))
            if address not in taken:
                yield address

    def switch(self, name: str, settings: dict[str, Any], address: str) -> None:
        place = f"topology.nodes.{name}"
        wanted = {**(settings.get("env") or {}), **(settings.get("labels") or {})}
        said = {str(key).lower().replace("_", "-"): str(value) for key, value in wanted.items()}
        profile, model = DEFAULT_PROFILE, DEFAULT_MODEL
        for pattern, tagged_profile, tagged_model in _TAGS:
            if pattern.search(str(settings.get("image", ""))):
                profile, model = tagged_profile, tagged_model
        profile, model = said.get("vnexus-profile", profile), said.get("vnexus-model", model)
        if model not in hardware.MODELS:
            raise self.fail(place, f"unknown model {model!r}", f"Known are {', '.join(hardware.MODELS)}")
        self.switches[name] = model
        self.result.places[f"nodes[{len(self.result.data['nodes'])}]"] = place
        self.result.data["nodes"].append(
            {"name": name, "profile": profile, "model": model, "address": _address(settings) or address,
             "startup": self.startup(name, settings.get("startup-config"))}
        )  # fmt: skip

    def startup(self, name: str, said: object) -> list[str]:
        """Lines of ``startup-config``: a file beside the topology, or the text itself."""
        text = str(said or "")
        if text and "\n" not in text:
            file = startup_file(self.folder, name, text)
            try:
                text = file.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as exc:
                place = f"topology.nodes.{name}: startup-config"
                raise self.fail(place, f"{file} cannot be read: {exc}", "Correct the path") from exc
        return ["" if line.strip() in {"end", "configure terminal"} else line for line in text.splitlines()]

    def link(self, place: str, link: object) -> None:
        ends = link.get("endpoints") if isinstance(link, dict) else None
        if isinstance(link, dict) and link.get("type", "veth") != "veth":
            return  # to the outside: nothing of it is inside this process
        if not isinstance(ends, list) or len(ends) != 2:
            raise self.fail(place, "no two endpoints", 'Write endpoints: ["a:eth1", "b:eth1"]')
        (a_node, a_port), (b_node, b_port) = (self.end(place, end) for end in ends)
        for node in (a_node, b_node):
            if node not in self.switches and node not in self.hosts and node not in ("host", "mgmt-net"):
                raise self.fail(
                    place, f"unknown node {node!r}", "Add it under topology.nodes or correct the name"
                )
        if a_node in self.switches and b_node in self.switches:
            ends = [
                f"{a_node}:{self.port(place, a_node, a_port)}",
                f"{b_node}:{self.port(place, b_node, b_port)}",
            ]
            self.result.places[f"links[{len(self.result.data['links'])}]"] = place
            self.result.data["links"].append(ends)
        for node, port, host, nic in ((a_node, a_port, b_node, b_port), (b_node, b_port, a_node, a_port)):
            if node in self.switches and host in self.hosts:
                self.endpoint((node, self.port(place, node, port)), host, nic)

    def end(self, place: str, end: object) -> tuple[str, str]:
        if isinstance(end, dict) and {"node", "interface"} <= set(end):
            return str(end["node"]), str(end["interface"])
        node, colon, port = str(end).partition(":")
        if not colon or not port:
            raise self.fail(place, f"{end!r} is no endpoint", "Write node:eth1")
        return node, port

    def port(self, place: str, node: str, said: str) -> str:
        """``eth3`` is the third port of the model; names of NX-OS are taken too."""
        ports = hardware.model(self.switches[node]).ports
        found = re.fullmatch(r"eth([1-9]\d{0,3})", said)
        name = ports[int(found[1]) - 1].name if found and int(found[1]) <= len(ports) else None
        name = name or (interface_name(said) if not found else None)
        if name is None or hardware.port(self.switches[node], name) is None:
            raise self.fail(
                place,
                f"{node} ({self.switches[node]}) has no port {said!r}",
                f"It has eth1 to eth{len(ports)}",
            )
        return name

    def endpoint(self, where: tuple[str, str], host: str, nic: str) -> None:
        """A host with several legs is one endpoint per leg."""
        labels = {str(key).lower(): value for key, value in (self.hosts[host].get("labels") or {}).items()}
        name = host if all(one["name"] != host for one in self.result.data["endpoints"]) else f"{host}:{nic}"
        digest = hashlib.sha256(f"{host}/{nic}".encode()).hexdigest()
        entry = {
            "node": where[0], "port": where[1], "name": name,
            "kind": str(labels.get("vnexus-kind", "server")),
            "mac": str(labels.get("vnexus-mac", f"02aa.{digest[:4]}.{digest[4:8]}")),
        }  # fmt: skip
        if "vnexus-address" in labels:
            entry["address"] = str(labels["vnexus-address"])
        for key, kind in _FIGURES.items():
            if f"vnexus-{key}" in labels:
                entry[key.replace("-", "_")] = self.figure(host, key, labels[f"vnexus-{key}"], kind)
        self.result.places[f"endpoints[{len(self.result.data['endpoints'])}]"] = f"topology.nodes.{host}"
        self.result.data["endpoints"].append(entry)

    def figure(self, host: str, key: str, value: object, kind: type[Any]) -> Any:
        try:
            return kind(str(value))
        except ValueError as exc:
            place = f"topology.nodes.{host}: labels: vnexus-{key}"
            raise self.fail(place, f"{value!r} is not a figure", "Write a number") from exc


def startup_file(folder: Path, node: str, said: str) -> Path:
    """The file that ``startup-config`` names."""
    return folder / said.replace("__clabNodeName__", node)


def _is_switch(settings: dict[str, Any]) -> bool:
    kind, image = settings["kind"], str(settings.get("image", ""))
    if "vnexus-kind" in (settings.get("labels") or {}):
        return False  # our image plays hosts too
    return kind in SWITCH_KINDS or (kind == "linux" and image.rpartition("/")[2].startswith("vnexus"))


def _address(own: object) -> str | None:
    """The node's ``mgmt-ipv4`` as a loopback address."""
    said = (own.get("mgmt-ipv4") or own.get("mgmt_ipv4")) if isinstance(own, dict) else None
    return _loopback(str(said)) if said else None


def _loopback(address: str) -> str:
    """Containers have addresses of their own; a process has those of 127.0.0.0/8.

    >>> _loopback("172.20.20.11")
    '127.20.20.11'
    """
    return "127." + address.partition(".")[2]
