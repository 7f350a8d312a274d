"""The lab file: which nodes exist, how they are wired, what hangs on their ports.

::

    name: example
    listen: {ssh: 2222, nxapi: 8080, snmp: 1161}     # the same ports on every node's own address
    credentials: {username: admin, password_env: VNEXUS_PASSWORD}
    nodes:
      - {name: leaf-1, profile: n9k-10, model: N9K-C9348GC-FX3PH, address: 127.66.0.21,
         startup: ["feature nxapi", "interface mgmt0", "  ip address 10.66.0.21/24"]}
    links:
      - [leaf-1:Ethernet1/49, core-1:Ethernet3/1]
    endpoints:
      - {node: leaf-1, port: Ethernet1/7, kind: camera, name: cam-001, mac: 00aa.bbcc.0001,
         address: 10.66.120.7, watts: 6.5, poe_class: 3, transmit_bps: 4000000, receive_bps: 20000}
    stations: {10.66.2.20: 127.0.0.1}     # who answers for a management station of the configurations
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields
from dataclasses import field as made
from ipaddress import AddressValueError, IPv4Address
from pathlib import Path
from typing import Any

import yaml

from vnexus import hardware
from vnexus.containerlab import Converted, convert, is_containerlab, startup_file
from vnexus.places import line_of

TRAP_PORT, SYSLOG_PORT = 162, 514
ANSWERS = ("tcp", "http", "https", "rtsp", "echo", "dns", "sip")
FACTORY_PASSWORD = "admin"  # noqa: S105 - the factory default of a lab node, replaced by password_env


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """``profile`` is ``n7k-7.3``, ``n9k-9.3`` or ``n9k-10``; ``model`` decides the ports."""

    name: str
    profile: str
    model: str
    address: str
    startup: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    a_node: str
    a_port: str
    b_node: str
    b_port: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    node: str
    port: str
    kind: str
    """``camera``, ``phone``, ``access-point``, ``display``, ``server``, ``carrier``."""
    name: str
    mac: str
    address: str | None = None
    watts: float | None = None
    """Draw over PoE; None when the endpoint has a supply of its own."""
    poe_class: int = 3
    transmit_bps: int = 0
    """What the endpoint sends into the switch."""
    receive_bps: int = 0
    lldp: bool | None = None
    """Whether it announces itself; None: telephones and access points do."""
    joins: tuple[str, ...] = ()
    """Multicast groups that it listens to; a display without any listens to the webcast's."""
    sends: str = ""
    """Multicast group that it sends to; a camera without one has a group of its own."""
    answers: tuple[str, ...] = ()
    """What it answers while its port is up: ``rtsp/127.20.1.10:10554``; one of ANSWERS, on loopback."""

    def doors(self) -> Iterator[tuple[str, str, int]]:
        """(kind, address, port) of its answers; ValueError for one that is none."""
        for answer in self.answers:
            kind, _, where = answer.partition("/")
            address, _, port = where.rpartition(":")
            if kind not in ANSWERS or not port.isdecimal() or not 0 < int(port) < 65_536:
                raise ValueError(answer)
            if not _loopback(address):
                raise ValueError(answer)
            yield kind, address, int(port)

    @property
    def announces(self) -> bool:
        return self.kind in ("phone", "access-point") if self.lldp is None else self.lldp


@dataclass(frozen=True, slots=True)
class Listen:
    ssh: int = 2222
    nxapi: int = 8080
    snmp: int = 1161
    nxapi_https: int = 0
    """0: NX-API without TLS only."""
    grpc: int = 0
    """Where gNMI listens on nodes with ``feature grpc`` but no ``grpc port``; 0: on 50051."""
    traps: int = 0
    """Where receivers hear what is meant for port 162, which needs privileges; 0: there."""
    syslog: int = 0
    """The same for port 514."""


@dataclass(frozen=True, slots=True)
class Topology:
    name: str
    nodes: tuple[NodeSpec, ...]
    links: tuple[Link, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    listen: Listen = Listen()
    username: str = "admin"
    password: str = FACTORY_PASSWORD
    seed: int = 1
    """Decides every irregularity: drift of figures, lost requests."""
    stations: Mapping[str, str] = made(default_factory=dict)
    """Address in the configurations to the loopback address that stands in for it."""

    def station(self, address: str) -> str:
        return self.stations.get(address, address)

    def trap_port(self, port: int) -> int:
        return self.listen.traps if port == TRAP_PORT and self.listen.traps else port

    def log_port(self, port: int) -> int:
        return self.listen.syslog if port == SYSLOG_PORT and self.listen.syslog else port


class TopologyError(Exception):
    """The lab file has a mistake; the text names file and place."""


KINDS = ("camera", "phone", "access-point", "display", "server", "carrier", "door")
_TOP = ("name", "seed", "listen", "credentials", "nodes", "links", "endpoints", "stations")


def load_topology(file: Path, environ: Mapping[str, str]) -> Topology:
    """Read and check a lab file, of our own form or containerlab's.

    ``environ`` holds the variable that ``credentials.password_env`` names.

    Raises TopologyError: one line with file, line, place, what is wrong and what to do.
    """
    return _Reader(file, environ).read()


def startup_place(file: Path, node: str, number: int) -> str:
    """``FILE:LINE`` of a node's startup line, counted from 0; the file alone when it cannot be found."""
    text = file.read_text("utf-8")
    data = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader
    if is_containerlab(data):
        said = str((data["topology"]["nodes"].get(node) or {}).get("startup-config") or "")
        if said and "\n" not in said:
            return f"{startup_file(file.parent, node, said)}:{number + 1}"
        line = line_of(text, f"topology.nodes.{node}: startup-config")
    else:
        index = next(n for n, entry in enumerate(data["nodes"]) if entry["name"] == node)
        line = line_of(text, f"nodes[{index}]: startup[{number}]")
    return f"{file}:{line}" if line else str(file)


class _Reader:
    """Reads one file; ``used`` remembers what sits on each port."""

    def __init__(self, file: Path, environ: Mapping[str, str]) -> None:
        self.file, self.environ = file, environ
        self.models: dict[str, str] = {}
        self.used: dict[tuple[str, str], str] = {}
        self.text = ""
        self.places: dict[str, str] = {}
        """Where parts of a containerlab topology stand in its file."""

    def fail(self, place: str, problem: str, hint: str, at: str = "") -> TopologyError:
        """``at``: a more exact place, for the line only."""
        part = place.partition("]")[0] + "]"
        place = place.replace(part, self.places.get(part, part))
        line = line_of(self.text, at or place)
        where = f"{self.file}:{line}" if line else str(self.file)
        return TopologyError(f"{where}: {place}: {problem}. {hint}")

    def read(self) -> Topology:
        data = self.parse()
        if is_containerlab(data):
            converted: Converted = convert(data, self.file.parent, self.fail)
            data, self.places = converted.data, converted.places
        self.check_keys("top level", data, _TOP)
        name = data.get("name")
        if not isinstance(name, str) or not name:
            raise self.fail("name", "missing", "Give the lab a name")
        nodes = tuple(self.nodes(data.get("nodes")))
        links = tuple(self.links(data.get("links") or []))
        endpoints = tuple(self.endpoints(data.get("endpoints") or []))
        username, password = self.credentials(data.get("credentials") or {})
        listen = self.build(Listen, "listen", data.get("listen") or {})
        seed = self.value("seed", data.get("seed", 1), "int")
        assert isinstance(seed, int)  # noqa: S101 - value has refused anything else
        stations = self.stations(data.get("stations") or {})
        return Topology(name, nodes, links, endpoints, listen, username, password, seed, stations)

    def parse(self) -> dict[str, Any]:
        try:
            self.text = self.file.read_text(encoding="utf-8")
            data = yaml.load(self.text, Loader=_LOADER)  # noqa: S506 - a safe loader
        except RecursionError as exc:
            raise TopologyError(f"{self.file}: nested too deeply. Write a lab file") from exc
        except (OSError, UnicodeDecodeError) as exc:
            raise TopologyError(f"{self.file}: cannot be read: {exc}. Check path and permissions") from exc
        except yaml.YAMLError as exc:
            mark = getattr(exc, "problem_mark", None)
            line = f":{mark.line + 1}" if mark else ""
            what = getattr(exc, "problem", None) or "not YAML"
            raise TopologyError(f"{self.file}{line}: not valid YAML: {what}. Correct this line") from exc
        if not isinstance(data, dict):
            raise self.fail("top level", "not a mapping", f"Write the keys {', '.join(_TOP)}")
        return data

    def check_keys(self, place: str, data: object, known: tuple[str, ...]) -> None:
        if not isinstance(data, dict):
            raise self.fail(place, "not a mapping", f"Write the keys {', '.join(known)}")
        for key in data:
            if key not in known:
                at = str(key) if place == "top level" else f"{place}: {key}"
                raise self.fail(place, f"unknown key {key!r}", f"Known are {', '.join(known)}", at)

    def build(self, kind: type[Any], place: str, data: object) -> Any:
        """An instance of a flat dataclass from a mapping, types checked."""
        known = {field.name: field for field in fields(kind)}
        self.check_keys(place, data, tuple(known))
        assert isinstance(data, dict)  # noqa: S101 - check_keys has refused anything else
        for name, field in known.items():
            if name not in data:
                if field.default is MISSING:
                    raise self.fail(place, f"no {name!r}", "Add it")
                continue
            data[name] = self.value(f"{place}: {name}", data[name], str(field.type))
        return kind(**data)

    def value(self, place: str, value: object, wanted: str) -> object:
        if value is None and "None" in wanted:
            return None
        if wanted.startswith("tuple"):
            if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
                raise self.fail(place, "not a list of lines", "Write a list of quoted strings")
            return tuple(value)
        accepted = {"str": (str,), "int": (int,), "float": (int, float), "bool": (bool,)}[
            wanted.split(" ", maxsplit=1)[0]
        ]
        if not isinstance(value, accepted) or (isinstance(value, bool) and bool not in accepted):
            raise self.fail(place, f"{value!r} is not of type {wanted}", "Correct or quote the value")
        if isinstance(value, int | float) and not isinstance(value, bool) and value < 0:
            raise self.fail(place, f"{value} is below zero", "Correct the value")
        return value

    def nodes(self, data: object) -> Iterator[NodeSpec]:
        if not isinstance(data, list) or not data:
            raise self.fail("nodes", "no nodes", "List at least one node")
        addresses: dict[str, str] = {}
        for index, entry in enumerate(data):
            node: NodeSpec = self.build(NodeSpec, f"nodes[{index}]", entry)
            place = f"nodes[{index}] ({node.name})"
            if node.name in self.models:
                raise self.fail(place, "the name is taken", "Give every node its own name")
            if node.model not in hardware.MODELS:
                raise self.fail(
                    place, f"unknown model {node.model!r}", f"Known are {', '.join(hardware.MODELS)}"
                )
            if node.profile not in hardware.RELEASES:
                known = ", ".join(hardware.RELEASES)
                raise self.fail(place, f"unknown profile {node.profile!r}", f"Known are {known}")
            try:
                IPv4Address(node.address)
            except AddressValueError as exc:
                raise self.fail(place, f"{node.address!r} is not an IPv4 address", "Correct it") from exc
            if node.address in addresses:
                owner = addresses[node.address]
                raise self.fail(
                    place, f"{node.address} belongs to {owner}", "Give every node its own address"
                )
            addresses[node.address] = node.name
            self.models[node.name] = node.model
            yield node

    def links(self, data: object) -> Iterator[Link]:
        if not isinstance(data, list):
            raise self.fail("links", "not a list", "Write [node:port, node:port] per link")
        for index, entry in enumerate(data):
            place = f"links[{index}]"
            if not isinstance(entry, list) or len(entry) != 2 or not all(":" in str(end) for end in entry):
                raise self.fail(place, f"{entry!r} is not a pair", "Write [node:port, node:port]")
            (a_node, a_port), (b_node, b_port) = (str(end).split(":", 1) for end in entry)
            self.take(place, a_node, a_port, f"{b_node}:{b_port}")
            self.take(place, b_node, b_port, f"{a_node}:{a_port}")
            yield Link(a_node, a_port, b_node, b_port)

    def endpoints(self, data: object) -> Iterator[Endpoint]:
        if not isinstance(data, list):
            raise self.fail("endpoints", "not a list", "Write one mapping per endpoint")
        names: set[str] = set()
        for index, entry in enumerate(data):
            endpoint: Endpoint = self.build(Endpoint, f"endpoints[{index}]", entry)
            place = f"endpoints[{index}] ({endpoint.name})"
            if endpoint.kind not in KINDS:
                raise self.fail(place, f"unknown kind {endpoint.kind!r}", f"Known are {', '.join(KINDS)}")
            if endpoint.name in names:
                raise self.fail(place, "the name is taken", "Give every endpoint its own name")
            names.add(endpoint.name)
            try:
                valid_mac = len(hardware.mac_bytes(endpoint.mac)) == 6
            except ValueError:
                valid_mac = False
            if not valid_mac:
                raise self.fail(place, f"{endpoint.mac!r} is not a MAC address", "Write 00aa.bbcc.ddee")
            for group in (*endpoint.joins, *([endpoint.sends] if endpoint.sends else [])):
                if not _multicast(group):
                    raise self.fail(place, f"{group!r} is not a multicast group", "Write one of 224.0.0.0/4")
            self.answers(place, endpoint)
            port = self.take(place, endpoint.node, endpoint.port, endpoint.name)
            if endpoint.watts is not None and not port.poe:
                raise self.fail(
                    place, f"{endpoint.port} gives no power", "Use a PoE port or leave 'watts' out"
                )
            yield endpoint

    def answers(self, place: str, endpoint: Endpoint) -> None:
        try:
            list(endpoint.doors())
        except ValueError as exc:
            hint = f"Write KIND/127.X.X.X:PORT with a kind of {', '.join(ANSWERS)}"
            raise self.fail(place, f"{str(exc)!r} is no answer", hint) from exc

    def take(self, place: str, node: str, port_name: str, who: str) -> hardware.Port:
        if node not in self.models:
            raise self.fail(place, f"unknown node {node!r}", "Add it under 'nodes' or correct the name")
        port = hardware.port(self.models[node], port_name)
        if port is None:
            first, last = (hardware.model(self.models[node]).ports[index].name for index in (0, -1))
            problem = f"{node} ({self.models[node]}) has no port {port_name!r}"
            raise self.fail(place, problem, f"Its ports go from {first} to {last}")
        owner = self.used.get((node, port_name))
        if owner is not None:
            raise self.fail(
                place, f"port {node}:{port_name} is used twice, by {owner} and {who}", "Move one of them"
            )
        self.used[node, port_name] = who
        return port

    def stations(self, data: object) -> dict[str, str]:
        if not isinstance(data, dict):
            raise self.fail("stations", "not a mapping", "Write ADDRESS: LOOPBACK-ADDRESS")
        for address, stand_in in data.items():
            try:
                loopback = IPv4Address(stand_in).is_loopback and bool(IPv4Address(address))
            except (AddressValueError, TypeError):
                loopback = False
            if not loopback:
                problem = f"{address!r}: {stand_in!r} is not an address and a loopback address"
                raise self.fail("stations", problem, "A lab speaks to 127.0.0.0/8 only")
        return dict(data)

    def credentials(self, data: object) -> tuple[str, str]:
        self.check_keys("credentials", data, ("username", "password_env"))
        assert isinstance(data, dict)  # noqa: S101 - check_keys has refused anything else
        username = str(data.get("username", "admin"))
        variable = data.get("password_env")
        if variable is None:
            return username, FACTORY_PASSWORD
        password = self.environ.get(str(variable))
        if not password:
            place = "credentials: password_env"
            raise self.fail(place, f"the environment has no {variable}", f"Set it: export {variable}=…")
        return username, password


_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _loopback(address: str) -> bool:
    try:
        return IPv4Address(address).is_loopback
    except AddressValueError:
        return False


def _multicast(group: str) -> bool:
    try:
        return IPv4Address(group).is_multicast
    except AddressValueError:
        return False
