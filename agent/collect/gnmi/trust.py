"""Which certificate a switch may show: one signed by an authority, or the very key that was pinned.

A Nexus without a trustpoint makes its own certificate, valid for a day. Pinned is the public key, so that a
renewed certificate with the same key is still the switch. gRPC itself then verifies the handshake against
the certificate that was looked at: nobody else can take part in it without the key.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import ssl
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

import grpc
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from agent.errors import LoginRefusedError, StoreError, UnreachableError, UsageError

TrustMode = Literal["pin", "ca", "anything"]


@dataclass(frozen=True, slots=True)
class Trust:
    """How certificates are judged."""

    mode: TrustMode = "pin"
    known: Path = Path("known_certificates")
    """Pinned keys, one ``HOST:PORT SHA256:…`` a line."""
    authority: Path | None = None
    """PEM file of the authorities, for ``ca``; None is the system's."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate that a switch showed."""

    pem: bytes
    name: str
    """A name that it is valid for."""
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Door:
    """Where a switch listens."""

    device: str
    host: str
    port: int

    @property
    def place(self) -> str:
        """As the file of pins names it."""
        return f"{self.host}:{self.port}"


async def fetch_certificate(door: Door, seconds: float) -> Shown:
    """What the switch shows now, unjudged. Raises UnreachableError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(door.host, door.port, ssl=context)
            try:
                tls = writer.get_extra_info("ssl_object")
                der = tls.getpeercert(binary_form=True)
            finally:
                writer.transport.abort()
    except (OSError, TimeoutError) as exc:
        raise UnreachableError(
            door.device, f"no gNMI on {door.place}", hint="check 'feature grpc' and the port in the inventory"
        ) from exc
    try:
        return read_certificate(der)
    except ValueError as exc:
        raise UnreachableError(
            door.device, f"no readable certificate on {door.place}", hint="check 'show grpc gnmi'"
        ) from exc


def read_certificate(der: bytes) -> Shown:
    """A certificate in DER. Raises ValueError."""
    certificate = x509.load_der_x509_certificate(der)
    key = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Shown(
        certificate.public_bytes(Encoding.PEM), _name(certificate), f"SHA256:{sha256(key).hexdigest()}"
    )


def _name(certificate: x509.Certificate) -> str:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        return str(found[0].value) if found else ""
    dns = names.get_values_for_type(x509.DNSName)
    return str(dns[0] if dns else next(iter(names.get_values_for_type(x509.IPAddress)), ""))


def read_pins(file: Path) -> dict[str, str]:
    """Fingerprint by place; none when there is no file. Raises StoreError."""
    try:
        text = file.read_text(encoding="utf-8") if file.exists() else ""
    except (OSError, UnicodeDecodeError) as exc:
        raise StoreError(f"{file}: cannot be read. check the state folder") from exc
    pairs = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


def pin_certificate(file: Path, door: Door, fingerprint: str) -> None:
    """Trust this key at this place, and no other. Raises StoreError."""
    pins = read_pins(file) | {door.place: fingerprint}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        fresh = file.with_suffix(".new")
        fresh.write_text("".join(f"{place} {pin}\n" for place, pin in sorted(pins.items())), encoding="utf-8")
        os.replace(fresh, file)  # noqa: PTH105 - one atomic rename
    except OSError as exc:
        raise StoreError(f"{file}: cannot be written ({exc.strerror}). check the state folder") from exc


async def judge(trust: Trust, door: Door, seconds: float) -> tuple[grpc.ChannelCredentials, str | None]:
    """Credentials for one connection, and the name that its certificate must bear when it is not the host.

    Raises UnreachableError, LoginRefusedError for a key that is not the pinned one, UsageError for an
    authority's file that cannot be read.
    """
    if trust.mode == "ca":
        try:
            roots = trust.authority.read_bytes() if trust.authority else None
        except OSError as exc:
            raise UsageError(
                f"{trust.authority}: cannot be read ({exc.strerror}). check MOULIN_GNMI_CA"
            ) from exc
        return grpc.ssl_channel_credentials(roots), None
    shown = await fetch_certificate(door, seconds)
    if trust.mode == "pin":
        pinned = read_pins(trust.known).get(door.place)
        if pinned is None or not hmac.compare_digest(pinned, shown.fingerprint):
            what = "is not known" if pinned is None else "has changed"
            raise LoginRefusedError(
                door.device,
                f"the key of its gNMI certificate {what} ({shown.fingerprint})",
                hint="compare it on the switch, then run 'moulin pin'",
            )
    return grpc.ssl_channel_credentials(shown.pem), shown.name or None
