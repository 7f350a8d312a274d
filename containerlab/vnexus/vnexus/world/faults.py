"""Faults of the world by name: wires, endpoints, supplies, fans, errors, heat, SNMP, reboots.

A fault is a frozen value; the board holds the active ones. What they do is decided where state is derived.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar

from vnexus.world.wiring import Place, Wiring


class FaultError(ValueError):
    """A fault that cannot be: unknown kind, node, port, endpoint or figure. One line."""


@dataclass(frozen=True, slots=True)
class LinkCut:
    """The wire at this port is cut (either end names it)."""

    node: str
    port: str


@dataclass(frozen=True, slots=True)
class LinkFlap:
    """The wire goes down and up, each for ``seconds``."""

    node: str
    port: str
    seconds: float = 5.0


@dataclass(frozen=True, slots=True)
class EndpointUnplug:
    """The endpoint is gone: no link, no power drawn."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class EndpointHang:
    """The endpoint still draws power, but its link is down."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class EndpointFreeze:
    """The endpoint keeps its link and draws power, but sends nothing and answers nobody."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class EndpointOverdraw:
    """The endpoint asks for more than its port may give: the port goes into fault."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class PsuFail:
    node: str
    slot: int


@dataclass(frozen=True, slots=True)
class FanFail:
    node: str
    fan: int


@dataclass(frozen=True, slots=True)
class PortErrors:
    """Frames that arrive broken or are dropped, per second, while the port is up."""

    node: str
    port: str
    rx_errors: float = 0.0
    tx_errors: float = 0.0
    rx_discards: float = 0.0
    tx_discards: float = 0.0


@dataclass(frozen=True, slots=True)
class OpticDim:
    """The fibre into this port loses that many decibels more."""

    node: str
    port: str
    decibels: float = 9.0


@dataclass(frozen=True, slots=True)
class Heat:
    """The room is that much warmer."""

    node: str
    celsius: float = 30.0


@dataclass(frozen=True, slots=True)
class CpuStorm:
    """The processor is busy, and every reply (terminal, NX-API, SNMP) waits that long."""

    node: str
    percent: float = 97.0
    reply_seconds: float = 0.3


@dataclass(frozen=True, slots=True)
class MemoryFull:
    """That share of the memory is used."""

    node: str
    percent: float = 96.0


@dataclass(frozen=True, slots=True)
class SupervisorFail:
    """The second supervisor does not work: nobody could take over. Nothing changes where there is none."""

    node: str


@dataclass(frozen=True, slots=True)
class LinkOneWay:
    """Both ends keep their light, but no frame from the far end arrives at this port any more."""

    node: str
    port: str


@dataclass(frozen=True, slots=True)
class CarrierDown:
    """The carrier's router does not answer, though its link is up."""

    endpoint: str


@dataclass(frozen=True, slots=True)
class CarrierFlap:
    """The carrier's BGP session goes down and up, each for ``seconds``; the link stays."""

    endpoint: str
    seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class ClockSkew:
    """The switch's own clock is that far ahead, or behind for a figure below zero."""

    node: str
    offset_seconds: float = 300.0


@dataclass(frozen=True, slots=True)
class BootflashFull:
    """Nothing can be written to bootflash."""

    node: str


@dataclass(frozen=True, slots=True)
class ManagementLost:
    """The management port stops answering once a line that ``pattern`` finds differs from the configuration
    at the time when the fault was added, and answers again when that change is gone.
    """

    node: str
    pattern: str = "."


@dataclass(frozen=True, slots=True)
class SnmpSilence:
    node: str


@dataclass(frozen=True, slots=True)
class SnmpLoss:
    """That share of the requests is lost."""

    node: str
    percent: float = 20.0


@dataclass(frozen=True, slots=True)
class SnmpSlow:
    """Every reply waits."""

    node: str
    seconds: float = 2.0


@dataclass(frozen=True, slots=True)
class SnmpView:
    """The agent's access control shows the system group only."""

    node: str


@dataclass(frozen=True, slots=True)
class PowerOff:
    """The node has no power; when it comes back it has rebooted."""

    node: str


Fault = (
    LinkCut | LinkFlap | EndpointUnplug | EndpointHang | EndpointFreeze | EndpointOverdraw | PsuFail | FanFail
    | PortErrors | OpticDim | Heat | CpuStorm | SnmpSilence | SnmpLoss | SnmpSlow | SnmpView | PowerOff
    | LinkOneWay | CarrierDown | CarrierFlap | ClockSkew | BootflashFull | ManagementLost
    | MemoryFull | SupervisorFail
)  # fmt: skip
_OfEndpoint = EndpointUnplug | EndpointHang | EndpointFreeze | EndpointOverdraw | CarrierDown | CarrierFlap
F = TypeVar("F", bound=Fault)

KINDS: dict[str, type[Fault]] = {
    "link-cut": LinkCut,
    "link-flap": LinkFlap,
    "link-one-way": LinkOneWay,
    "endpoint-unplug": EndpointUnplug,
    "endpoint-hang": EndpointHang,
    "endpoint-freeze": EndpointFreeze,
    "endpoint-overdraw": EndpointOverdraw,
    "psu-fail": PsuFail,
    "fan-fail": FanFail,
    "port-errors": PortErrors,
    "optic-dim": OpticDim,
    "heat": Heat,
    "cpu-storm": CpuStorm,
    "memory-full": MemoryFull,
    "supervisor-fail": SupervisorFail,
    "snmp-silence": SnmpSilence,
    "snmp-loss": SnmpLoss,
    "snmp-view": SnmpView,
    "snmp-slow": SnmpSlow,
    "power-off": PowerOff,
    "carrier-down": CarrierDown,
    "carrier-flap": CarrierFlap,
    "clock-skew": ClockSkew,
    "bootflash-full": BootflashFull,
    "management-lost": ManagementLost,
}
NAMES = {kind: name for name, kind in KINDS.items()}


def make_fault(kind: str, arguments: Mapping[str, object], wiring: Wiring) -> Fault:
    """A fault from its name and arguments, checked against the lab. Raises FaultError."""
    if kind not in KINDS:
        raise FaultError(f"unknown fault {kind!r}: known are {', '.join(KINDS)}")
    cls: Any = KINDS[kind]
    known = {field.name: field for field in fields(cls)}
    if unknown := [name for name in arguments if name not in known]:
        raise FaultError(f"{kind}: unknown argument {unknown[0]!r}: known are {', '.join(known)}")
    values: dict[str, object] = {}
    for name, field in known.items():
        if name in arguments:
            values[name] = _convert(kind, name, arguments[name], str(field.type))
        elif field.default is MISSING:
            raise FaultError(f"{kind}: {name!r} is missing: it needs {', '.join(known)}")
    _check_place(kind, values, wiring)
    fault: Fault = cls(**values)
    return fault


def node_of(fault: Fault, wiring: Wiring) -> str:
    """The node on which the fault shows first."""
    if isinstance(fault, _OfEndpoint):
        return wiring.endpoints[fault.endpoint].node
    return fault.node


def _convert(kind: str, name: str, value: object, wanted: str) -> object:
    try:
        converted = {"str": str, "int": int, "float": float}[wanted](value)
    except (TypeError, ValueError) as exc:
        raise FaultError(f"{kind}: {name} is {value!r}: give a value of type {wanted}") from exc
    lowest = -1e9 if name.startswith("offset") else 0
    if isinstance(converted, int | float) and not lowest <= converted < 1e9:
        raise FaultError(f"{kind}: {name} is {value!r}: give a figure from 0 to 10^9")
    if name == "pattern":
        check_pattern(kind, str(converted))
    if name == "seconds" and isinstance(converted, float) and converted < 0.1:
        raise FaultError(f"{kind}: seconds is {value!r}: give a figure from 0.1")
    return converted


def check_pattern(kind: str, pattern: str) -> None:
    """Raises FaultError for what is not a regular expression."""
    try:
        re.compile(pattern)
    except re.error as exc:
        raise FaultError(f"{kind}: pattern {pattern!r} is not a regular expression: {exc}") from exc


def _check_place(kind: str, values: Mapping[str, object], wiring: Wiring) -> None:
    endpoint, node = values.get("endpoint"), values.get("node")
    if endpoint is not None and endpoint not in wiring.endpoints:
        raise FaultError(f"{kind}: unknown endpoint {endpoint!r}: GET /endpoints lists them")
    if kind.startswith("carrier-") and wiring.endpoints[str(endpoint)].kind != "carrier":
        raise FaultError(f"{kind}: {endpoint} is no carrier: GET /endpoints lists the kinds")
    if node is None:
        return
    if not isinstance(node, str) or node not in wiring.nodes:
        raise FaultError(f"{kind}: unknown node {node!r}: known are {', '.join(wiring.nodes)}")
    model = wiring.models[node]
    port = values.get("port")
    if port is not None:
        if wiring.port(node, str(port)) is None:
            raise FaultError(f"{kind}: {node} has no port {port!r}: write it in full, as Ethernet1/7")
        if kind.startswith("link-") and (node, str(port)) not in wiring.far:
            raise FaultError(f"{kind}: no link at {node}:{port}: GET /links lists them")
    for name, count in (("slot", model.psu_count), ("fan", model.fan_count)):
        number = values.get(name)
        if isinstance(number, int) and not 1 <= number <= count:
            raise FaultError(f"{kind}: {node} has no {name} {number}: it has {count}")


class Board:
    """The active faults, numbered in the order they were added; ``version`` grows with each change."""

    def __init__(self) -> None:
        self.active: dict[int, Fault] = {}
        self.since: dict[int, float] = {}
        self.version = 0
        self._next = 1
        self._by_kind: dict[type[Fault], dict[object, Fault]] = {}

    def add(self, fault: Fault, now: float) -> int:
        number, self._next = self._next, self._next + 1
        self.active[number], self.since[number] = fault, now
        self._index()
        return number

    def remove(self, number: int) -> Fault:
        """Raises FaultError for a number that is not active."""
        if number not in self.active:
            raise FaultError(f"no fault {number}: GET /faults lists the active ones")
        del self.since[number]
        fault = self.active.pop(number)
        self._index()
        return fault

    def of(self, kind: type[F]) -> dict[object, F]:
        """Active faults of one kind by node, endpoint or (node, port)."""
        return self._by_kind.get(kind, {})  # type: ignore[return-value,arg-type]

    def flapping(self, place: Place) -> tuple[LinkFlap, float] | None:
        """The flap on the wire at this end and when it began."""
        for number, fault in self.active.items():
            if isinstance(fault, LinkFlap) and (fault.node, fault.port) == place:
                return fault, self.since[number]
        return None

    def _index(self) -> None:
        self.version += 1
        self._by_kind = {}
        for fault in self.active.values():
            self._by_kind.setdefault(type(fault), {})[_key(fault)] = fault


def _key(fault: Fault) -> object:
    match fault:
        case (
            EndpointUnplug(endpoint) | EndpointHang(endpoint) | EndpointFreeze(endpoint)
            | EndpointOverdraw(endpoint) | CarrierDown(endpoint) | CarrierFlap(endpoint)
        ):  # fmt: skip
            return endpoint
        case PsuFail(node, number) | FanFail(node, number):
            return node, number
        case LinkCut() | LinkFlap() | LinkOneWay() | PortErrors() | OpticDim():
            return fault.node, fault.port
        case _:
            return fault.node
