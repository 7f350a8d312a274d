"""pysnmp behind the ``Backend`` seam: the oracle in tests, and an alternative to our own engine."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from pyasn1.type.univ import Integer, Null, ObjectIdentifier, OctetString
from pysnmp.error import PySnmpError
from pysnmp.hlapi.v3arch.asyncio import (
    USM_AUTH_HMAC96_MD5,
    USM_AUTH_HMAC96_SHA,
    USM_AUTH_HMAC128_SHA224,
    USM_AUTH_HMAC192_SHA256,
    USM_AUTH_HMAC256_SHA384,
    USM_AUTH_HMAC384_SHA512,
    USM_AUTH_NONE,
    USM_PRIV_CBC56_DES,
    USM_PRIV_CFB128_AES,
    USM_PRIV_CFB192_AES,
    USM_PRIV_CFB192_AES_BLUMENTHAL,
    USM_PRIV_CFB256_AES,
    USM_PRIV_CFB256_AES_BLUMENTHAL,
    USM_PRIV_NONE,
    CommunityData,
    ContextData,
    ObjectIdentity,
    ObjectType,
    SnmpEngine,
    Udp6TransportTarget,
    UdpTransportTarget,
    UsmUserData,
    bulk_cmd,
    get_cmd,
)

from agent.collect.snmp.backend import MAX_ROWS, Community, Span, User, Walked
from agent.collect.snmp.ber import ObjectId, Row, Value, decode_numbers, encode_numbers, follows
from agent.collect.snmp.keys import AUTH, PRIVACY
from agent.collect.snmp.rows import Rows
from agent.errors import DeviceError, LoginRefusedError, UnreachableError, UsageError

_REPETITIONS = 25
_AUTH: Mapping[str, Any] = {
    "md5": USM_AUTH_HMAC96_MD5,
    "sha": USM_AUTH_HMAC96_SHA,
    "sha224": USM_AUTH_HMAC128_SHA224,
    "sha256": USM_AUTH_HMAC192_SHA256,
    "sha384": USM_AUTH_HMAC256_SHA384,
    "sha512": USM_AUTH_HMAC384_SHA512,
    "": USM_AUTH_NONE,
}
_PRIVACY: Mapping[str, Any] = {
    "des": USM_PRIV_CBC56_DES,
    "aes": USM_PRIV_CFB128_AES,
    "aes192": USM_PRIV_CFB192_AES,
    "aes256": USM_PRIV_CFB256_AES,
    "aes192b": USM_PRIV_CFB192_AES_BLUMENTHAL,
    "aes256b": USM_PRIV_CFB256_AES_BLUMENTHAL,
    "": USM_PRIV_NONE,
}


class PysnmpEngine:
    """One pysnmp engine for all devices of a process: one per device would cost a core at 250 of them."""

    def __init__(self) -> None:
        self._engine: SnmpEngine | None = None

    @property
    def engine(self) -> SnmpEngine:
        """Made at first use, in the loop that uses it."""
        if self._engine is None:
            self._engine = SnmpEngine()
        return self._engine

    def close(self) -> None:
        """Close the sockets."""
        if self._engine is not None:
            self._engine.close_dispatcher()
            self._engine = None


class PysnmpBackend:
    """One agent, asked by pysnmp. ``context`` is the SNMPv3 context (``vlan-10``); empty is the default."""

    def __init__(
        self,
        engine: PysnmpEngine,
        name: str,
        address: tuple[str, int],
        credentials: Community | User,
        context: str = "",
    ) -> None:
        self._engine, self._name, self._address, self._context = engine, name, address, context
        self._credentials = credentials
        self._default = credentials.context if isinstance(credentials, User) else ""
        self._auth = _auth_data(name, credentials)
        self._deadline = float("inf")
        self._target: UdpTransportTarget | Udp6TransportTarget | None = None

    def limit(self, seconds: float) -> None:
        """Deadline for all that is asked from now on."""
        self._deadline = asyncio.get_running_loop().time() + seconds

    async def get(self, oids: Sequence[bytes], context: str = "") -> dict[bytes, Value]:
        """Values by OID."""
        rows, problem = await self._ask(get_cmd, (), oids, context)
        if problem:
            words = "wrong user or password" if "digest" in problem or "user" in problem.lower() else problem
            kind = LoginRefusedError if words != problem else UnreachableError
            raise kind(
                self._name,
                f"SNMP at {self._address[0]}:{self._address[1]}: {words}",
                hint="check address, port, credentials and the agent's access list",
            )
        answered = dict(rows)
        return {oid: answered.get(oid) for oid in oids}

    async def walk(self, span: Span, context: str = "") -> Walked:
        """Rows of the span; what was read before a failure is kept."""
        loop = asyncio.get_running_loop()
        started, rows, cursor = loop.time(), list[Row](), span.columns[0]
        while True:
            try:
                found, problem = await self._ask(bulk_cmd, (0, _REPETITIONS), [cursor], context)
            except DeviceError as exc:
                found, problem = [], exc.problem
            for oid, value in found:
                if value is None or not oid.startswith(span.columns):
                    return Walked(Rows.of(rows), "", loop.time() - started)
                if not follows(cursor, oid):
                    return Walked(Rows.of(rows), "the agent's OIDs do not increase", loop.time() - started)
                rows.append((oid, value))
                cursor = oid
            if not found or len(rows) >= (span.most_rows or MAX_ROWS):
                problem = problem or ("too many rows" if found else "the agent answers without rows")
                return Walked(Rows.of(rows), problem, loop.time() - started)

    async def _ask(
        self, command: Any, sizes: tuple[int, ...], oids: Sequence[bytes], context: str
    ) -> tuple[list[Row], str]:
        remaining = self._deadline - asyncio.get_running_loop().time()
        if remaining <= 0:
            return [], "the deadline has passed"
        types = [ObjectType(ObjectIdentity(_numbers(oid))) for oid in oids]
        try:
            async with asyncio.timeout(min(remaining, 3600)):
                target = await self._reach()
                failed, status, _, bound = await command(
                    self._engine.engine,
                    self._name_in(context),
                    target,
                    ContextData(contextName=(context or self._context or self._default).encode()),
                    *sizes,
                    *types,
                    lookupMib=False,
                )
        except TimeoutError:
            return [], "the deadline has passed"
        except PySnmpError as exc:
            return [], " ".join(str(exc).split())
        if failed:
            return [], str(failed)
        if int(status):
            return [], f"the agent answers error {int(status)}"
        return [(encode_numbers(_flat(tuple(oid))), _value(value)) for oid, value in bound], ""

    def _name_in(self, context: str) -> CommunityData | UsmUserData:
        """v2c has no contexts of its own: another community stands for one."""
        if context and isinstance(self._credentials, Community):
            return _auth_data(self._name, Community(f"{self._credentials.name}@{context}"))
        return self._auth

    async def _reach(self) -> UdpTransportTarget | Udp6TransportTarget:
        if self._target is None:
            kind = Udp6TransportTarget if ":" in self._address[0] else UdpTransportTarget
            self._target = await kind.create(self._address, timeout=1, retries=3)
        return self._target


def _auth_data(name: str, credentials: Community | User) -> CommunityData | UsmUserData:
    if isinstance(credentials, Community):
        return CommunityData(credentials.name, mpModel=credentials.version - 1)
    auth, privacy = usm_protocols(name, credentials)
    return UsmUserData(
        credentials.name,
        credentials.auth_key or None,
        credentials.privacy_key or None,
        authProtocol=auth,
        privProtocol=privacy,
    )


def usm_protocols(name: str, user: User) -> tuple[Any, Any]:
    """(authentication, privacy) as pysnmp names them; raises UsageError for words that name none."""
    auth, privacy = _AUTH.get(user.auth), _PRIVACY.get(user.privacy)
    if auth is None or privacy is None:
        raise UsageError(f"{name}: unknown SNMPv3 protocol. use {', '.join(AUTH)} and {', '.join(PRIVACY)}")
    return auth, privacy


def _numbers(raw: bytes) -> tuple[int, ...]:
    first, *rest = decode_numbers(raw)
    top = min(first // 40, 2)
    return (top, first - 40 * top, *rest)


def _flat(numbers: tuple[int, ...]) -> tuple[int, ...]:
    return (numbers[0] * 40 + numbers[1], *numbers[2:])


def _value(value: Any) -> Value:
    if isinstance(value, ObjectIdentifier):
        return ObjectId(encode_numbers(_flat(tuple(value))))
    if isinstance(value, Null):  # noSuchObject, noSuchInstance and endOfMibView are made of it
        return None
    if isinstance(value, OctetString):  # IpAddress and Opaque are made of it
        return bytes(value.asOctets())
    return int(value) if isinstance(value, Integer) else None
