"""Who typed which configuration line: what ``show accounting log`` remembers."""

from __future__ import annotations

import re
from dataclasses import dataclass

KEPT = 1000
"""Lines that a switch remembers."""
_SECRET = re.compile(
    r"\b(password(?: \d)?|key(?:-string)?(?: \d)?|md5(?: \d)?|community|auth \S+|priv(?: aes-\d+)?|sshkey)"
    r" (\S.*)",
    re.IGNORECASE,
)


def mask(line: str) -> str:
    """What stands behind a word that announces a secret becomes stars.

    >>> mask("username eve password 0 hush role network-admin"), mask("vlan 10")
    ('username eve password 0 ********', 'vlan 10')
    """
    return _SECRET.sub(r"\1 ********", line)


@dataclass(frozen=True, slots=True)
class Accounted:
    """``line`` is the terminal, ``result`` is ``SUCCESS`` or ``FAILURE``."""

    at: float
    user: str
    line: str
    command: str
    result: str
