"""Notifications of protocols and parts: OSPF, BGP, HSRP, spanning tree, PIM, sensors, power over Ethernet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import IPv4Address

from vnexus import hardware
from vnexus.snmp import ber
from vnexus.snmp.index import bind
from vnexus.snmp.tables import numbers
from vnexus.world.events import Event

OSPF, BGP, BRIDGE = "1.3.6.1.2.1.14", "1.3.6.1.2.1.15", "1.3.6.1.2.1.17"
CISCO = "1.3.6.1.4.1.9.9"
HSRP_STATES = {"Initial": 1, "Listen": 3, "Standby": 5, "Active": 6}
Made = tuple[str, bytes]
"""(OID of the notification, encoded bindings)"""


def value(oid: str, encoded: bytes) -> bytes:
    return bind(ber.oid(oid), encoded)


def _address(text: str) -> bytes:
    return ber.tlv(ber.IP_ADDRESS, IPv4Address(text).packed)


def _ospf(event: Event, _: str) -> Iterator[Made]:
    peer = f"{event.value}.0"
    state = 8 if event.kind == "ospf-up" else 1
    yield f"{OSPF}.16.2.2", (
        value(f"{OSPF}.10.1.1.{peer}", _address(event.value)) + value(f"{OSPF}.10.1.2.{peer}", ber.integer(0))
        + value(f"{OSPF}.10.1.3.{peer}", _address(event.reason))
        + value(f"{OSPF}.10.1.6.{peer}", ber.integer(state))
    )  # fmt: skip


def _bgp(event: Event, _: str) -> Iterator[Made]:
    """The standard MIB knows the default VRF; Cisco's says the same for all."""
    up = event.kind == "bgp-up"
    error = ber.octets(b"\0\0" if up else b"\4\0")
    state = ber.integer(6 if up else 1)
    if event.value == "default":
        values = value(f"{BGP}.3.1.14.{event.name}", error) + value(f"{BGP}.3.1.2.{event.name}", state)
        yield f"{BGP}.7.{1 if up else 2}", values
    peer = f"1.4.{event.name}"
    values = value(f"{CISCO}.187.1.2.5.1.17.{peer}", error) + value(f"{CISCO}.187.1.2.5.1.3.{peer}", state)
    yield f"{CISCO}.187.0.{5 if up else 6}", values


def _hsrp(event: Event, model: str) -> Iterator[Made]:
    index = hardware.if_index(model, event.name)
    state = ber.integer(HSRP_STATES.get(event.value, 1))
    yield f"{CISCO}.106.2.0.1", value(f"{CISCO}.106.1.2.1.1.15.{index}.{event.number}", state)


def _root(event: Event, _: str) -> Iterator[Made]:
    """Only the bridge that has become root says so."""
    if event.reason == "self":
        yield f"{BRIDGE}.0.1", b""


def _topology(_: Event, __: str) -> Iterator[Made]:
    yield f"{BRIDGE}.0.2", b""


def _pim(event: Event, model: str) -> Iterator[Made]:
    index = hardware.if_index(model, event.name)
    yield "1.3.6.1.3.61.1.0.1", value(f"1.3.6.1.3.61.1.1.3.1.2.{event.value}", ber.integer(index))


def _sensor(event: Event, model: str) -> Iterator[Made]:
    made = hardware.model(model)
    position = next(place for place, (name, *_) in enumerate(made.sensors) if name == event.name)
    index = numbers.chassis_sensor(made, position)
    threshold, limit = (
        (2, made.sensors[position][3]) if event.value == "major" else (1, made.sensors[position][2])
    )
    yield f"{CISCO}.91.2.0.1", (
        value(f"{CISCO}.91.1.2.1.1.4.{index}.{threshold}", ber.integer(limit))
        + value(f"{CISCO}.91.1.1.1.1.4.{index}", ber.integer(int(event.reason)))
    )  # fmt: skip


def _poe(event: Event, model: str) -> Iterator[Made]:
    port = hardware.port(model, event.name)
    if port is not None:
        state = {"poe-on": 3, "poe-fault": 4}.get(event.kind, 2)
        yield "1.3.6.1.2.1.105.0.1", value(f"1.3.6.1.2.1.105.1.1.1.6.1.{port.number}", ber.integer(state))


Maker = Callable[[Event, str], Iterator[Made]]
MAKERS: dict[str, tuple[tuple[str, ...], Maker]] = {
    "ospf-up": (("ospf",), _ospf),
    "ospf-down": (("ospf",), _ospf),
    "bgp-up": (("bgp",), _bgp),
    "bgp-down": (("bgp",), _bgp),
    "hsrp": (("hsrp", "state-change"), _hsrp),
    "stp-root": (("bridge", "newroot"), _root),
    "stp-change": (("bridge", "topologychange"), _topology),
    "pim-down": (("pim",), _pim),
    "sensor-high": (("entity", "entity_sensor"), _sensor),
    "sensor-ok": (("entity", "entity_sensor"), _sensor),
    "poe-on": (("poe", "portonoff"), _poe),
    "poe-off": (("poe", "portonoff"), _poe),
    "poe-fault": (("poe", "portonoff"), _poe),
}
"""Kind of event: the words of ``snmp-server enable traps`` that ask for it, and what it says."""
