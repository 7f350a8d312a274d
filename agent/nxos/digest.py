"""Digest of what a configuration means: equal for equal meaning, whatever the order and the headers."""

from __future__ import annotations

from hashlib import sha256

from agent.nxos.compare import canonical_text
from agent.nxos.read import read_text
from agent.nxos.section import Platform, Section


def digest_section(section: Section) -> str:
    """SHA-256, in hex, of the canonical form."""
    return sha256(canonical_text(section).encode()).hexdigest()


def digest_config(text: str, platform: Platform = "n9k") -> str:
    r"""SHA-256, in hex, of the meaning of a configuration.

    Headers, timestamps, lines that the switch writes by itself and re-hashed secrets do not count.

    >>> digest_config("!Time: now\nvlan 1,10\n") == digest_config("vlan 10\n")
    True
    """
    return digest_section(read_text(text, platform))
