"""The seam to an SNMP agent: get OIDs, walk columns. Adapters: ``own.py`` and ``pysnmp_backend.py``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agent.collect.snmp.ber import Value, encode_oid
from agent.collect.snmp.credentials import Community, User, read_credentials
from agent.collect.snmp.rows import Rows

__all__ = ["MAX_ROWS", "Backend", "Community", "Span", "User", "Walked", "read_credentials"]

MAX_ROWS = 50_000
"""Rows of one walk; an agent that has more is cut there, and the table is labelled as partial."""


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring columns of a table, walked in one go."""

    table: str
    columns: tuple[bytes, ...]
    """Raw OIDs of the columns, rising."""
    most_rows: int = 0
    """Rows after which the walk is cut; 0 is MAX_ROWS."""

    @classmethod
    def of(cls, table: str, *oids: str) -> Span:
        """Span of dotted column OIDs."""
        return cls(table, tuple(encode_oid(oid) for oid in oids))


@dataclass(frozen=True, slots=True)
class Walked:
    """What a walk brought. ``problem`` is empty when the span was read to its end."""

    rows: Rows
    problem: str = ""
    seconds: float = 0.0


class Backend(Protocol):
    """One SNMP agent. Errors leave as DeviceError; a walk keeps what it has got and says what went wrong.

    ``context`` is the SNMPv3 context (``vlan-10``, the context of a VRF); in v2c the agent is asked under
    ``community@context``. Empty is the context of the credentials, which is the default one as a rule.
    """

    def limit(self, seconds: float) -> None:
        """Everything that is asked from now on ends within so many seconds."""

    async def get(self, oids: Sequence[bytes], context: str = "") -> dict[bytes, Value]:
        """Values by OID, None where the agent has none. Raises UnreachableError when no answer comes."""

    async def walk(self, span: Span, context: str = "") -> Walked:
        """Rows of the span in MIB order. Never raises for what the agent does."""
