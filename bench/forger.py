"""An SNMPv3 agent that lies: ``python bench/forger.py LIE`` prints its port and answers until it is ended.

It speaks the user-based security model of the virtual Nexus, not the agent's. The first question is
answered honestly, so that the client knows engine and time; then every answer carries the lie, with
``FORGED`` as value.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from vnexus.config.snmpkeys import localized, private_key
from vnexus.snmp import ber
from vnexus.snmp.ber import BerError
from vnexus.snmp.message import Pdu, write_response
from vnexus.snmp.secure import Asked, Complaint, Engine, Refused, read_envelope
from vnexus.snmp.usm import Level, Moment, User

USER, AUTH_PASSWORD, PRIV_PASSWORD = "bench", "authpass123", "privpass123"
SECRET = f"v3 {USER} sha {AUTH_PASSWORD} aes {PRIV_PASSWORD}"
COLUMN = "1.3.6.1.2.1.2.2.1.10"
ROWS, ROWS_AT_ONCE = 40, 10
HONEST, FORGED = 1000, 666
IDENTITY, OTHER = bytes.fromhex("80000009030000000001"), bytes.fromhex("80000009030000000002")

_START = time.monotonic()


def make_engine(identity: bytes, *, boots: int = 7, ahead: int = 100_000) -> Engine:
    user = User(
        USER.encode(),
        "sha",
        localized("sha", AUTH_PASSWORD, IDENTITY),
        "aes-128",
        private_key("sha", PRIV_PASSWORD, "aes-128", IDENTITY),
    )

    def now() -> Moment:
        return Moment(boots, ahead + int(time.monotonic() - _START))

    return Engine(identity, now, {user.name: user})


AGENT = make_engine(IDENTITY)
Lie = Callable[[Asked], list[bytes]]


def rows_after(asked: Asked, value: int) -> bytes:
    """The next rows of the column, with one value."""
    base = ber.key_of_body(ber.oid(COLUMN)[2:])
    key = asked.request.keys[0]
    last = key[-1] if len(key) > len(base) else 0
    end = min(last + ROWS_AT_ONCE, ROWS)
    rows = [
        ber.tlv(ber.SEQUENCE, ber.oid(f"{COLUMN}.{row}") + ber.counter32(value))
        for row in range(last + 1, end + 1)
    ]
    if end == ROWS:
        rows.append(ber.tlv(ber.SEQUENCE, ber.oid("1.3.6.1.2.1.2.2.1.11.1") + ber.counter32(HONEST)))
    return b"".join(rows)


def honest(asked: Asked, value: int = FORGED, engine: Engine = AGENT) -> bytes:
    return engine.respond(asked, write_response(asked.request, rows_after(asked, value)))


def wrong_digest(asked: Asked) -> list[bytes]:
    whole = honest(asked)
    digest = read_envelope(whole).digest
    return [whole.replace(digest, bytes(byte ^ 0x55 for byte in digest))]


def no_digest(asked: Asked) -> list[bytes]:
    """Flags say that it is signed, and the signature has no bytes."""
    envelope = read_envelope(honest(asked))
    security = ber.octets(IDENTITY) + ber.integer(envelope.at.boots) + ber.integer(envelope.at.seconds)
    security += ber.octets(USER.encode()) + ber.octets(b"") + ber.octets(envelope.salt)
    header = envelope.message_id + ber.integer(65507) + ber.octets(b"\x03") + ber.integer(3)
    inside = ber.integer(3) + ber.tlv(ber.SEQUENCE, header)
    inside += ber.octets(ber.tlv(ber.SEQUENCE, security)) + ber.octets(envelope.body)
    return [ber.tlv(ber.SEQUENCE, inside)]


def other_engine(asked: Asked) -> list[bytes]:
    return [honest(asked, engine=make_engine(OTHER))]


def old_time(asked: Asked) -> list[bytes]:
    return [honest(asked, engine=make_engine(IDENTITY, ahead=90_000))]


def old_boots(asked: Asked) -> list[bytes]:
    return [honest(asked, engine=make_engine(IDENTITY, boots=6))]


def _aged(asked: Asked) -> Asked:
    """The same question as it was asked before, under older ids."""
    number = int.from_bytes(asked.request.request_id[2:]) - 5
    request = replace(asked.request, request_id=ber.integer(number))
    message = ber.integer(int.from_bytes(asked.envelope.message_id[2:]) - 5)
    return replace(asked, request=request, envelope=replace(asked.envelope, message_id=message))


def replayed(asked: Asked) -> list[bytes]:
    """What the agent once said to the same question: rightly signed, of older ids."""
    return [honest(_aged(asked))]


def renumbered(asked: Asked) -> list[bytes]:
    """The same, its message-id changed to the one that is waited for."""
    aged = _aged(asked)
    return [honest(aged).replace(aged.envelope.message_id, asked.envelope.message_id, 1)]


def other_question(asked: Asked) -> list[bytes]:
    """Rightly signed, but the request-id inside is another."""
    return [honest(replace(asked, request=_aged(asked).request))]


def without_privacy(asked: Asked) -> list[bytes]:
    return [honest(replace(asked, envelope=replace(asked.envelope, flags=1)))]


def without_digest(asked: Asked) -> list[bytes]:
    return [honest(replace(asked, envelope=replace(asked.envelope, flags=0)))]


def in_v2c(asked: Asked) -> list[bytes]:
    """The question is known to whoever asks: here its id is right, and the version is v2c."""
    pdu = write_response(asked.request, rows_after(asked, FORGED))
    return [ber.tlv(ber.SEQUENCE, ber.integer(1) + ber.octets(b"public") + pdu)]


def forged_report(asked: Asked) -> list[bytes]:
    """An unsigned Report that the user is unknown, then the honest answer."""
    report = AGENT.report(asked.envelope, Refused(Complaint.USER))
    assert report is not None
    return [report, honest(asked, HONEST)]


LIES: Mapping[str, tuple[str, Lie]] = {
    "none": ("the truth", lambda asked: [honest(asked, HONEST)]),
    "digest": ("wrong digest", wrong_digest),
    "no-digest": ("digest of no bytes", no_digest),
    "engine": ("another engine", other_engine),
    "time": ("10,000 s ago", old_time),
    "boots": ("before the last boot", old_boots),
    "replay": ("replayed", replayed),
    "renumbered": ("replayed, message-id changed", renumbered),
    "question": ("signed, to another question", other_question),
    "no-privacy": ("downgraded to authNoPriv", without_privacy),
    "no-auth": ("downgraded to noAuthNoPriv", without_digest),
    "v2c": ("downgraded to v2c", in_v2c),
    "report": ("an unsigned Report, then the right answer", forged_report),
}


class Forger(asyncio.DatagramProtocol):
    """``lie`` is asked for every answer but the first."""

    def __init__(self, lie: Lie) -> None:
        self._lie, self._known = lie, set[bytes]()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            for packet in self._answer(data):
                self._transport.sendto(packet, addr)  # type: ignore[attr-defined]
        except BerError:
            return

    def _answer(self, data: bytes) -> list[bytes]:
        envelope = read_envelope(data)
        try:
            asked = AGENT.read(envelope)
        except Refused as refused:
            report = AGENT.report(envelope, refused)
            return [report] if report is not None else []
        if asked.request.pdu == Pdu.GET or asked.envelope.level != Level.PRIV:
            return [AGENT.respond(asked, write_response(asked.request, asked.request.varbinds[2:]))]
        if not self._known or asked.request.request_id in self._known:
            self._known.add(asked.request.request_id)
            return [honest(asked, HONEST)]
        return self._lie(asked)


async def main() -> None:
    lie = LIES[sys.argv[1]][1]
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Forger(lie), ("127.0.0.1", 0))
    print(transport.get_extra_info("sockname")[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
