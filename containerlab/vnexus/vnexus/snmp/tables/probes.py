"""CISCO-RTTMON-MIB: IP SLA operations and their last run."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import AddressValueError, IPv4Address

from vnexus.snmp import ber
from vnexus.snmp.index import Reader, Rows, at
from vnexus.snmp.tables.fill import CISCO, fill
from vnexus.snmp.tables.view import View
from vnexus.world.sla import Reading, Result, read_operations

RTT = f"{CISCO}.42.1"
TYPES = {"icmp-echo": 1, "udp-echo": 5, "tcp-connect": 6, "udp-jitter": 9}
ACTIVE, INACTIVE = 6, 3
IP_ICMP_ECHO, UDP, TCP, JITTER = 2, 3, 24, 27
PROTOCOLS = {"icmp-echo": IP_ICMP_ECHO, "udp-echo": UDP, "tcp-connect": TCP, "udp-jitter": JITTER}


def probe_rows(view: View) -> Rows:
    """Readings are taken when they are asked for, one run per ``frequency``."""
    rows = Rows()
    for position, operation in enumerate(read_operations(view.world, view.node)):
        tail = at(operation.number)
        fill(rows, f"{RTT}.2.1.1", tail, {
            2: ber.text(""), 3: ber.text(operation.tag), 4: ber.integer(TYPES.get(operation.kind, 1)),
            5: ber.integer(operation.threshold), 6: ber.integer(operation.frequency),
            7: ber.integer(operation.timeout), 8: ber.integer(2), 9: ber.integer(1),
        })  # fmt: skip
        fill(rows, f"{RTT}.2.2.1", tail, {
            1: ber.integer(PROTOCOLS.get(operation.kind, IP_ICMP_ECHO)),
            2: ber.octets(_packed(operation.target)),
            5: ber.integer(operation.port), 9: ber.integer(operation.tos),
        })  # fmt: skip
        _readings(rows, view, position, operation.number)
        if operation.kind == "udp-jitter":
            _jitter(rows, view, position, operation.number)
    return rows


def _packed(text: str) -> bytes:
    try:
        return IPv4Address(text).packed
    except AddressValueError:
        return b""


def _read(view: View, position: int, make: Callable[[Result, Reading], bytes]) -> Reader:
    world, node = view.world, view.node

    def read(_: int) -> bytes:
        result = world.slas.results(node)[position]
        return make(result, result.reading or Reading(2))

    return read


def _readings(rows: Rows, view: View, position: int, number: int) -> None:
    def read(make: Callable[[Result, Reading], bytes]) -> Reader:
        return _read(view, position, make)

    fill(rows, f"{RTT}.2.9.1", at(number), {
        6: read(lambda _, r: ber.integer(1 if r.sense == 4 else 2)),
        7: read(lambda _, r: ber.integer(1 if r.sense == 3 else 2)),
        10: read(lambda result, _: ber.integer(ACTIVE if result.operation.scheduled else INACTIVE)),
    })  # fmt: skip
    fill(rows, f"{RTT}.2.10.1", at(number), {
        1: read(lambda _, r: ber.gauge32(round(r.rtt))), 2: read(lambda _, r: ber.integer(r.sense)),
        4: ber.text(""), 5: read(lambda _, r: ber.ticks(view.uptime(r.at))),
    })  # fmt: skip


def _jitter(rows: Rows, view: View, position: int, number: int) -> None:
    def read(make: Callable[[Result, Reading], int]) -> Reader:
        return _read(view, position, lambda result, reading: ber.gauge32(make(result, reading)))

    def heard(result: Result, reading: Reading) -> int:
        return result.operation.packets - reading.lost if reading.rtt else 0

    fill(rows, f"{RTT}.5.2.1", at(number), {
        1: read(heard), 2: read(lambda s, r: round(r.rtt) * heard(s, r)),
        4: read(lambda _, r: round(r.rtt_min)), 5: read(lambda _, r: round(r.rtt_max)),
        26: read(lambda _, r: r.lost), 27: read(lambda _, __: 0), 28: read(lambda _, __: 0),
        29: read(lambda _, __: 0), 30: read(lambda _, __: 0), 31: read(lambda _, r: r.sense),
        42: read(lambda _, r: round(r.mos * 100)), 43: read(lambda _, r: r.icpif),
        46: read(lambda _, r: max(1, round(r.jitter)) if r.rtt else 0),
        47: read(lambda _, r: max(1, round(r.jitter)) if r.rtt else 0),
        48: read(lambda _, r: max(1, round(r.jitter)) if r.rtt else 0),
    })  # fmt: skip
