"""SNMPv3 messages as they come and go: header, USM parameters, scoped PDU (RFC 3412 §6, RFC 3414 §2.4).

Nothing here believes a message: ``session.py`` does, when digest, engine, user, time and level are right.
"""

from __future__ import annotations

from typing import NamedTuple

from agent.collect.snmp.ber import (
    BerError,
    Header,
    encode_integer,
    encode_tlv,
    open_element,
    read_integer,
    read_pdu,
)

AUTH, PRIV, REPORTABLE = 1, 2, 4
"""Bits of msgFlags."""

MAX_SIZE = 65_507
"""Longest message that we take: what fits into a UDP datagram."""

_USM = 3
_LATEST = 2**31 - 1
_VERSION = encode_integer(3)
_MODEL = encode_integer(_USM)
_ROOM = encode_integer(MAX_SIZE)


class Envelope(NamedTuple):
    """A message that is well-formed and not yet believed."""

    message_id: int
    flags: int
    engine: bytes
    boots: int
    seconds: int
    user: bytes
    digest: bytes
    salt: bytes
    body: bytes
    """The scoped PDU with tag and length, or what is encrypted."""
    whole: bytes
    digest_at: int
    """Where the digest stands in ``whole``."""

    def zeroed(self) -> bytes:
        """The message as it was signed: zeros in place of its digest."""
        size = len(self.digest)
        return b"".join((self.whole[: self.digest_at], bytes(size), self.whole[self.digest_at + size :]))


class Scoped(NamedTuple):
    """The part that may be encrypted."""

    engine: bytes
    context: bytes
    header: Header
    data: bytes
    """What the positions in ``header`` point into."""


def read_envelope(data: bytes) -> Envelope:
    """Raises BerError for anything but one whole version 3 message under the user-based security model."""
    try:
        return _read_envelope(data)
    except IndexError:
        raise BerError("the message is cut short") from None


def _read_envelope(data: bytes) -> Envelope:
    at, end = open_element(data, 0, 0x30, len(data))
    if end != len(data):
        raise BerError("bytes are left after the message")
    version, at = read_integer(data, at, end)
    at, stop = open_element(data, at, 0x30, end)
    message_id, at = read_integer(data, at, stop)
    _, at = read_integer(data, at, stop)
    start, at = open_element(data, at, 0x04, stop)
    flags = data[start]
    model, after = read_integer(data, at, stop)
    if version != 3 or model != _USM or at - start != 1 or after != stop or flags & 3 == PRIV:
        raise BerError("the header is not one of SNMPv3 with users")
    start, body_at = open_element(data, stop, 0x04, end)
    at, stop = open_element(data, start, 0x30, body_at)
    if stop != body_at:
        raise BerError("bytes are left after the security parameters")
    start, at = open_element(data, at, 0x04, stop)
    engine = data[start:at]
    boots, at = read_integer(data, at, stop)
    seconds, at = read_integer(data, at, stop)
    start, at = open_element(data, at, 0x04, stop)
    user = data[start:at]
    digest_at, at = open_element(data, at, 0x04, stop)
    digest = data[digest_at:at]
    start, at = open_element(data, at, 0x04, stop)
    if at != stop or len(engine) > 32 or not (0 <= boots <= _LATEST and 0 <= seconds <= _LATEST):
        raise BerError("the security parameters have an engine or a time that cannot be")
    salt = data[start:at]
    start, stop = open_element(data, body_at, 0x04 if flags & PRIV else 0x30, end)
    if stop != end:
        raise BerError("the PDU does not fill the message")
    body = data[start:] if flags & PRIV else data[body_at:]
    return Envelope(message_id, flags, engine, boots, seconds, user, digest, salt, body, data, digest_at)


def read_scoped(data: bytes) -> Scoped:
    """What the envelope holds; padding behind it is ignored. Raises BerError."""
    try:
        at, end = open_element(data, 0, 0x30, len(data))
        start, at = open_element(data, at, 0x04, end)
        engine = data[start:at]
        start, at = open_element(data, at, 0x04, end)
        return Scoped(engine, data[start:at], read_pdu(data, at, end), data)
    except IndexError:
        raise BerError("the scoped PDU is cut short") from None


class Parameters(NamedTuple):
    """What the sender of a message says of itself."""

    flags: int
    engine: bytes
    boots: int
    seconds: int
    user: bytes
    digest_bytes: int
    salt: bytes


def write_envelope(message_id: bytes, said: Parameters, body: bytes) -> tuple[bytes, int]:
    """(the message with zeros for its digest, where the digest goes). ``message_id`` is of four bytes."""
    header = b"".join((b"\x02\x04", message_id, _ROOM, b"\x04\x01", bytes((said.flags,)), _MODEL))
    before = b"".join(
        (
            encode_tlv(0x04, said.engine),
            encode_integer(said.boots),
            encode_integer(said.seconds),
            encode_tlv(0x04, said.user),
        )
    )
    after = encode_tlv(0x04, said.salt)
    security = b"".join((before, encode_tlv(0x04, bytes(said.digest_bytes)), after))
    rest = encode_tlv(0x04, body) if said.flags & PRIV else body
    inside = b"".join(
        (_VERSION, encode_tlv(0x30, header), encode_tlv(0x04, encode_tlv(0x30, security)), rest)
    )
    whole = encode_tlv(0x30, inside)
    return whole, len(whole) - len(rest) - len(after) - said.digest_bytes
