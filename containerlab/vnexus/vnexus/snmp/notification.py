"""Notifications: which objects each event carries, and who wants them (SNMPv2-MIB, IF-MIB, Cisco MIBs)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from vnexus import hardware
from vnexus.config.tree import Section
from vnexus.snmp import ber
from vnexus.snmp.index import bind
from vnexus.snmp.message import VERSION_1, Pdu
from vnexus.snmp.protocol_traps import MAKERS
from vnexus.snmp.tables import numbers
from vnexus.snmp.usm import Level
from vnexus.world.events import Event

PORT = 162
TRAP_V1 = 0xA4
ENTERPRISE_SPECIFIC = 6
UPTIME, TRAP_OID = "1.3.6.1.2.1.1.3.0", "1.3.6.1.6.3.1.1.4.1.0"
_SNMP, _CISCO = "1.3.6.1.6.3.1.1.5", "1.3.6.1.4.1.9.9"
_IF, _FRU = "1.3.6.1.2.1.2.2.1", f"{_CISCO}.117.1"
_LEVELS = {"noauth": Level.NO_AUTH, "auth": Level.AUTH, "priv": Level.PRIV}
_CISCO_LINK = {"cielinkdown", "cielinkup", "cisco-extended-linkdown", "cisco-extended-linkup",
               "extended-linkdown", "extended-linkup"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A receiver of the configuration."""

    address: str
    port: int
    version: str
    name: str
    """Community, or user of version 3."""
    inform: bool = False
    level: Level = Level.NO_AUTH


@dataclass(frozen=True, slots=True)
class Notification:
    """``values`` are encoded bindings after sysUpTime and snmpTrapOID."""

    oid: str
    at: float
    values: bytes = b""


def targets(root: Section) -> Iterator[Target]:
    """Receivers, as ``snmp-server host A {traps | informs} version V …`` names them."""
    for entry in root.under("snmp-server", "host"):
        words = list(entry.identity[2:])
        if len(words) < 5 or words[2] != "version":
            continue
        level = _LEVELS[words[4]] if words[3] == "3" else Level.NO_AUTH
        port = entry.value.removeprefix("udp-port").strip()
        yield Target(
            words[0],
            int(port) if port.isdecimal() else PORT,
            words[3],
            words[-1],
            words[1] == "informs",
            level,
        )


def enabled(root: Section, group: str, *names: str) -> bool:
    """Whether ``snmp-server enable traps [GROUP [NAME]]`` asks for it; any of the names will do."""
    for entry in root.under("snmp-server", "enable", "traps"):
        words = [word.lower() for word in entry.identity[3:]]
        if not entry.negative and (
            not words or (words[0] == group and (words[1:] == [] or words[1] in names))
        ):
            return True
    return False


def notifications(event: Event, model: str, root: Section, started: float) -> Iterator[Notification]:
    """What a switch of this model sends for an event; ``started`` is when it booted."""
    match event.kind:
        case "cold-start":
            yield Notification(f"{_SNMP}.1", event.at)
        case "warm-start":
            yield Notification(f"{_SNMP}.2", event.at)
        case "link-down" | "link-up":
            up = event.kind == "link-up"
            values = _link(event, hardware.if_index(model, event.name), up=up)
            yield Notification(f"{_SNMP}.{4 if up else 3}", event.at, values)
            if enabled(root, "link", *_CISCO_LINK):
                yield Notification(f"{_CISCO}.276.0.{2 if up else 1}", event.at, values)
        case "authentication":
            if enabled(root, "snmp", "authentication"):
                yield Notification(f"{_SNMP}.5", event.at)
        case "config":
            if enabled(root, "config", "ccmclirunningconfigchanged"):
                changed = ber.ticks(max(0.0, event.at - started))
                values = _value(f"{_CISCO}.43.1.1.1.0", changed)
                yield Notification(f"{_CISCO}.43.2.0.2", event.at, values)
            if enabled(root, "config", "ciscoconfigmanevent"):
                sources = ((3, 1), (4, 2), (5, 3))  # from the command line, to running
                values = b"".join(_value(f"{_CISCO}.43.1.1.6.1.{n}.1", ber.integer(v)) for n, v in sources)
                yield Notification(f"{_CISCO}.43.2.0.1", event.at, values)
        case "supply-down" | "supply-up":
            state, index = 2 if event.kind == "supply-up" else 8, numbers.psu(event.number)
            values = _value(f"{_FRU}.1.2.1.2.{index}", ber.integer(state))
            values += _value(f"{_FRU}.1.2.1.1.{index}", ber.integer(1))
            yield Notification(f"{_CISCO}.117.2.0.2", event.at, values)
        case "fan-down" | "fan-up":
            state = 2 if event.kind == "fan-up" else 3
            values = _value(f"{_FRU}.4.1.1.1.{numbers.fan(event.number)}", ber.integer(state))
            yield Notification(f"{_CISCO}.117.2.0.6", event.at, values)
        case _ if event.kind in MAKERS:
            words, make = MAKERS[event.kind]
            if enabled(root, *words):
                for oid, values in make(event, model):
                    yield Notification(oid, event.at, values)


def _link(event: Event, index: int, *, up: bool) -> bytes:
    return (
        _value(f"{_IF}.1.{index}", ber.integer(index))
        + _value(f"{_IF}.7.{index}", ber.integer(1 if event.admin_up else 2))
        + _value(f"{_IF}.8.{index}", ber.integer(1 if up else 2))
        + _value(f"1.3.6.1.2.1.31.1.1.1.1.{index}", ber.text(event.name))
    )


def _value(oid: str, value: bytes) -> bytes:
    return bind(ber.oid(oid), value)


def write_pdu(notification: Notification, number: int, started: float, *, inform: bool) -> bytes:
    """The PDU; ``number`` comes back in the answer to an inform."""
    varbinds = _value(UPTIME, ber.ticks(max(0.0, notification.at - started)))
    varbinds += _value(TRAP_OID, ber.oid(notification.oid)) + notification.values
    body = ber.integer(number) + ber.integer(0) * 2 + ber.tlv(ber.SEQUENCE, varbinds)
    return ber.tlv(Pdu.INFORM if inform else Pdu.TRAP, body)


def write_v1(notification: Notification, community: str, agent: str, started: float) -> bytes:
    """A whole message of version 1 (RFC 3584 §3.2): its enterprise, a generic number or one of its own."""
    enterprise, _, specific = notification.oid.rpartition(".")
    generic = ENTERPRISE_SPECIFIC
    if enterprise == _SNMP:
        generic, specific = int(specific) - 1, "0"
    enterprise = enterprise.removesuffix(".0")
    body = ber.oid(enterprise) + ber.tlv(ber.IP_ADDRESS, IPv4Address(agent).packed) + ber.integer(generic)
    body += ber.integer(int(specific)) + ber.ticks(max(0.0, notification.at - started))
    body += ber.tlv(ber.SEQUENCE, notification.values)
    head = ber.integer(VERSION_1) + ber.octets(community.encode())
    return ber.tlv(ber.SEQUENCE, head + ber.tlv(TRAP_V1, body))


def answered(data: bytes) -> int | None:
    """Number of the inform that this version 2c datagram answers; None for anything else."""
    try:
        tag, start, end = ber.read_tlv(data, 0, len(data))
        if tag != ber.SEQUENCE:
            return None
        _, start = ber.read_integer(data, start, end)
        _, _, start = ber.read_tlv(data, start, end)
        tag, start, end = ber.read_tlv(data, start, end)
        return ber.read_integer(data, start, end)[0] if tag == Pdu.RESPONSE else None
    except ber.BerError:
        return None
