"""One SNMPv3 user at one agent: its engine, time and keys; what is believed and what is refused (RFC 3414).

An answer is believed when message-id, engine, user and security level are those of the request, its digest is
right, its time is inside the window, and request-id and context inside it are those of the request. A Report
that is not signed says at most why nothing else came; it never ends a request that the agent answers.
"""

from __future__ import annotations

import hmac
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from agent.collect.snmp import ber
from agent.collect.snmp.credentials import User
from agent.collect.snmp.envelope import (
    AUTH,
    PRIV,
    REPORTABLE,
    Envelope,
    Parameters,
    read_scoped,
    write_envelope,
)
from agent.collect.snmp.keys import AUTH as DIGESTS
from agent.collect.snmp.keys import PRIVACY, Digest, localize, localize_privacy
from agent.collect.snmp.privacy import Code, ciphers
from agent.collect.snmp.reports import Report, read_report
from agent.collect.snmp.request import write_bulk_pdu, write_get_pdu

WINDOW_SECONDS = 150
_LAST_BOOTS = 2**31 - 1
_LEVELS = {0: "noAuthNoPriv", AUTH: "authNoPriv", AUTH | PRIV: "authPriv"}

Reader = Callable[[bytes, int, int], Sequence[ber.Row]]
"""Variable bindings between two positions to rows."""
Answer = tuple[ber.Header, Sequence[ber.Row]]


class Doubt(StrEnum):
    """Why a message is refused."""

    DIGEST = "answers with a wrong digest were refused"
    ENGINE = "answers of another engine were refused"
    WINDOW = "answers outside the time window were refused"
    LEVEL = "answers without the security that was asked for were refused"
    CONTENT = "answers to another question were refused"


class RefusedError(Exception):
    """A message that is not believed."""

    def __init__(self, doubt: Doubt) -> None:
        self.doubt = doubt
        super().__init__(doubt.value)


class ReportedError(Exception):
    """The agent says why it does not answer. ``signed``: it proved that it is the agent."""

    def __init__(self, report: Report, *, signed: bool) -> None:
        self.report, self.signed = report, signed
        super().__init__(report.name)


@dataclass(slots=True)
class _Engine:
    """What is known of the agent's engine. Its time is ``clock() + ahead``."""

    identity: bytes
    boots: int
    ahead: float
    latest: int = 0
    """Latest time that came signed (latestReceivedEngineTime)."""
    signed: bool = False
    """Whether boots and time came signed; a guess is good enough to ask with, not to judge by."""


@dataclass(slots=True)
class _Keys:
    digest: Digest | None = None
    auth: bytes = b""
    encrypt: Code | None = None
    decrypt: Code | None = None


@dataclass(slots=True)
class Session:
    """Seals what is asked, opens what is answered. ``meet`` an engine first."""

    user: User
    clock: Callable[[], float]
    chance: random.Random
    stale: bool = False
    """The engine must be met again before the next question: it changed, or its clock went back."""
    _engine: _Engine | None = None
    _keys: _Keys = field(default_factory=_Keys)
    _salt: int = 0
    _heads: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._salt = self.chance.getrandbits(64)

    @property
    def is_met(self) -> bool:
        """Whether questions can be sealed."""
        return self._engine is not None and not self.stale

    @property
    def level(self) -> int:
        """Bits of msgFlags that every question has and every answer must have."""
        return (AUTH if self.user.auth else 0) | (PRIV if self.user.privacy else 0)

    @property
    def level_name(self) -> str:
        """As the RFC writes it."""
        return _LEVELS[self.level]

    # -- the engine --------------------------------------------------------------------------------

    def write_discovery(self, request_id: int) -> bytes:
        """A question that every engine answers with a Report of its identity and time (RFC 3414 §4)."""
        pdu = write_get_pdu(request_id, ())
        scoped = encode_scope(b"", "") + pdu
        said = Parameters(REPORTABLE, b"", 0, 0, b"", 0, b"")
        return write_envelope(request_id.to_bytes(4), said, ber.encode_tlv(0x30, scoped))[0]

    def read_discovery(self, envelope: Envelope) -> Answer:
        """Meet the engine that reports itself. Raises RefusedError when it is none."""
        scoped = read_scoped(envelope.body) if not envelope.flags & PRIV else None
        if scoped is None or scoped.header.kind != ber.REPORT or not envelope.engine:
            raise RefusedError(Doubt.CONTENT)
        self.meet(envelope.engine, envelope.boots, envelope.seconds)
        return scoped.header, []

    def meet(self, identity: bytes, boots: int, seconds: int) -> None:
        """Take an engine as the agent's, and make its keys. Boots and time are a guess until signed."""
        before, user = self._engine, self.user
        self.stale = False
        self._engine = _Engine(identity, boots, seconds - self.clock())
        if before is not None and before.identity == identity:
            return
        self._heads.clear()
        self._keys = _Keys()
        if user.auth:
            digest = DIGESTS[user.auth]
            self._keys.digest = digest
            self._keys.auth = localize(digest.algorithm, user.auth_key.encode(), identity)
            if user.privacy:
                cipher = PRIVACY[user.privacy]
                key = localize_privacy(digest.algorithm, user.privacy_key.encode(), identity, cipher)
                self._keys.encrypt, self._keys.decrypt = ciphers(cipher, key)

    # -- questions ---------------------------------------------------------------------------------

    def ask_rows(self, context: str, request_id: int, oid: bytes, repetitions: int) -> bytes:
        """Sealed GetBulk."""
        return self.seal(request_id, context, write_bulk_pdu(request_id, oid, repetitions))

    def ask_values(self, context: str, request_id: int, oids: Sequence[bytes]) -> bytes:
        """Sealed Get."""
        return self.seal(request_id, context, write_get_pdu(request_id, oids))

    def seal(self, message_id: int, context: str, pdu: bytes) -> bytes:
        """The message that carries a PDU, signed and encrypted as the user's level says."""
        engine, keys = self._engine, self._keys
        assert engine is not None  # noqa: S101  # meet() comes first: own.py sees to it
        head = self._heads.get(context)
        if head is None:
            head = self._heads[context] = encode_scope(engine.identity, context or self.user.context)
        seconds = min(max(int(self.clock() + engine.ahead), 0), _LAST_BOOTS)
        body, salt = ber.encode_tlv(0x30, head + pdu), b""
        if keys.encrypt is not None:
            moment = engine.boots.to_bytes(4) + seconds.to_bytes(4)
            salt = self._next_salt(engine.boots)
            body = keys.encrypt(moment, salt, body)
        size = keys.digest.sent_bytes if keys.digest is not None else 0
        flags = self.level | REPORTABLE
        said = Parameters(flags, engine.identity, engine.boots, seconds, self.user.name.encode(), size, salt)
        whole, at = write_envelope(message_id.to_bytes(4), said, body)
        if keys.digest is None:
            return whole
        digest = hmac.digest(keys.auth, whole, keys.digest.algorithm)[:size]
        return b"".join((whole[:at], digest, whole[at + size :]))

    def _next_salt(self, boots: int) -> bytes:
        """Never the same twice under one key (RFC 3414 §8.1.1.1, RFC 3826 §3.1.2.1)."""
        self._salt = (self._salt + 1) & 0xFFFF_FFFF_FFFF_FFFF
        if self.user.privacy == "des":
            return boots.to_bytes(4) + (self._salt & 0xFFFF_FFFF).to_bytes(4)
        return self._salt.to_bytes(8)

    # -- answers -----------------------------------------------------------------------------------

    def open(self, envelope: Envelope, context: str, read: Reader = ber.read_rows) -> Answer:
        """Header and rows of the answer to the request of this message-id.

        Raises RefusedError for what is not believed, ReportedError for a Report, BerError for rubbish.
        """
        engine, level = self._engine, envelope.flags & (AUTH | PRIV)
        if engine is None:
            raise RefusedError(Doubt.ENGINE)
        body = envelope.body
        if level & ~self.level:
            raise RefusedError(Doubt.LEVEL)
        if level:
            self._authenticate(envelope, engine)
        if level & PRIV and self._keys.decrypt is not None:
            moment = envelope.boots.to_bytes(4) + envelope.seconds.to_bytes(4)
            body = self._keys.decrypt(moment, envelope.salt, body)
        scoped = read_scoped(body)
        header = scoped.header
        if header.kind == ber.REPORT:
            rows = ber.read_rows(scoped.data, header.at, header.end)
            raise ReportedError(read_report(rows), signed=bool(level))
        if level != self.level:
            raise RefusedError(Doubt.LEVEL)
        if envelope.engine != engine.identity or envelope.user != self.user.name.encode():
            raise RefusedError(Doubt.ENGINE)
        wanted = (ber.RESPONSE, envelope.message_id, engine.identity, (context or self.user.context).encode())
        if (header.kind, header.request_id, scoped.engine, scoped.context) != wanted:
            raise RefusedError(Doubt.CONTENT)
        return header, read(scoped.data, header.at, header.end)

    def _authenticate(self, envelope: Envelope, engine: _Engine) -> None:
        """Engine, user, digest and time are right, or RefusedError (RFC 3414 §3.2 steps 3 to 7)."""
        digest = self._keys.digest
        if digest is None:
            raise RefusedError(Doubt.LEVEL)
        if envelope.engine != engine.identity or envelope.user != self.user.name.encode():
            raise RefusedError(Doubt.ENGINE)
        right = hmac.digest(self._keys.auth, envelope.zeroed(), digest.algorithm)[: digest.sent_bytes]
        if not hmac.compare_digest(right, envelope.digest):
            raise RefusedError(Doubt.DIGEST)
        self._judge_time(envelope.boots, envelope.seconds, engine)

    def _judge_time(self, boots: int, seconds: int, engine: _Engine) -> None:
        """Follow the engine's time, refuse what is old (RFC 3414 §3.2 step 7b)."""
        now = self.clock()
        newer = boots > engine.boots or (boots == engine.boots and seconds > engine.latest)
        if not engine.signed or newer:
            engine.boots, engine.ahead, engine.latest, engine.signed = boots, seconds - now, seconds, True
        if (
            boots == _LAST_BOOTS
            or boots < engine.boots
            or (boots == engine.boots and seconds < now + engine.ahead - WINDOW_SECONDS)
        ):
            raise RefusedError(Doubt.WINDOW)


def encode_scope(engine: bytes, context: str) -> bytes:
    """What stands before the PDU in a scoped PDU."""
    return ber.encode_tlv(0x04, engine) + ber.encode_tlv(0x04, context.encode())
