"""Looking for signs: one device, in order, each look bounded in time."""

from __future__ import annotations

import asyncio
import socket
import statistics
import struct
import time
from typing import NamedTuple

from agent import metrics
from agent.collect.doctor.signs import Answer, Manners, Path, Whole
from agent.collect.explore.names import Names
from agent.collect.explore.values import show_value
from agent.collect.poll import Poll
from agent.collect.snmp.backend import Backend, User
from agent.collect.snmp.ber import Value, encode_oid
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.errors import DeviceError, LoginRefusedError, UnreachableError

FIRST_QUESTIONS = 4
QUESTIONS, QUESTIONS_SECONDS = 20, 4.0
PATIENCE_SECONDS = 2.0
_DESCRIPTION = encode_oid("1.3.6.1.2.1.1.1.0")
_UPTIME = encode_oid("1.3.6.1.2.1.1.3.0")
_BOOTS, _SECONDS = encode_oid("1.3.6.1.6.3.10.2.1.2.0"), encode_oid("1.3.6.1.6.3.10.2.1.3.0")
_NOBODY = User("moulin-doctor")
"""A user that no device has: whoever refuses it is an agent."""
_ECHO, _ECHO_REPLY, _ECHO_NUMBER = 8, 0, 0x6D6F
_ECHO_WORDS = b"moulin doctor"
_NO_NAMES = Names({}, {})


class Ping(NamedTuple):
    """What became of an echo request."""

    seconds: float | None = None
    """Round trip; None without an answer."""
    allowed: bool = True
    """Whether this machine lets us ask."""


async def look_at_path(host: str, port: int, tcp_ports: tuple[int, ...]) -> Path:
    """Name, ping, the UDP port, and whether any of the TCP ports answers."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except OSError:
        return Path("", f"the name {host} does not resolve")
    address = str(found[0][4][0])
    ping = await ping_once(address)
    tcp = await asyncio.gather(*(_connects(address, one) for one in tcp_ports))
    return Path(
        address,
        ping_seconds=ping.seconds,
        ping_allowed=ping.allowed,
        refused=await _is_refused(address, port),
        open_ports=tuple(one for one, opens in zip(tcp_ports, tcp, strict=True) if opens),
        closed_ports=tuple(one for one, opens in zip(tcp_ports, tcp, strict=True) if not opens),
    )


async def ping_once(address: str) -> Ping:
    """One ICMP echo, of IPv4."""
    loop = asyncio.get_running_loop()
    opened = _open_icmp()
    if opened is None:
        return Ping(allowed=False)
    sock, is_raw = opened
    with sock:
        sock.setblocking(False)
        try:
            sock.connect((address, 0))
            begun = time.monotonic()
            await loop.sock_sendall(sock, _echo())
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not _is_reply(await loop.sock_recv(sock, 1024), is_raw=is_raw):
                    pass
            return Ping(time.monotonic() - begun)
        except OSError:  # TimeoutError is one
            return Ping()


def _open_icmp() -> tuple[socket.socket, bool] | None:
    """A socket that may ping, and whether it is a raw one; None when this machine lets us have neither."""
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            return socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP), kind is socket.SOCK_RAW
        except OSError:
            continue
    return None


def _is_reply(data: bytes, *, is_raw: bool) -> bool:
    """A raw socket gives the IP header too, and hears our own question on loopback."""
    start = (data[0] & 0x0F) * 4 if is_raw and data else 0
    return data[start : start + 1] == bytes((_ECHO_REPLY,)) and data.endswith(_ECHO_WORDS)


def _echo() -> bytes:
    """An ICMP echo request (RFC 792). For a datagram socket, the kernel puts in identifier and checksum."""
    padded = _ECHO_WORDS + b"\0" * (len(_ECHO_WORDS) % 2)
    header = struct.pack(">BBHHH", _ECHO, 0, 0, _ECHO_NUMBER, 1)
    total = sum(struct.unpack(f">{len(header + padded) // 2}H", header + padded))
    total = (total >> 16) + (total & 0xFFFF)
    checksum = ~(total + (total >> 16)) & 0xFFFF
    return struct.pack(">BBHHH", _ECHO, 0, checksum, _ECHO_NUMBER, 1) + _ECHO_WORDS


async def _connects(address: str, port: int) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            _, writer = await asyncio.open_connection(address, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def _is_refused(address: str, port: int) -> bool:
    """Whether the host says by ICMP that nothing listens there; a closed port of a device that lives."""
    loop = asyncio.get_running_loop()
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        try:
            sock.connect((address, port))
            await loop.sock_sendall(sock, b"\x30\x00")
            async with asyncio.timeout(0.3):
                await loop.sock_recv(sock, 1024)
        except ConnectionRefusedError:
            return True
        except (OSError, TimeoutError):
            return False
    return False


async def look_at_answer(backend: Backend, engine: Engine, name: str, address: tuple[str, int]) -> Answer:
    """Who it is; where it is silent, whether an agent is there that tells its engine to strangers."""
    try:
        answered = await _ask_at_once(backend, [_DESCRIPTION, _BOOTS, _SECONDS])
    except UnreachableError as exc:
        return Answer(
            problem=exc.problem,
            hint=exc.hint,
            silent=True,
            speaks_v3=await _tells_its_engine(engine, name, address),
        )
    except DeviceError as exc:
        return Answer(problem=exc.problem, hint=exc.hint)
    return Answer(
        _short(answered[_DESCRIPTION]),
        engine_boots=_number(answered[_BOOTS]),
        engine_seconds=_number(answered[_SECONDS]),
    )


async def _ask_at_once(backend: Backend, oids: list[bytes]) -> dict[bytes, Value]:
    """The same question a few times at once: on a way that loses every third packet, one comes through."""
    asked = [asyncio.ensure_future(backend.get(oids)) for _ in range(FIRST_QUESTIONS)]
    try:
        for done in asyncio.as_completed(asked):
            try:
                return await done
            except UnreachableError:
                continue
        return await asked[0]
    finally:
        for task in asked:
            task.cancel()
        await asyncio.gather(*asked, return_exceptions=True)


def _short(value: Value) -> str:
    text = show_value(value, _NO_NAMES)
    return text[:100] or "answers, but does not say what it is"


def _number(value: Value) -> int | None:
    return value if isinstance(value, int) else None


async def _tells_its_engine(engine: Engine, name: str, address: tuple[str, int]) -> bool:
    """Engine discovery needs neither community nor user (RFC 3414 §4)."""
    stranger = OwnBackend(engine, name, address, _NOBODY)
    stranger.limit(PATIENCE_SECONDS * 1.5)
    try:
        await stranger.get([_DESCRIPTION])
    except LoginRefusedError:
        return True
    except DeviceError:
        return False
    return True


async def look_at_manners(backend: Backend, engine: Engine) -> Manners:
    """Twenty short questions, one after the other: what is lost and how long it takes."""
    loop = asyncio.get_running_loop()
    before, times = engine.counts.retransmitted, list[float]()
    for _ in range(QUESTIONS):
        begun = loop.time()
        try:
            await backend.get([_UPTIME])
        except DeviceError:
            break
        times.append(loop.time() - begun)
        if sum(times) > QUESTIONS_SECONDS:
            break
    lost = engine.counts.retransmitted - before
    return Manners(len(times), lost, statistics.median(times or [0.0]), max(times or [0.0]))


def read_whole(poll: Poll, *, secure: bool) -> Whole:
    """The outcome of one poll as signs."""
    families = poll.page.families
    clock = poll.page.value(metrics.NTP_SYNCHRONISED, poll.device)
    return Whole(
        seconds=poll.seconds,
        series=len(poll.page),
        ports=len(families.get(metrics.INTERFACE_UP.name, {})),
        platform=poll.platform,
        partial=poll.partial,
        problem=poll.problem,
        synchronised=None if clock is None else clock == 1,
        unseen_vrfs=not secure and bool(poll.page.value(metrics.SNMP_CONTEXTS, poll.device)),
    )
