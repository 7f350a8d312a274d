"""Informs of version 3: the receiver's engine decides, so its time is asked for first (RFC 3414 §4).

The user's keys are localized to that engine: ``snmp-server user NAME … engineID 128:0:0:9:…``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from vnexus.config.snmpkeys import engine_of
from vnexus.snmp import ber
from vnexus.snmp.ber import BerError
from vnexus.snmp.message import VERSION_3, Pdu
from vnexus.snmp.secure import Engine, is_version_3, read_envelope
from vnexus.snmp.usm import Level, Moment, User, read_users

REPORTABLE, USM = 4, 3
AGAIN_SECONDS = 3.0
KEPT = 100
"""So many informs wait for a receiver that does not answer."""
Place = tuple[str, str, int]
"""(node, address, port)"""
Sealed = Callable[[Engine, User], bytes]


def remote_users(lines: Iterable[str]) -> dict[bytes, tuple[User, bytes]]:
    """Users with keys for another engine, and that engine."""
    found = {}
    for line in lines:
        if line.startswith("snmp-server user ") and (engine := engine_of(line)):
            for name, user in read_users([line], remote=True).items():
                found[name] = (user, engine)
    return found


def discovery(number: int) -> bytes:
    """Asks an engine who it is: the answer is a report."""
    body = ber.integer(number) + ber.integer(0) * 2 + ber.tlv(ber.SEQUENCE, b"")
    scoped = ber.tlv(ber.SEQUENCE, ber.octets(b"") * 2 + ber.tlv(Pdu.GET, body))
    header = ber.tlv(
        ber.SEQUENCE,
        ber.integer(number) + ber.integer(65_507) + ber.octets(bytes((REPORTABLE,))) + ber.integer(USM),
    )
    security = ber.tlv(ber.SEQUENCE, ber.octets(b"") + ber.integer(0) * 2 + ber.octets(b"") * 3)
    return ber.tlv(ber.SEQUENCE, ber.integer(VERSION_3) + header + ber.octets(security) + scoped)


@dataclass(slots=True)
class _Known:
    """An engine's time when it was heard."""

    at: Moment
    heard: float


@dataclass(slots=True)
class Informs:
    """What is known of receivers, and what waits until one is known."""

    clock: Callable[[], float] = time.monotonic
    known: dict[tuple[Place, bytes], _Known] = field(default_factory=dict)
    asked: dict[int, Place] = field(default_factory=dict)
    waiting: dict[Place, list[Callable[[], None]]] = field(default_factory=dict)
    since: dict[Place, float] = field(default_factory=dict)
    salt: int = 0

    def ready(self, place: Place, engine: bytes) -> bool:
        return (place, engine) in self.known

    def seal(self, place: Place, remote: tuple[User, bytes], level: Level, number: int, pdu: bytes) -> bytes:
        """The message as that engine wants it; its time must be known."""
        user, identity = remote
        known = self.known[place, identity]
        now = Moment(known.at.boots, known.at.seconds + int(self.clock() - known.heard))
        engine = Engine(identity, lambda: now, salt=self.salt)
        data = engine.seal(ber.integer(number), user, level, b"", pdu)
        self.salt = engine.salt
        return data

    def ask(self, place: Place, number: int, later: Callable[[], None]) -> bytes | None:
        """Remember what to send later; the question to send now, None while one is on its way."""
        queue = self.waiting.setdefault(place, [])
        del queue[: -KEPT + 1]
        queue.append(later)
        if self.clock() - self.since.get(place, -AGAIN_SECONDS) < AGAIN_SECONDS:
            return None
        self.since[place] = self.clock()
        self.asked[number] = place
        return discovery(number)

    def take(self, data: bytes) -> int | None:
        """A datagram of version 3: learn from a report, else the number of the inform that it answers."""
        try:
            if not is_version_3(data):
                return None
            envelope = read_envelope(data)
            number, _ = ber.read_integer(envelope.message_id, 0, len(envelope.message_id))
        except BerError:
            return None
        place = self.asked.pop(number, None)
        if place is None:
            return None if _is_report(envelope.body) and not envelope.sealed else number
        self.known[place, envelope.engine] = _Known(envelope.at, self.clock())
        for later in self.waiting.pop(place, []):
            later()
        return None


def _is_report(scoped: bytes) -> bool:
    try:
        _, start, end = ber.read_tlv(scoped, 0, len(scoped))
        for _ in range(2):
            _, _, start = ber.read_tlv(scoped, start, end)
    except BerError:
        return False
    return scoped[start] == Pdu.REPORT
