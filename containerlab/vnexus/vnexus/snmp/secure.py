"""Version 3 messages of one engine: read, checked and answered (RFC 3412, RFC 3414 §3)."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from vnexus.snmp import ber
from vnexus.snmp.ber import BerError
from vnexus.snmp.message import VERSION_3, Pdu, Request, read_pdu
from vnexus.snmp.usm import Level, Moment, PrivacyError, User, decrypt, encrypt

MAX_SIZE = 17_382
MIN_SIZE = 484
TIME_WINDOW = 150
MAX_BOOTS = 2**31 - 1
_USM = 3
_AUTH, _PRIV, _REPORTABLE = 1, 2, 4


class Complaint(StrEnum):
    """What a report says: the counter it carries."""

    LEVEL = "1.3.6.1.6.3.15.1.1.1.0"
    WINDOW = "1.3.6.1.6.3.15.1.1.2.0"
    USER = "1.3.6.1.6.3.15.1.1.3.0"
    ENGINE = "1.3.6.1.6.3.15.1.1.4.0"
    DIGEST = "1.3.6.1.6.3.15.1.1.5.0"
    DECRYPTION = "1.3.6.1.6.3.15.1.1.6.0"
    CONTEXT = "1.3.6.1.6.3.12.1.5.0"


class Refused(Exception):  # noqa: N818 - a verdict of RFC 3414, said to the other side
    """A message that is answered with a report."""

    def __init__(self, complaint: Complaint, level: Level = Level.NO_AUTH) -> None:
        self.complaint, self.level = complaint, level
        super().__init__(complaint.name)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message as it came, not yet believed."""

    message_id: bytes
    """Encoded."""
    room: int
    flags: int
    engine: bytes
    at: Moment
    user: bytes
    digest: bytes
    salt: bytes
    zeroed: bytes
    """The message with zeros in place of its digest."""
    body: bytes
    """The scoped PDU with tag and length, or what is encrypted."""
    sealed: bool

    @property
    def level(self) -> Level:
        return Level.PRIV if self.flags & _PRIV else Level.AUTH if self.flags & _AUTH else Level.NO_AUTH


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that is believed."""

    envelope: Envelope
    user: User
    request: Request
    context: bytes


@dataclass(slots=True)
class Engine:
    """``users`` and ``contexts`` are those of the configuration; ``now`` gives boots and seconds."""

    identity: bytes
    now: Callable[[], Moment]
    users: dict[bytes, User] = field(default_factory=dict)
    contexts: frozenset[bytes] = frozenset()
    counters: dict[Complaint, int] = field(default_factory=lambda: dict.fromkeys(Complaint, 0))
    salt: int = 0

    def read(self, envelope: Envelope) -> Asked:
        """Raises Refused for what a report answers, BerError for what silence does."""
        if envelope.engine != self.identity:
            raise Refused(Complaint.ENGINE)
        user = self.users.get(envelope.user)
        if user is None:
            raise Refused(Complaint.USER)
        if envelope.level > user.level:
            raise Refused(Complaint.LEVEL)
        if envelope.level >= Level.AUTH:
            self._authenticate(envelope, user)
        body = envelope.body
        if envelope.sealed:
            try:
                body = decrypt(user, body, envelope.at, envelope.salt)
                return self._open(envelope, user, body)
            except (PrivacyError, BerError) as exc:
                raise Refused(Complaint.DECRYPTION) from exc
        return self._open(envelope, user, body)

    def _authenticate(self, envelope: Envelope, user: User) -> None:
        if not hmac.compare_digest(user.digest(envelope.zeroed), envelope.digest):
            raise Refused(Complaint.DIGEST)
        now = self.now()
        late = abs(now.seconds - envelope.at.seconds) > TIME_WINDOW
        if now.boots == MAX_BOOTS or envelope.at.boots != now.boots or late:
            raise Refused(Complaint.WINDOW, Level.AUTH)

    def _open(self, envelope: Envelope, user: User, body: bytes) -> Asked:
        """The scoped PDU; what follows it is padding."""
        tag, start, end = ber.read_tlv(body, 0, len(body))
        if tag != ber.SEQUENCE:
            raise BerError("no scoped PDU")
        _, start = _octets(body, start, end)
        context, start = _octets(body, start, end)
        if context and context not in self.contexts:
            raise Refused(Complaint.CONTEXT, envelope.level)
        return Asked(envelope, user, read_pdu(body, start, end, VERSION_3), context)

    # -- answers ----------------------------------------------------------------------------------

    def respond(self, asked: Asked, pdu: bytes) -> bytes:
        """The PDU sealed as its request was."""
        level = asked.envelope.level
        return self.seal(asked.envelope.message_id, asked.user, level, asked.context, pdu)

    def report(self, envelope: Envelope, refused: Refused) -> bytes | None:
        """Counts; None when nobody wants to hear."""
        self.counters[refused.complaint] += 1
        if not envelope.flags & _REPORTABLE:
            return None
        counter = ber.counter32(self.counters[refused.complaint])
        varbinds = ber.tlv(ber.SEQUENCE, ber.oid(refused.complaint) + counter)
        body = ber.integer(0) * 3 + ber.tlv(ber.SEQUENCE, varbinds)
        user = self.users.get(envelope.user) or User(envelope.user)
        return self.seal(envelope.message_id, user, refused.level, b"", ber.tlv(Pdu.REPORT, body))

    def seal(self, message_id: bytes, user: User, level: Level, context: bytes, pdu: bytes) -> bytes:
        """A whole message from this engine."""
        at = self.now()
        scoped = ber.tlv(ber.SEQUENCE, ber.octets(self.identity) + ber.octets(context) + pdu)
        sent = b""
        if level == Level.PRIV:
            self.salt += 1
            sealed, sent = encrypt(user, scoped, at, self.salt)
            scoped = ber.octets(sealed)
        flags = (0, _AUTH, _AUTH | _PRIV)[level]
        header = ber.tlv(
            ber.SEQUENCE,
            message_id + ber.integer(MAX_SIZE) + ber.octets(bytes((flags,))) + ber.integer(_USM),
        )

        def whole(digest: bytes) -> bytes:
            security = ber.octets(self.identity) + ber.integer(at.boots) + ber.integer(at.seconds)
            security += ber.octets(user.name) + ber.octets(digest) + ber.octets(sent)
            parameters = ber.octets(ber.tlv(ber.SEQUENCE, security))
            return ber.tlv(ber.SEQUENCE, ber.integer(VERSION_3) + header + parameters + scoped)

        if level == Level.NO_AUTH:
            return whole(b"")
        digest = user.digest(b"")
        return whole(user.digest(whole(bytes(len(digest)))))


def is_version_3(data: bytes) -> bool:
    """Whether the bytes begin as a version 3 message does. Raises BerError."""
    _, start, end = ber.read_tlv(data, 0, len(data))
    return ber.read_integer(data, start, end)[0] == VERSION_3


def read_envelope(data: bytes) -> Envelope:
    """Raises BerError for anything that is not a version 3 message under the user-based model."""
    tag, start, end = ber.read_tlv(data, 0, len(data))
    if tag != ber.SEQUENCE or end != len(data):
        raise BerError("not one message")
    _, start = ber.read_integer(data, start, end)
    tag, inside, start = ber.read_tlv(data, start, end)
    if tag != ber.SEQUENCE:
        raise BerError("no header")
    message_id, room, flags = _header(data, inside, start)
    tag, inside, body = ber.read_tlv(data, start, end)
    if tag != ber.OCTETS:
        raise BerError("no security parameters")
    tag, inside, last = ber.read_tlv(data, inside, body)
    if tag != ber.SEQUENCE or last != body:
        raise BerError("security parameters of another model")
    engine, inside = _octets(data, inside, last)
    boots, inside = ber.read_integer(data, inside, last)
    seconds, inside = ber.read_integer(data, inside, last)
    if not 0 <= boots <= MAX_BOOTS or not 0 <= seconds <= MAX_BOOTS:
        raise BerError("a time that cannot be")
    user, inside = _octets(data, inside, last)
    digest, place = _octets(data, inside, last)
    salt, inside = _octets(data, place, last)
    tag, first, stop = ber.read_tlv(data, body, end)
    sealed = bool(flags & _PRIV)
    if inside != last or stop != end or tag != (ber.OCTETS if sealed else ber.SEQUENCE):
        raise BerError("not the data that the flags announce")
    zeroed = data[: place - len(digest)] + bytes(len(digest)) + data[place:]
    contents = data[first:end] if sealed else data[body:end]
    at = Moment(boots, seconds)
    return Envelope(message_id, room, flags, engine, at, user, digest, salt, zeroed, contents, sealed)


def _header(data: bytes, start: int, end: int) -> tuple[bytes, int, int]:
    """(message id as it came, largest reply, flags)"""
    first = start
    _, start = ber.read_integer(data, start, end)
    message_id = data[first:start]
    room, start = ber.read_integer(data, start, end)
    flags, start = _octets(data, start, end)
    model, start = ber.read_integer(data, start, end)
    if len(flags) != 1 or start != end or model != _USM or room < MIN_SIZE:
        raise BerError("not the user-based security model")
    if flags[0] & _PRIV and not flags[0] & _AUTH:
        raise BerError("privacy without authentication")
    return message_id, room, flags[0]


def _octets(data: bytes, start: int, end: int) -> tuple[bytes, int]:
    tag, first, last = ber.read_tlv(data, start, end)
    if tag != ber.OCTETS:
        raise BerError("not octets")
    return data[first:last], last
