"""Keys of SNMPv3 users: from a password to the key at one engine (RFC 3414 A.2, RFC 7860, key extensions).

A password is stretched to a megabyte once and remembered; what is made of it for each engine is remembered
too, so that a poll of a known agent computes no key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

_STREAM_BYTES = 1 << 20
LEAST_PASSWORD = 8
"""Letters that a password must have (RFC 3414 §11.2); agents refuse shorter ones too."""


@dataclass(frozen=True, slots=True)
class Digest:
    """An authentication protocol."""

    algorithm: str
    """Name in ``hashlib``."""
    sent_bytes: int
    """What of the HMAC is sent (RFC 3414 §6.3.1, §7.3.1, RFC 7860 §4.2)."""


@dataclass(frozen=True, slots=True)
class Cipher:
    """A privacy protocol. ``extension``: how a key grows beyond its digest, ``reeder`` or ``blumenthal``."""

    name: str
    key_bytes: int
    extension: str = "reeder"


AUTH: Mapping[str, Digest] = {
    "md5": Digest("md5", 12),
    "sha": Digest("sha1", 12),
    "sha224": Digest("sha224", 16),
    "sha256": Digest("sha256", 24),
    "sha384": Digest("sha384", 32),
    "sha512": Digest("sha512", 48),
}
PRIVACY: Mapping[str, Cipher] = {
    "des": Cipher("des", 16),
    "aes": Cipher("aes", 16),
    "aes192": Cipher("aes", 24),
    "aes256": Cipher("aes", 32),
    "aes192b": Cipher("aes", 24, "blumenthal"),
    "aes256b": Cipher("aes", 32, "blumenthal"),
}
_OTHER_NAMES: Mapping[str, str] = {
    "sha1": "sha",
    "aes128": "aes",
    "aes192c": "aes192",
    "aes256c": "aes256",
    "aes192blumenthal": "aes192b",
    "aes256blumenthal": "aes256b",
}


def name_protocol(word: str) -> str:
    """The word of ``AUTH`` or ``PRIVACY`` for what a person writes, which need not be in either.

    >>> name_protocol("SHA-256"), name_protocol("AES-256-C"), name_protocol("rot13")
    ('sha256', 'aes256', 'rot13')
    """
    plain = word.lower().replace("-", "").replace("_", "")
    return _OTHER_NAMES.get(plain, plain)


@lru_cache(maxsize=256)
def stretch(algorithm: str, password: bytes) -> bytes:
    """Digest of a megabyte of the password, again and again: the user's key before any engine (Ku)."""
    stream = (password * (_STREAM_BYTES // len(password) + 1))[:_STREAM_BYTES]
    return hashlib.new(algorithm, stream).digest()


@lru_cache(maxsize=65_536)
def localize(algorithm: str, password: bytes, engine: bytes) -> bytes:
    r"""The user's key at one engine (Kul).

    >>> localize("md5", b"maplesyrup", bytes(11) + b"\x02").hex()
    '526f5eed9fcce26f8964c2930787d82b'
    """
    key = stretch(algorithm, password)
    return hashlib.new(algorithm, key + engine + key).digest()


@lru_cache(maxsize=65_536)
def localize_privacy(algorithm: str, password: bytes, engine: bytes, cipher: Cipher) -> bytes:
    """The privacy key at one engine; one longer than the digest is extended as the cipher says.

    ``reeder`` (draft-reeder-snmpv3-usm-3desede-00 §2.1, what Cisco does) makes a new key with the last part
    as password; ``blumenthal`` (draft-blumenthal-aes-usm-04 §3.1.2.1) appends the digest of all so far.
    """
    key = part = localize(algorithm, password, engine)
    while len(key) < cipher.key_bytes:
        if cipher.extension == "reeder":
            part = localize(algorithm, part, engine)
        else:
            part = hashlib.new(algorithm, key).digest()
        key += part
    return key[: cipher.key_bytes]
