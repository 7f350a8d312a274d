"""pysnmp's notification receiver behind a gate: v1, v2c, v3; informs answered, floods refused undecoded."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import hashlib
import logging
import socket
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from pyasn1.error import PyAsn1Error
from pyasn1.type.univ import Integer, ObjectIdentifier, OctetString
from pysnmp.carrier.asyncio.dgram.udp import DOMAIN_NAME, UdpAsyncioTransport
from pysnmp.carrier.asyncio.dgram.udp6 import DOMAIN_NAME as DOMAIN_NAME_6
from pysnmp.carrier.asyncio.dgram.udp6 import Udp6AsyncioTransport
from pysnmp.carrier.asyncio.dispatch import AsyncioDispatcher
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413.ntfrcv import NotificationReceiver
from pysnmp.error import PySnmpError
from pysnmp.proto.rfc3411 import CONFIRMED_CLASS_PDUS

from agent.collect.snmp.backend import Community, User
from agent.collect.snmp.pysnmp_backend import usm_protocols
from agent.collect.traps.envelope import Envelope, TimeWindow, read_envelope
from agent.collect.traps.gate import Gate
from agent.collect.traps.notification import Notification, Variable
from agent.errors import AgentError, UsageError

RECEIVE_BYTES = 4 * 1024 * 1024
"""Room in the kernel for what comes while the loop is busy."""
_UPTIME, _TRAP_OID = (1, 3, 6, 1, 2, 1, 1, 3, 0), (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)
_USM = 3
_NO_AUTH, _PRIV = 1, 3
"""Security levels of RFC 3411."""
MAX_ENGINES = 4
"""SNMP engines that one device may speak as: its supervisors, and what it was before it was replaced."""
_STUMBLES = (
    PySnmpError,
    PyAsn1Error,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)
"""What pysnmp raises for bytes that it did not expect."""
_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Receiver:
    """Opens a UDP port and hands every notification of a known device to ``listener``, in the loop."""

    gate: Gate
    listener: Callable[[Notification], None]
    unix: Callable[[], float]
    counts: Counter[str] = field(default_factory=Counter)
    """Admitted ones: ``understood``, ``refused`` (community, user, digest, time), ``malformed``."""
    _engine: SnmpEngine | None = None
    _users: list[User] = field(default_factory=list)
    _own_id: bytes = b""
    _engines: dict[str, list[bytes]] = field(default_factory=dict)
    """Engines of each device for which keys are kept, the latest last."""
    _window: TimeWindow = field(default_factory=TimeWindow)
    _now: tuple[str, Envelope] | None = None

    async def open(self, listener: socket.socket, credentials: Iterable[Community | User]) -> None:
        """Listen on a bound UDP socket, which is the receiver's from now on.

        The engine's id comes of the bound address, so that keys for informs survive a restart.
        """
        self._own_id = engine_id(*listener.getsockname()[:2])
        engine = SnmpEngine(snmpEngineID=OctetString(self._own_id))
        self._users = []
        try:
            for number, one in enumerate(dict.fromkeys(credentials)):
                if isinstance(one, Community):
                    config.add_v1_system(engine, f"moulin-{number}", one.name)
                else:
                    self._users.append(one)
                    _add_user(engine, one, None)
        except AgentError:
            listener.close()
            raise
        engine.register_transport_dispatcher(AsyncioDispatcher(asyncio.get_running_loop()))
        six = listener.family == socket.AF_INET6
        transport = _gated(Udp6AsyncioTransport if six else UdpAsyncioTransport, self)
        transport.open_server_mode(sock=listener)
        config.add_transport(engine, DOMAIN_NAME_6 if six else DOMAIN_NAME, transport)
        _Judged(self, engine)
        self._engine = engine
        await transport._lport  # noqa: SLF001  # pysnmp gives no other way to know that it listens

    def close(self) -> None:
        """Stop listening."""
        if self._engine is not None:
            self._engine.close_dispatcher()
            self._engine = None

    def feed(self, hand_over: Callable[[], None], data: bytes, source: str) -> None:
        """One datagram: through the gate, then to pysnmp, whose every way to stumble is a counted refusal."""
        device = self.gate.admit(source, data)
        if device is None:
            return
        envelope = read_envelope(data)
        if envelope is None:
            self.counts["malformed"] += 1
            return
        stranger = self._meet(device, envelope)
        before = self.counts["understood"]
        self._now = (device, envelope)
        try:
            hand_over()
        except _STUMBLES as exc:
            self.counts["malformed"] += 1
            _LOG.debug("%s: notification not read: %s", device, type(exc).__name__)
        else:
            if self.counts["understood"] == before and (envelope.version != "3" or envelope.engine):
                self.counts["refused"] += 1  # else it has asked for our engine's id
        finally:
            self._now = None
            if stranger and self.counts["understood"] == before:
                self._forget(device, envelope.engine)

    def _meet(self, device: str, envelope: Envelope) -> bool:
        """Make keys for an engine that speaks for the first time; whether it did."""
        known = self._engines.setdefault(device, [])
        engine = envelope.engine
        users = [user for user in self._users if user.name.encode() == envelope.user]
        if not 5 <= len(engine) <= 32 or engine == self._own_id or engine in known or not users:
            return False
        if any(engine in others for others in self._engines.values()):
            return False
        known.append(engine)
        if self._engine is not None:
            _add_user(self._engine, users[0], engine)
        if len(known) > MAX_ENGINES:
            self._forget(device, known[0])
        return True

    def _forget(self, device: str, engine: bytes) -> None:
        self._engines[device].remove(engine)
        for user in self._users if self._engine is not None else ():
            with contextlib.suppress(*_STUMBLES):  # a user of another engine only
                config.delete_v3_user(self._engine, user.name, OctetString(engine))

    def judge(self, model: int, level: int) -> bool:
        """Whether what pysnmp has decoded may be heard: version 3 sealed as its user is, and not replayed."""
        if self._now is None:
            return False
        _, envelope = self._now
        if model != _USM:
            return True
        wanted = max(
            (level_of(user) for user in self._users if user.name.encode() == envelope.user), default=_PRIV
        )
        if level < wanted:
            return False
        return (
            level == _NO_AUTH
            or envelope.engine == self._own_id
            or self._window.admits(envelope, self.gate.clock())
        )

    def take(self, bound: Iterable[tuple[Any, Any]], *, inform: bool) -> None:
        """What was judged to be heard: answered already when it is an inform."""
        if self._now is None:
            return
        device, envelope = self._now
        variables: list[Variable] = []
        oid: tuple[int, ...] = ()
        ticks = 0
        for name, value in bound:
            if tuple(name) == _TRAP_OID:
                oid = tuple(value)
            elif tuple(name) == _UPTIME:
                ticks = int(value)
            else:
                variables.append((tuple(name), _plain(value)))
        self.counts["understood"] += 1
        self.listener(
            Notification(device, self.unix(), oid, tuple(variables), envelope.version, inform, ticks)
        )


class _Judged(NotificationReceiver):  # type: ignore[misc]  # pysnmp's classes are untyped
    """pysnmp's receiver, which answers informs and listens only to what the judge lets through."""

    def __init__(self, receiver: Receiver, engine: SnmpEngine) -> None:
        self._receiver = receiver
        super().__init__(engine, self._heard)

    def process_pdu(self, *arguments: Any) -> None:
        engine, processing, model, name, level, *rest = arguments
        if self._receiver.judge(int(model), int(level)):
            self._inform = rest[3].tagSet in CONFIRMED_CLASS_PDUS
            super().process_pdu(engine, processing, model, name, level, *rest)

    def _heard(self, *arguments: Any) -> None:
        self._receiver.take(arguments[4], inform=self._inform)


def engine_id(host: str, port: int) -> bytes:
    """Engine id of a receiver (RFC 3411, octets form, own format 128): the same as long as its address is.

    >>> engine_id("127.0.0.1", 9162).hex()[:10], len(engine_id("::1", 9162))
    ('8000000080', 17)
    """
    return bytes.fromhex("8000000080") + hashlib.sha256(f"moulin {host} {port}".encode()).digest()[:12]


def open_socket(host: str, port: int, what: str = "traps", kind: int = socket.SOCK_DGRAM) -> socket.socket:
    """A bound UDP socket; raises UsageError when the port is taken, needs privileges or is not ours."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, kind)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        listener.bind((host, port))
        listener.setblocking(False)
    except OSError as exc:
        listener.close()
        if exc.errno == errno.EACCES:
            hint = (
                f"ports below 1024 need the capability NET_BIND_SERVICE. choose another with --{what}-listen"
            )
        else:
            hint = f"choose another with --{what}-listen, or off"
        raise UsageError(f"cannot listen for {what} on {host}:{port} ({exc.strerror}). {hint}") from exc
    return listener


def _gated(kind: type[Any], receiver: Receiver) -> Any:
    """A transport of pysnmp, with the gate before its callback."""

    class Gated(kind):  # type: ignore[misc]
        def datagram_received(self, datagram: bytes, transportAddress: Any) -> None:  # noqa: N803  # pysnmp's name
            address = self.normalize_address(transportAddress)
            receiver.feed(
                lambda: self._callback_function(self, address, datagram), datagram, transportAddress[0]
            )

        def error_received(self, exc: OSError) -> None:
            """An answer that could not be delivered: the sender's affair."""

    return Gated()


def level_of(user: User) -> int:
    """Level that messages of a user have (RFC 3411): 1, authenticated 2, and encrypted 3."""
    return _NO_AUTH + bool(user.auth) + bool(user.privacy)


def _add_user(engine: SnmpEngine, user: User, engine_of: bytes | None) -> None:
    """Keys of a user for one engine; None is our own, for which informs are sealed."""
    auth, privacy = usm_protocols("traps", user)
    config.add_v3_user(
        engine,
        user.name,
        auth,
        user.auth_key or None,
        privacy,
        user.privacy_key or None,
        securityEngineId=OctetString(engine_of) if engine_of else None,
    )


def _plain(value: Any) -> int | str | bytes:
    if isinstance(value, ObjectIdentifier):
        return ".".join(str(number) for number in tuple(value))
    if type(value).__name__ == "IpAddress":  # there is one of SMIv1, and one of SMIv2
        return ".".join(str(number) for number in value.asOctets())
    if isinstance(value, OctetString):
        return bytes(value.asOctets())
    return int(value) if isinstance(value, Integer) else ""
