"""A topology file of containerlab: read, checked, defaults and kinds and groups merged in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from vnexus.clab import schema
from vnexus.clab.document import Document, load_document

N9KV = ("cisco_n9kv", "vr-n9kv", "vr-cisco_n9kv")
KINDS = ("linux", *N9KV)
CREDENTIALS = {"linux": None, **dict.fromkeys(N9KV, ("admin", "admin"))}
DEFAULT_MTU = 9500
SUBNET = IPv4Network("172.20.20.0/24")
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*")
_INTERFACE = re.compile(r"[a-zA-Z][a-zA-Z0-9_.-]{0,14}")
_N9KV_PORT = re.compile(r"(?:Ethernet|Et)1/(\d+)|eth(\d+)")


@dataclass(frozen=True, slots=True)
class Management:
    """The network of eth0."""

    network: str = "clab"
    ipv4_subnet: IPv4Network = SUBNET
    ipv4_gw: IPv4Address | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One container; the keys of the file with ``_`` for ``-``."""

    name: str
    kind: str
    image: str
    group: str = ""
    type: str = ""
    image_pull_policy: str = "IfNotPresent"
    restart_policy: str = ""
    entrypoint: str = ""
    cmd: str = ""
    user: str = ""
    network_mode: str = ""
    mgmt_ipv4: IPv4Address | None = None
    memory: str = ""
    cpu: float = 0.0
    privileged: bool = True
    startup_config: Path | None = None
    env: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    sysctls: Mapping[str, str] = field(default_factory=dict)
    binds: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    exec: tuple[str, ...] = ()
    cap_add: tuple[str, ...] = ()
    healthcheck: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Link:
    """A veth pair; ends are (node, interface)."""

    a: tuple[str, str]
    z: tuple[str, str]
    mtu: int = DEFAULT_MTU
    macs: tuple[str | None, str | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Lab:
    """Everything that a deployment needs to know."""

    name: str
    file: Path
    prefix: str
    management: Management
    nodes: Mapping[str, Node]
    links: tuple[Link, ...]

    @property
    def folder(self) -> Path:
        """The lab directory."""
        return self.file.parent / f"clab-{self.name}"

    def long_name(self, node: str) -> str:
        """Of the container: ``clab-<lab>-<node>``, as ``prefix`` says."""
        if not self.prefix:
            return node
        return f"{self.name}-{node}" if self.prefix == "__lab-name" else f"{self.prefix}-{self.name}-{node}"

    def interfaces(self, node: str) -> int:
        """How many data links the node has."""
        return sum((link.a[0] == node) + (link.z[0] == node) for link in self.links)


def load_lab(file: Path, environ: Mapping[str, str]) -> Lab:
    """Read and check a topology file; ``environ`` fills ``${NAME}`` and ``${NAME:=default}``.

    Raises ClabError: one line with file and line, what is wrong, what to do.
    """
    return _Reader(load_document(file.resolve(), environ)).lab()


class _Reader:
    def __init__(self, document: Document) -> None:
        self.document, self.data = document, document.data

    def lab(self) -> Lab:
        check = self.document.check
        check((), self.data, schema.TOP)
        topology = self.document.need((), "topology")
        check(("topology",), topology, schema.TOPOLOGY)
        name = self.document.need((), "name")
        if not _NAME.fullmatch(str(name)):
            raise self.document.error(
                ("name",), f"{name!r} is no name for a lab", "Use letters, digits, - and _"
            )
        nodes = {node.name: node for node in self.nodes(topology)}
        prefix = self.data.get("prefix", "clab")
        lab = Lab(str(name), self.document.file, str(prefix or ""), self.management(), nodes, ())
        return replace(lab, links=tuple(self.links(topology.get("links") or [], nodes)))

    def management(self) -> Management:
        data = self.data.get("mgmt") or {}
        self.document.check(("mgmt",), data, schema.MANAGEMENT)
        subnet = self.parse(("mgmt", "ipv4-subnet"), data.get("ipv4-subnet", SUBNET), IPv4Network)
        gateway = data.get("ipv4-gw")
        return Management(
            str(data.get("network", "clab")),
            subnet,
            None if gateway is None else self.parse(("mgmt", "ipv4-gw"), gateway, IPv4Address),
        )

    def parse(self, place: tuple[str | int, ...], text: object, kind: type[Any]) -> Any:
        try:
            return kind(str(text))
        except ValueError as exc:
            raise self.document.error(place, f"{text!r} is not right: {exc}", "Correct it") from exc

    def nodes(self, topology: Mapping[str, Any]) -> Iterator[Node]:
        defaults = topology.get("defaults") or {}
        self.document.check(("topology", "defaults"), defaults, schema.NODE)
        for part in ("kinds", "groups"):
            for name, values in (topology.get(part) or {}).items():
                self.document.check(("topology", part, name), values or {}, schema.NODE)
        nodes = self.document.need(("topology",), "nodes")
        if not isinstance(nodes, dict) or not nodes:
            raise self.document.error(("topology", "nodes"), "no nodes", "Name at least one")
        taken: dict[object, str] = {}
        for name, own in nodes.items():
            place = ("topology", "nodes", name)
            self.document.check(place, own or {}, schema.NODE)
            if not _NAME.fullmatch(str(name)):
                raise self.document.error(
                    place, f"{name!r} is no name for a node", "Use letters, digits, - and _"
                )
            layers = self.layers(topology, own or {}, place)
            node = self.node(str(name), merge(layers), place)
            address = node.mgmt_ipv4
            if address is not None and taken.setdefault(address, node.name) != node.name:
                raise self.document.error(
                    (*place, "mgmt-ipv4"), f"{address} belongs to {taken[address]}", "Give every node its own"
                )
            yield node

    def layers(
        self, topology: Mapping[str, Any], own: Mapping[str, Any], place: tuple[str | int, ...]
    ) -> list[Mapping[str, Any]]:
        """What the node says and what it inherits, the strongest last."""
        defaults = topology.get("defaults") or {}
        groups, kinds = topology.get("groups") or {}, topology.get("kinds") or {}
        group = own.get("group", defaults.get("group"))
        if group and group not in groups and "group" in own and groups:
            raise self.document.error((*place, "group"), f"unknown group {group!r}", "Add it under groups")
        from_group = groups.get(group) or {}
        kind = own.get("kind", from_group.get("kind", defaults.get("kind")))
        return [defaults, kinds.get(kind) or {}, from_group, own]

    def node(self, name: str, data: Mapping[str, Any], place: tuple[str | int, ...]) -> Node:
        kind = data.get("kind")
        if kind not in KINDS:
            said = "no kind" if kind is None else f"kind {kind!r} is not known here"
            raise self.document.error(place, said, f"Use {', '.join(KINDS)}, or containerlab itself")
        if not data.get("image"):
            raise self.document.error(place, "no image", "Name one, or give its kind one")
        values = {key.replace("-", "_"): value for key, value in data.items()}
        for key in ("env", "labels", "sysctls"):
            values[key] = {str(k): _word(v) for k, v in (data.get(key) or {}).items()}
        for key in ("binds", "ports", "exec", "cap_add"):
            values[key] = tuple(str(value) for value in values.get(key) or ())
        values["cpu"] = float(values.get("cpu") or 0)
        if values.get("mgmt_ipv4") is not None:
            values["mgmt_ipv4"] = self.parse((*place, "mgmt-ipv4"), values["mgmt_ipv4"], IPv4Address)
        if values.get("network_mode") not in (None, "", "none"):
            problem = f"network-mode {values['network_mode']!r} is not known here"
            raise self.document.error((*place, "network-mode"), problem, "Use none, or containerlab itself")
        if values.get("startup_config") is not None:
            values["startup_config"] = self.startup(values["startup_config"], str(kind), place)
        return Node(name=name, **values)

    def startup(self, text: object, kind: str, place: tuple[str | int, ...]) -> Path:
        file = self.document.file.parent / str(text)
        if kind not in N9KV:
            raise self.document.error(
                (*place, "startup-config"), f"kind {kind} takes none", "Bind the file instead"
            )
        if not file.is_file():
            raise self.document.error((*place, "startup-config"), f"there is no {file}", "Correct the path")
        return file

    def links(self, data: object, nodes: Mapping[str, Node]) -> Iterator[Link]:
        if not isinstance(data, list):
            raise self.document.error(("topology", "links"), "not a list", "Write one mapping per link")
        used: dict[tuple[str, str], int] = {}
        for index, entry in enumerate(data):
            place = ("topology", "links", index)
            self.document.check(place, entry, schema.LINK)
            if entry.get("type", "veth") != "veth":
                problem = f"a link of type {entry['type']!r} is not known here"
                raise self.document.error((*place, "type"), problem, "Use veth, or containerlab itself")
            ends = entry.get("endpoints")
            if not isinstance(ends, list) or len(ends) != 2:
                raise self.document.error(place, "no two endpoints", 'Write endpoints: ["a:eth1", "b:eth1"]')
            a, z = (self.end(end, (*place, "endpoints", number), nodes) for number, end in enumerate(ends))
            for at in (a[0], z[0]):
                line = self.document.line(place)
                if used.setdefault(at, line) != line or a[0] == z[0]:
                    raise self.document.error(
                        place, f"{at[0]}:{at[1]} is used twice, see line {used[at]}", "Move one of them"
                    )
            yield Link(a[0], z[0], int(entry.get("mtu", DEFAULT_MTU)), (a[1], z[1]))

    def end(
        self, data: object, place: tuple[str | int, ...], nodes: Mapping[str, Node]
    ) -> tuple[tuple[str, str], str | None]:
        mac = None
        if isinstance(data, dict):
            self.document.check(place, data, schema.END)
            node, interface = str(data.get("node", "")), str(data.get("interface", ""))
            mac = None if data.get("mac") is None else str(data["mac"])
        else:
            node, _, interface = str(data).partition(":")
        if node not in nodes:
            raise self.document.error(place, f"unknown node {node!r}", "Add it under nodes or correct it")
        wanted = interface
        if nodes[node].kind in N9KV and (match := _N9KV_PORT.fullmatch(interface)):
            wanted = f"eth{match[1] or match[2]}"
        if not _INTERFACE.fullmatch(wanted) or (wanted == "eth0" and nodes[node].network_mode != "none"):
            raise self.document.error(
                place, f"{interface!r} is no data interface of {node}", "Use eth1, eth2, …"
            )
        return (node, wanted), mac


def merge(layers: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Later layers win; lists are joined, mappings of words are joined by key.

    >>> merge([{"binds": ["a"], "env": {"X": 1}, "user": "u"}, {"binds": ["b"], "env": {"Y": 2}}])
    {'binds': ['a', 'b'], 'env': {'X': 1, 'Y': 2}, 'user': 'u'}
    """
    merged: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            if value is None:
                continue
            if isinstance(value, list):
                merged[key] = list(dict.fromkeys([*merged.get(key, []), *value]))
            elif isinstance(value, dict) and key != "healthcheck":
                merged[key] = {**merged.get(key, {}), **value}
            else:
                merged[key] = value
    return merged


def _word(value: object) -> str:
    """As containerlab writes a scalar into an environment: booleans are lower case."""
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
