"""CISCO-NTP-MIB, and what changed the configuration (CISCO-CONFIG-MAN-MIB, CISCO-SYSTEM-EXT-MIB)."""

from __future__ import annotations

import struct
import time
from ipaddress import AddressValueError, IPv4Address

from vnexus.snmp import ber
from vnexus.snmp.index import Reader, Rows, at
from vnexus.snmp.tables.fill import CISCO, fill
from vnexus.snmp.tables.view import View
from vnexus.world.timekeeping import NtpPeer, NtpStatus, ntp_status

NTP, EVENTS = f"{CISCO}.168.1", f"{CISCO}.43.1.1.6.1"
COMMAND_LINE = 1
RUNNING, COMMAND = 3, 2
ERA = 2_208_988_800
"""Seconds from 1900 to 1970."""


def clock_rows(view: View) -> Rows:
    """The peer table only where there are servers."""
    rows = Rows()
    world, node = view.world, view.node

    def status() -> NtpStatus:
        return ntp_status(world, node)

    rows.scalar(f"{NTP}.1.1", lambda _: ber.integer(status().leap))
    rows.scalar(f"{NTP}.1.2", lambda _: ber.integer(status().stratum))
    rows.scalar(f"{NTP}.1.3", ber.integer(-20))
    rows.scalar(f"{NTP}.1.4", lambda _: ber.octets(struct.pack(">hH", 0, 300)))
    rows.scalar(f"{NTP}.1.6", lambda _: ber.octets(IPv4Address(status().reference).packed))
    for number, peer in enumerate(status().peers):
        _peer(rows, view, number, peer)
    return rows


def _fixed(seconds: float) -> bytes:
    """NTPSignedTimeValue: seconds and their fraction in 16 bits each."""
    whole = max(-(2**31), min(2**31 - 1, round(seconds * 65536)))
    return ber.octets(struct.pack(">i", whole))


def _peer(rows: Rows, view: View, number: int, peer: NtpPeer) -> None:
    try:
        octets = IPv4Address(peer.remote).packed
    except AddressValueError:
        octets = b""

    def now(make: str) -> Reader:
        def read(_: int) -> bytes:
            found = ntp_status(view.world, view.node).peers[number]
            value = getattr(found, make)
            return _fixed(value) if isinstance(value, float) else ber.integer(value)

        return read

    fill(rows, f"{NTP}.2.1.1", at(number + 1), {
        2: ber.integer(1), 3: ber.octets(octets), 4: ber.integer(123), 5: ber.octets(bytes(4)),
        6: ber.integer(123), 7: ber.integer(0), 8: ber.integer(3), 9: now("stratum"), 10: ber.integer(6),
        11: ber.integer(6), 12: ber.integer(-20), 21: now("reach"), 23: now("offset"), 24: now("delay"),
    })  # fmt: skip


def change_rows(view: View) -> Rows:
    """One event, of the last change, and its date; nothing while nothing changed."""
    rows = Rows()
    config = view.snapshot.config
    rows.scalar(f"{CISCO}.305.1.1.3", lambda _: ber.octets(_date(view, config.changed_at or view.booted_at)))
    rows.scalar(f"{CISCO}.43.1.1.4", ber.integer(10))
    changed = bool(config.changed_at)
    rows.scalar(f"{CISCO}.43.1.1.5", ber.counter32(0))
    if changed:
        fill(rows, EVENTS, at(1), {
            2: lambda _: ber.ticks(view.uptime(config.changed_at)), 3: ber.integer(COMMAND_LINE),
            4: ber.integer(COMMAND), 5: ber.integer(RUNNING), 6: ber.integer(1), 7: ber.integer(1),
            8: ber.text("admin"),
        })  # fmt: skip
    return rows


def _date(view: View, moment: float) -> bytes:
    """DateAndTime in UTC, by the switch's own clock."""
    at_ = time.gmtime(moment + view.world.offset_seconds(view.node))
    return struct.pack(">HBBBBBBcBB", *at_[:6], 0, b"+", 0, 0)
