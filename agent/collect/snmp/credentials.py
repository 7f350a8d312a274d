"""With what an agent is asked, read from one secret string."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from agent.collect.snmp.keys import AUTH, LEAST_PASSWORD, PRIVACY, name_protocol
from agent.errors import UsageError

_LEVELS = {"noauthnopriv": 0, "authnopriv": 1, "authpriv": 2}
_FORM = (
    "an SNMPv3 secret is 'v3 USER [AUTH PASSWORD [PRIVACY PASSWORD]] [level LEVEL] [context NAME]', "
    f"AUTH one of {', '.join(AUTH)}, PRIVACY one of {', '.join(PRIVACY)}"
)


@dataclass(frozen=True, slots=True)
class Community:
    """SNMP v2c, or v1."""

    name: str
    version: Literal[1, 2] = 2

    def __repr__(self) -> str:
        return "Community(…)"


@dataclass(frozen=True, slots=True)
class User:
    """SNMP v3 (RFC 3414): without ``privacy`` authNoPriv, without ``auth`` noAuthNoPriv."""

    name: str
    auth: str = ""
    """Word of ``keys.AUTH``."""
    auth_key: str = ""
    privacy: str = ""
    """Word of ``keys.PRIVACY``."""
    privacy_key: str = ""
    context: str = ""
    """The context of all that is asked without naming another."""

    def __repr__(self) -> str:
        return f"User({self.name}, …)"


def read_credentials(secret: str) -> Community | User:
    """Credentials of a secret: a community; ``v1 COMMUNITY``; or of SNMPv3
    ``v3 USER [AUTH PASSWORD [PRIVACY PASSWORD]] [level LEVEL] [context NAME]``.

    Raises UsageError without a word of the secret in it.

    >>> read_credentials("v3 moulin sha256 correct-horse aes128 battery-staple").name
    'moulin'
    >>> read_credentials("v3 moulin sha-512 correct-horse context vrf-cctv").context
    'vrf-cctv'
    """
    if secret.startswith("v1 "):
        return Community(secret.removeprefix("v1 ").strip(), version=1)
    if not secret.startswith("v3 "):
        return Community(secret)
    words = secret.split()[1:]
    options: dict[str, str] = {}
    while len(words) > 2 and len(words) % 2 and words[-2] in ("level", "context"):
        options[words[-2]] = words[-1]
        del words[-2:]
    if len(words) not in (1, 3, 5):
        raise UsageError(f"{_FORM}. correct it")
    user = _read_user(words, options.get("context", ""))
    return _lower(user, options["level"]) if "level" in options else user


def _read_user(words: list[str], context: str) -> User:
    name, auth, auth_key, privacy, privacy_key = [*words, "", "", "", ""][:5]
    user = User(name, name_protocol(auth), auth_key, name_protocol(privacy), privacy_key, context)
    if (auth and user.auth not in AUTH) or (privacy and user.privacy not in PRIVACY):
        raise UsageError(f"unknown SNMPv3 protocol: {_FORM}. correct it")
    if any(key and len(key) < LEAST_PASSWORD for key in (auth_key, privacy_key)):
        raise UsageError(
            f"an SNMPv3 password has {LEAST_PASSWORD} letters or more. agents refuse shorter ones"
        )
    return user


def _lower(user: User, level: str) -> User:
    wanted = _LEVELS.get(level.lower())
    if wanted is None or wanted > bool(user.auth) + bool(user.privacy):
        raise UsageError(
            f"an SNMPv3 level is one of {', '.join(_LEVELS)} and needs its passwords. correct it"
        )
    if wanted < 2:
        user = replace(user, privacy="", privacy_key="")
    return replace(user, auth="", auth_key="") if wanted == 0 else user
