"""Secrets of a configuration are hidden before a line is shown, logged or kept in clear."""

from __future__ import annotations

import re

HIDDEN = "<hidden>"
_SECRETS = tuple(
    re.compile(rf"(\b{before} )(?:{secret})")
    for before, secret in (
        ("password", r"(?:\d )?(?!strength-check)\S+"),
        ("passphrase", r"(?!lifetime|warntime|gracetime)(?:\d )?\S+"),
        ("snmp-server community", r"\S+"),
        (r"snmp-server host .*version 2c", r"\S+"),
        (r"auth (?:md5|sha(?:-\d+)?)", r"\S+"),
        (r"priv(?: aes-\d+| des)?", r"(?!aes-|des )\S+"),
        (r"(?:tacacs|radius)-server(?: host \S+.*)? key", r"(?:\d )?\S+"),
        (r"authentication (?:text|md5 key-string)", r"\S+"),
        (r"authentication-key", r"(?:\d )?\S+"),
        (r"message-digest-key \d+ md5", r"(?:\d )?\S+"),
        (r"key-string", r"(?:\d )?\S+"),
        (r"rmon event \d+ log trap", r"\S+"),
    )
)

_MAYBE = re.compile(r"password|passphrase|snmp-server|auth|priv|key|md5|rmon")
"""Some word of this stands on every line with a secret; most lines have none."""


def mask_line(line: str) -> str:
    """The line with every secret replaced.

    >>> mask_line("snmp-server community s3cret group network-operator")
    'snmp-server community <hidden> group network-operator'
    >>> mask_line("    password 3 a667d47acc18ea6b")
    '    password <hidden>'
    """
    if _MAYBE.search(line) is None:
        return line
    for pattern in _SECRETS:
        line = pattern.sub(rf"\1{HIDDEN}", line)
    return line


def mask_text(text: str) -> str:
    """A whole text, line by line."""
    return "\n".join(mask_line(line) for line in text.split("\n"))
