"""HTTP and HTTPS: status, text in the body, and the age of the certificate."""

from __future__ import annotations

import asyncio
import ssl
from functools import lru_cache

import h11
from cryptography import x509

from agent.collect.probes.outcome import ProbeError
from agent.intent.expectation import ExpectedProbe

READ_BYTES = 65_536
"""So much of a body is looked at."""


async def ask_web(probe: ExpectedProbe) -> float | None:
    """GET the path; when the certificate expires, None without TLS.

    Raises OSError (``ssl.SSLError`` among them), ProbeError.
    """
    secure = probe.method == "https"
    reader, writer = await asyncio.open_connection(
        probe.address,
        probe.at,
        ssl=tls_context(verify=probe.verify) if secure else None,
        server_hostname=(probe.name or probe.address) if secure else None,
        limit=READ_BYTES,
    )
    try:
        expiry = _expiry(writer) if secure else None
        try:
            await _get(probe, reader, writer)
        except ProbeError as exc:
            raise ProbeError(str(exc), expiry) from exc
    finally:
        writer.transport.abort()
    return expiry


async def _get(probe: ExpectedProbe, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    link = h11.Connection(our_role=h11.CLIENT)
    host = probe.name or (f"[{probe.address}]" if ":" in probe.address else probe.address)
    headers = [("Host", host), ("User-Agent", "moulin"), ("Connection", "close")]
    writer.write(link.send(h11.Request(method="GET", target=probe.path, headers=headers)) or b"")
    writer.write(link.send(h11.EndOfMessage()) or b"")
    await writer.drain()
    body = b""
    try:
        while True:
            event = link.next_event()
            if event is h11.NEED_DATA:
                link.receive_data(await reader.read(READ_BYTES))
            elif isinstance(event, h11.Response):
                _judge_status(probe, event.status_code)
            elif isinstance(event, h11.Data):
                body += event.data
            if isinstance(event, h11.EndOfMessage | h11.ConnectionClosed) or len(body) > READ_BYTES:
                break
            if not probe.match and isinstance(event, h11.Response):
                return
    except h11.RemoteProtocolError as exc:
        raise ProbeError("does not speak HTTP") from exc
    if probe.match and probe.match.encode() not in body:
        raise ProbeError(f"the page does not say {probe.match!r}")


def _judge_status(probe: ExpectedProbe, code: int) -> None:
    if code not in probe.status if probe.status else not 200 <= code < 400:
        raise ProbeError(f"answers {code}")


def _expiry(writer: asyncio.StreamWriter) -> float | None:
    tls = writer.get_extra_info("ssl_object")
    shown = tls.getpeercert(binary_form=True) if tls is not None else None
    if not shown:
        return None
    try:
        return x509.load_der_x509_certificate(shown).not_valid_after_utc.timestamp()
    except ValueError:
        return None


@lru_cache(maxsize=2)
def tls_context(*, verify: bool) -> ssl.SSLContext:
    """TLS 1.2 and later. Without ``verify`` any certificate will do: a probe sends nothing of worth."""
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
