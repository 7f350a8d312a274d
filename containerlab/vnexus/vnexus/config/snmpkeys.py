"""Keys of SNMPv3 users: from passwords to the localized form that is kept (RFC 3414 A.2, RFC 7860).

Privacy keys longer than the digest are lengthened as Cisco does it (draft-reeder-snmpv3-usm-3desede-00).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_STREAM_BYTES = 1_048_576


@dataclass(frozen=True, slots=True)
class Digest:
    """``key_bytes`` is the length of a key, ``sent_bytes`` what of the HMAC is sent."""

    make: Callable[..., Any]
    key_bytes: int
    sent_bytes: int


AUTH = {
    "md5": Digest(hashlib.md5, 16, 12),
    "sha": Digest(hashlib.sha1, 20, 12),
    "sha-224": Digest(hashlib.sha224, 28, 16),
    "sha-256": Digest(hashlib.sha256, 32, 24),
    "sha-384": Digest(hashlib.sha384, 48, 32),
    "sha-512": Digest(hashlib.sha512, 64, 48),
}
PRIV_BYTES = {"des": 16, "aes-128": 16, "aes-192": 24, "aes-256": 32}
LOCALIZED = ("localizedkey", "localizedV2key")


@lru_cache(maxsize=1024)
def _stretched(auth: str, secret: bytes) -> bytes:
    """Digest of a megabyte of the password, again and again; no password at all counts as a zero byte."""
    secret = secret or b"\0"
    stream = (secret * (_STREAM_BYTES // len(secret) + 1))[:_STREAM_BYTES]
    return bytes(AUTH[auth].make(stream).digest())


def localized(auth: str, password: str, engine: bytes) -> bytes:
    r"""The key of a user at one engine.

    >>> localized("md5", "maplesyrup", bytes(11) + b"\x02").hex()
    '526f5eed9fcce26f8964c2930787d82b'
    """
    key = _stretched(auth, password.encode())
    return bytes(AUTH[auth].make(key + engine + key).digest())


def private_key(auth: str, password: str, priv: str, engine: bytes) -> bytes:
    """The privacy key of a user at one engine, as long as the cipher needs it."""
    key = localized(auth, password, engine)
    more = key
    while len(key) < PRIV_BYTES[priv]:
        stretched = _stretched(auth, more)
        more = bytes(AUTH[auth].make(stretched + engine + stretched).digest())
        key += more
    return key[: PRIV_BYTES[priv]]


@dataclass(frozen=True, slots=True)
class UserLine:
    """``[GROUP] [auth A KEY [priv [P] KEY]] [localizedkey]`` in parts; keys as they are written."""

    group: str = ""
    auth: str = ""
    auth_key: str = ""
    priv: str = ""
    priv_key: str = ""
    form: str = ""
    """``localizedkey`` or ``localizedV2key`` for keys that are localized already."""
    rest: tuple[str, ...] = ()


def read_user(value: str) -> UserLine:
    """What stands after ``snmp-server user NAME``. Raises ValueError, one line that says what is wrong."""
    words = value.split()
    group = words.pop(0) if words and words[0] not in {"auth", *LOCALIZED} else ""
    auth = auth_key = priv = priv_key = form = ""
    if words[:1] == ["auth"]:
        if len(words) < 3 or words[1] not in AUTH:
            raise ValueError(f"auth needs one of {', '.join(AUTH)} and a key")
        auth, auth_key, words = words[1], words[2], words[3:]
        if words[:1] == ["priv"]:
            named = words[1:2] and words[1] in PRIV_BYTES
            priv = words[1] if named else "des"
            words = words[2 if named else 1 :]
            if not words:
                raise ValueError("priv needs a key")
            priv_key = words.pop(0)
    if words and words[0] in LOCALIZED:
        form = words.pop(0)
    return UserLine(group, auth, auth_key, priv, priv_key, form, tuple(words))


def localized_line(value: str, engine: bytes) -> str:
    """The line as the switch keeps it: keys in clear become ``0x…``; a localized line stays as it is.

    Raises ValueError for a line that cannot be understood.
    """
    user = read_user(value)
    if not user.auth or user.form:
        return value
    engine = engine_of(value) or engine
    words = [user.group] if user.group else []
    words += ["auth", user.auth, "0x" + localized(user.auth, _clear(user.auth_key), engine).hex()]
    if user.priv:
        key = private_key(user.auth, _clear(user.priv_key), user.priv, engine)
        words += ["priv", *([user.priv] if user.priv != "des" else []), "0x" + key.hex()]
    return " ".join([*words, LOCALIZED[0], *user.rest])


def engine_of(line: str) -> bytes:
    """The other engine that a user's line is for; empty for a user of the switch itself.

    >>> engine_of("noc auth sha K engineID 128:0:0:9:3").hex()
    '8000000903'
    """
    words = line.split()
    if "engineID" not in words[:-1]:
        return b""
    parts = words[words.index("engineID") + 1].split(":")
    return bytes(int(part) for part in parts) if all(p.isdecimal() and int(p) < 256 for p in parts) else b""


def _clear(key: str) -> str:
    text = key.strip('"')
    if not text:
        raise ValueError("the key is empty")
    return text
