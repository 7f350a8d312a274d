"""Small talks over TCP and UDP with plain non-blocking sockets: say a line, read until it is enough."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from agent.collect.probes.outcome import ProbeError
from agent.intent.expectation import ExpectedProbe

READ_BYTES = 65_536
Enough = Callable[[bytes], bool]
"""Whether what was read so far is an answer; raises ProbeError when it never will be."""


async def connect_tcp(probe: ExpectedProbe) -> None:
    """The port takes a connection. Raises OSError."""
    (await _connected(probe, socket.SOCK_STREAM)).close()


async def talk(probe: ExpectedProbe, kind: socket.SocketKind, words: bytes, enough: Enough) -> None:
    """Say the words and read until it is enough; raises OSError, ProbeError."""
    loop = asyncio.get_running_loop()
    with await _connected(probe, kind) as sock:
        await loop.sock_sendall(sock, words)
        heard = b""
        while True:
            data = await loop.sock_recv(sock, READ_BYTES)
            if kind is socket.SOCK_DGRAM:
                heard = data
            else:
                heard += data
                if not data:
                    raise ProbeError("hung up")
            if enough(heard):
                return
            if len(heard) > READ_BYTES:
                raise ProbeError("answers too much")


async def _connected(probe: ExpectedProbe, kind: socket.SocketKind) -> socket.socket:
    family = socket.AF_INET6 if ":" in probe.address else socket.AF_INET
    sock = socket.socket(family, kind)
    try:
        sock.setblocking(False)
        await asyncio.get_running_loop().sock_connect(sock, (probe.address, probe.at))
    except BaseException:
        sock.close()
        raise
    return sock


async def ask_rtsp(probe: ExpectedProbe) -> None:
    """OPTIONS (RFC 2326 §10.1); a camera that wants a password first lives too."""
    host = f"[{probe.address}]" if ":" in probe.address else probe.address
    words = f"OPTIONS rtsp://{host}:{probe.at}{probe.path} RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: moulin\r\n\r\n"

    def enough(heard: bytes) -> bool:
        return b"\r\n\r\n" in heard and _check_status(heard, b"RTSP/1.0 ", (200, 401))

    await talk(probe, socket.SOCK_STREAM, words.encode(), enough)


async def ask_sip(probe: ExpectedProbe, token: str) -> None:
    """OPTIONS over UDP (RFC 3261 §11); any final answer is a sign of life. ``token`` is unlike others."""
    words = (
        f"OPTIONS sip:{probe.address} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP moulin.invalid;rport;branch=z9hG4bK{token}\r\n"
        f"Max-Forwards: 5\r\nFrom: <sip:moulin@moulin.invalid>;tag={token}\r\nTo: <sip:{probe.address}>\r\n"
        f"Call-ID: {token}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n"
    )

    def enough(heard: bytes) -> bool:
        if token.encode() not in heard or heard.startswith(b"SIP/2.0 1"):
            return False
        return _check_status(heard, b"SIP/2.0 ", range(200, 700))

    await talk(probe, socket.SOCK_DGRAM, words.encode(), enough)


async def ask_echo(probe: ExpectedProbe, token: str) -> None:
    """The datagram comes back (RFC 862)."""
    words = token.encode()
    await talk(probe, socket.SOCK_DGRAM, words, lambda heard: heard == words)


def _check_status(heard: bytes, protocol: bytes, wanted: tuple[int, ...] | range) -> bool:
    line = heard.split(b"\r\n", 1)[0]
    code = line[len(protocol) : len(protocol) + 3]
    if not line.startswith(protocol) or not code.isdigit():
        raise ProbeError(f"does not speak {protocol.decode().strip()}")
    if int(code) not in wanted:
        raise ProbeError(f"answers {code.decode()}")
    return True
