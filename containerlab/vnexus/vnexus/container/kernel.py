"""The interfaces of this network namespace: carrier, counters, addresses, up and down (Linux only)."""

from __future__ import annotations

import errno
import fcntl
import re
import socket
import struct
from collections.abc import Iterable
from ipaddress import IPv4Interface
from pathlib import Path

NETWORK = Path("/sys/class/net")
STATISTICS = Path("/proc/net/dev")
_FRONT = re.compile(r"eth[1-9]\d*")
_GET_FLAGS, _SET_FLAGS, _GET_ADDRESS, _GET_MASK = 0x8913, 0x8914, 0x8915, 0x891B
_UP = 0x1
_LINK_GROUP = 1
_OUTGOING = 4

Totals = tuple[int, ...]
"""Twelve counters in the order of ``world.traffic``."""


def read_carriers(root: Path = NETWORK) -> dict[str, bool]:
    """Carrier by interface, for every ``ethN`` but eth0; False when the interface itself is down."""
    found = {}
    for place in root.iterdir():
        if not _FRONT.fullmatch(place.name):
            continue
        try:
            found[place.name] = (place / "carrier").read_text("ascii").strip() == "1"
        except OSError as exc:  # EINVAL: it is down; ENOENT: it has just gone
            if exc.errno not in (errno.EINVAL, errno.ENOENT, errno.ENODEV):
                raise
            if exc.errno == errno.EINVAL:
                found[place.name] = False
    return found


def parse_statistics(text: str) -> dict[str, Totals]:
    r"""Counters by interface from ``/proc/net/dev``.

    The kernel does not tell broadcasts apart, nor multicasts that it sent.

    >>> text = "h1\nh2\n  eth1: 900 9 1 2 0 0 0 4  100 1 0 3 0 0 0 0\n"
    >>> parse_statistics(text)["eth1"]
    (900, 100, 5, 4, 0, 1, 0, 0, 1, 0, 2, 3)
    """
    found: dict[str, Totals] = {}
    for line in text.splitlines()[2:]:
        name, _, rest = line.partition(":")
        c = [int(word) for word in rest.split()]
        if len(c) == 16:
            unicast = max(0, c[1] - c[7])
            found[name.strip()] = (c[0], c[8], unicast, c[7], 0, c[9], 0, 0, c[2], c[10], c[3], c[11])
    return found


def read_statistics() -> dict[str, Totals]:
    return parse_statistics(STATISTICS.read_text("ascii"))


def set_link(interface: str, *, up: bool) -> None:
    """Switch an interface on or off. Raises OSError: no such interface, or no CAP_NET_ADMIN."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", interface.encode(), 0)
        flags = struct.unpack("16sH14x", fcntl.ioctl(control, _GET_FLAGS, request))[1]
        flags = flags | _UP if up else flags & ~_UP
        fcntl.ioctl(control, _SET_FLAGS, struct.pack("16sH14x", interface.encode(), flags))


def address_of(interface: str) -> IPv4Interface | None:
    """First IPv4 address with its prefix; None without one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        parts = []
        for what in (_GET_ADDRESS, _GET_MASK):
            request = struct.pack("16s16x", interface.encode())
            try:
                parts.append(socket.inet_ntoa(fcntl.ioctl(control, what, request)[20:24]))
            except OSError:
                return None
    return IPv4Interface("/".join(parts))


def link_events() -> socket.socket:
    """A netlink socket that becomes readable when any interface changes."""
    events = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, 0)
    events.bind((0, _LINK_GROUP))
    return events


class Wire:
    """Frames of one Ethertype on every interface. Raises PermissionError without CAP_NET_RAW."""

    def __init__(self, ethertype: int) -> None:
        self.ethertype = ethertype
        self.socket = socket.socket(
            socket.AF_PACKET, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.htons(ethertype)
        )

    def send(self, interface: str, destination: bytes, source: bytes, payloads: Iterable[bytes]) -> None:
        """What the interface does not take (it is down, or gone) is lost, as on a wire."""
        head = destination + source + self.ethertype.to_bytes(2)
        for payload in payloads:
            try:
                self.socket.sendto(head + payload, (interface, 0))
            except OSError as exc:
                if exc.errno not in (errno.ENETDOWN, errno.ENXIO, errno.ENODEV, errno.ENOBUFS, errno.EAGAIN):
                    raise
                return

    def receive(self) -> tuple[str, bytes] | None:
        """(interface, payload) of the next frame from outside; None when there is none."""
        while True:
            try:
                frame, place = self.socket.recvfrom(65_535)
            except (BlockingIOError, InterruptedError):
                return None
            except OSError as exc:  # an interface that goes down tells every socket
                if exc.errno in (errno.ENETDOWN, errno.ENODEV):
                    continue
                raise
            if place[2] != _OUTGOING and len(frame) > 14:
                return str(place[0]), frame[14:]

    def close(self) -> None:
        self.socket.close()
