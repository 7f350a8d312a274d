"""ICMP echo (RFC 792, RFC 4443) to thousands with one socket per family.

An unprivileged ping socket where ``net.ipv4.ping_group_range`` allows it, else a raw one, which needs the
capability ``NET_RAW``. Answers are told apart by a token in their payload, so that it does not matter whose
identifier the kernel wrote.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from agent.errors import UsageError

Done = Callable[[float | None, str], None]
"""(seconds, problem): None and why when there was no answer."""

_ECHO, _ECHO_REPLY, _ECHO_6, _ECHO_REPLY_6 = 8, 0, 128, 129
_ICMP_FILTER, _ICMP6_FILTER = 1, 1
_SOL_RAW, _SOL_ICMP6 = 255, 58
_HEAD = struct.Struct("!BBHHH")
_TOKEN = struct.Struct("!8sQ")
DRAIN = 256
"""Answers that are read before others may work."""
MOST = 8_192
"""Pings that may wait for an answer."""


@dataclass(slots=True)
class _Waiting:
    address: str
    begun: float
    done: Done
    timer: asyncio.TimerHandle


@dataclass(slots=True)
class Pinger:
    """Belongs to a loop. ``secret`` is eight random bytes: nobody guesses what an answer looks like."""

    secret: bytes
    _sockets: dict[int, tuple[socket.socket, bool]] = field(default_factory=dict)
    """By family: socket, and whether it is raw."""
    _waiting: dict[int, _Waiting] = field(default_factory=dict)
    _number: int = 0

    def _open(self, family: int) -> socket.socket:
        """The socket of a family, made when it is first needed; raises UsageError when it is not allowed."""
        found = self._sockets.get(family)
        if found is None:
            found = self._sockets[family] = open_icmp(family)
            asyncio.get_running_loop().add_reader(found[0].fileno(), self._read, family)
        return found[0]

    def close(self) -> None:
        """Forget who waits and close the sockets."""
        loop = asyncio.get_running_loop()
        for sock, _ in self._sockets.values():
            loop.remove_reader(sock.fileno())
            sock.close()
        self._sockets.clear()
        for one in self._waiting.values():
            one.timer.cancel()
        self._waiting.clear()

    @property
    def waiting(self) -> int:
        """Pings without an answer yet."""
        return len(self._waiting)

    def ping(self, address: str, timeout_seconds: float, done: Done) -> None:
        """Ask; ``done`` is called once, later or at once, in the loop. Raises UsageError when not allowed."""
        loop = asyncio.get_running_loop()
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        sock = self._open(family)
        if len(self._waiting) >= MOST:
            done(None, "too many pings wait")
            return
        self._number += 1
        number = self._number
        try:
            sock.sendto(echo_request(family, number, self.secret), (address, 0))
        except OSError as exc:
            done(None, (exc.strerror or "cannot be sent").lower())
            return
        timer = loop.call_later(timeout_seconds, self._expire, number, timeout_seconds)
        self._waiting[number] = _Waiting(address, loop.time(), done, timer)

    def _expire(self, number: int, seconds: float) -> None:
        for family in self._sockets:  # an answer may lie there when this process was late itself
            self._read(family)
        one = self._waiting.pop(number, None)
        if one is not None:
            one.done(None, f"no answer in {seconds:g} s")

    def _read(self, family: int) -> None:
        sock, raw = self._sockets[family]
        now = asyncio.get_running_loop().time()
        with contextlib.suppress(BlockingIOError):
            for _ in range(DRAIN):
                try:
                    data, sender = sock.recvfrom(2048)
                except OSError as exc:
                    if exc.errno in {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ECONNREFUSED}:
                        continue  # of one of the earlier ones; its timer will tell
                    raise
                number = echo_reply(family, data, self.secret, raw=raw)
                one = self._waiting.get(number) if number is not None else None
                if one is not None and number is not None and one.address == sender[0]:
                    del self._waiting[number]
                    one.timer.cancel()
                    one.done(now - one.begun, "")


def open_icmp(family: int) -> tuple[socket.socket, bool]:
    """(non-blocking socket, whether it is raw); raises UsageError when the machine allows neither."""
    protocol = socket.IPPROTO_ICMPV6 if family == socket.AF_INET6 else socket.IPPROTO_ICMP
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            sock = socket.socket(family, kind, protocol)
        except OSError:
            continue
        sock.setblocking(False)
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 * 1024 * 1024)
        if kind is socket.SOCK_RAW:
            _only_replies(sock, family)
        return sock, kind is socket.SOCK_RAW
    raise UsageError(
        "ICMP is not allowed here. give the process NET_RAW, or set net.ipv4.ping_group_range to its group"
    )


def _only_replies(sock: socket.socket, family: int) -> None:
    """Let the kernel drop everything else."""
    if family == socket.AF_INET6:
        words = [0xFFFFFFFF] * 8
        words[_ECHO_REPLY_6 >> 5] &= ~(1 << (_ECHO_REPLY_6 & 31)) & 0xFFFFFFFF
        sock.setsockopt(_SOL_ICMP6, _ICMP6_FILTER, struct.pack("=8I", *words))
    else:
        sock.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("=I", ~(1 << _ECHO_REPLY) & 0xFFFFFFFF))


def echo_request(family: int, number: int, secret: bytes) -> bytes:
    """An echo request with the number in its payload; of IPv6 the kernel writes the checksum."""
    payload = _TOKEN.pack(secret, number)
    kind = _ECHO_6 if family == socket.AF_INET6 else _ECHO
    identifier, sequence = int.from_bytes(secret[:2], "big"), number & 0xFFFF
    bare = _HEAD.pack(kind, 0, 0, identifier, sequence) + payload
    return _HEAD.pack(kind, 0, checksum(bare), identifier, sequence) + payload


def echo_reply(family: int, data: bytes, secret: bytes, *, raw: bool) -> int | None:
    """Number in an answer to one of our requests; None for anything else."""
    start = (data[0] & 0x0F) * 4 if raw and family == socket.AF_INET and data else 0
    wanted = _ECHO_REPLY_6 if family == socket.AF_INET6 else _ECHO_REPLY
    if len(data) < start + _HEAD.size + _TOKEN.size or data[start] != wanted:
        return None
    body = data[start + _HEAD.size : start + _HEAD.size + _TOKEN.size]
    return int.from_bytes(body[8:], "big") if body.startswith(secret) else None


def checksum(data: bytes) -> int:
    """Internet checksum (RFC 1071) of an even number of bytes.

    >>> hex(checksum(bytes.fromhex("0800000000010001")))
    '0xf7fd'
    """
    total = sum(int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
