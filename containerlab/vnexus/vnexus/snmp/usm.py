"""The user-based security model: users, digests, ciphers (RFC 3414, RFC 3826, RFC 7860)."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.decrepit.ciphers.modes import CFB
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from vnexus.config.snmpkeys import AUTH, PRIV_BYTES, engine_of, read_user

_DES_BLOCK = 8


class Level(IntEnum):
    """Security levels in the order of their strength."""

    NO_AUTH = 0
    AUTH = 1
    PRIV = 2


class PrivacyError(ValueError):
    """Bytes that cannot be decrypted."""


@dataclass(frozen=True, slots=True)
class User:
    """Keys are localized to the node's engine; empty strings and keys where the user has none."""

    name: bytes
    auth: str = ""
    auth_key: bytes = b""
    priv: str = ""
    priv_key: bytes = b""

    @property
    def level(self) -> Level:
        """The strongest the user can speak."""
        return Level.PRIV if self.priv else Level.AUTH if self.auth else Level.NO_AUTH

    def digest(self, message: bytes) -> bytes:
        """What authenticates the whole message, its own place filled with zeros."""
        kind = AUTH[self.auth]
        return hmac.digest(self.auth_key, message, kind.make)[: kind.sent_bytes]


def read_users(lines: Iterable[str], *, remote: bool = False) -> dict[bytes, User]:
    """Users of a running configuration by name; lines with keys of the wrong length make no user.

    ``remote``: those with keys for another engine instead.
    """
    found: dict[bytes, User] = {}
    for line in lines:
        if not line.startswith("snmp-server user ") or bool(engine_of(line)) is not remote:
            continue
        name, _, value = line.removeprefix("snmp-server user ").partition(" ")
        user = _user(name.encode(), value)
        if user is not None:
            found[user.name] = user
    return found


def _user(name: bytes, value: str) -> User | None:
    try:
        said = read_user(value)
        auth_key, priv_key = (bytes.fromhex(key.removeprefix("0x")) for key in (said.auth_key, said.priv_key))
    except ValueError:
        return None
    if said.auth and len(auth_key) != AUTH[said.auth].key_bytes:
        return None
    if said.priv and len(priv_key) < PRIV_BYTES[said.priv]:
        return None
    return User(name, said.auth, auth_key, said.priv, priv_key[: PRIV_BYTES.get(said.priv, 0)])


@dataclass(frozen=True, slots=True)
class Moment:
    """The engine's own time."""

    boots: int
    seconds: int

    def bytes(self) -> bytes:
        return self.boots.to_bytes(4) + self.seconds.to_bytes(4)


def encrypt(user: User, data: bytes, at: Moment, salt: int) -> tuple[bytes, bytes]:
    """(encrypted, privacy parameters); ``salt`` must never repeat at this engine."""
    if user.priv == "des":
        sent = at.boots.to_bytes(4) + (salt & 0xFFFFFFFF).to_bytes(4)
        data += bytes(-len(data) % _DES_BLOCK)
    else:
        sent = salt.to_bytes(8)
    context = _cipher(user, sent, at).encryptor()
    return context.update(data) + context.finalize(), sent


def decrypt(user: User, data: bytes, at: Moment, sent: bytes) -> bytes:
    """The contents; with DES perhaps padded. Raises PrivacyError."""
    if len(sent) != _DES_BLOCK or not data or (user.priv == "des" and len(data) % _DES_BLOCK):
        raise PrivacyError("not encrypted as the user's cipher does")
    context = _cipher(user, sent, at).decryptor()
    return context.update(data) + context.finalize()


def _cipher(user: User, sent: bytes, at: Moment) -> Cipher[CBC] | Cipher[CFB]:
    if user.priv == "des":
        key, pre = user.priv_key[:8], user.priv_key[8:16]
        vector = bytes(a ^ b for a, b in zip(pre, sent, strict=True))
        return Cipher(TripleDES(key * 3), CBC(vector))
    return Cipher(AES(user.priv_key), CFB(at.bytes() + sent))
