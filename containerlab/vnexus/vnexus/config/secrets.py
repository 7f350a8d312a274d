"""Secrets are never kept as typed."""

from __future__ import annotations

import base64
import codecs
import hashlib

_SALT = "ABCDEFGHIJKLMNOP"
NO_PASSWORD = "!"  # noqa: S105 - stands where the hash of a password would
"""What the configuration says of a user without a password: he cannot log in here."""


def salt_of(seed: str) -> str:
    """Six letters, as NX-OS salts look; differs with the seed.

    >>> len(salt_of("a")), salt_of("a") == salt_of("b")
    (6, False)
    """
    digest = hashlib.sha256(seed.encode()).digest()
    return "".join(_SALT[byte % 16] for byte in digest[:6])


def hash_password(password: str, salt: str) -> str:
    """``$5$SALT$`` and 43 characters; only this switch can check it, so rounds are saved."""
    digest = hashlib.sha256(f"{salt}:{password}".encode()).digest()
    return f"$5${salt}${base64.b64encode(digest, b'./').decode().rstrip('=')}"


def check_password(password: str, hashed: str) -> bool:
    """True when the hash was made here from this password."""
    parts = hashed.split("$")
    return len(parts) == 4 and hash_password(password, parts[2]) == hashed


def encode_reversible(secret: str, kind: str) -> str:
    """The stored form of keys that the switch must read back: letters for type 7, hex for type 3.

    >>> encode_reversible("abc1", "7"), encode_reversible("abc", "3")
    ('nop1', '6b6869')
    """
    if kind == "7":
        return codecs.encode(secret, "rot13")
    return "".join(f"{byte ^ 0x0A:02x}" for byte in secret.encode())
