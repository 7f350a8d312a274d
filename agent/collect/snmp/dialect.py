"""What an agent speaks: v1 and v2c under a community, or v3 with a user (``session.py``)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from agent.collect.snmp.request import write_bulk, write_get, write_next


class Dialect(Protocol):
    """Writes whole messages. ``context`` is empty for the default one."""

    def ask_rows(self, context: str, request_id: int, oid: bytes, repetitions: int) -> bytes:
        """Message that asks for the rows behind an OID."""

    def ask_values(self, context: str, request_id: int, oids: Sequence[bytes]) -> bytes:
        """Message that asks for the values of some OIDs."""


@dataclass(frozen=True, slots=True)
class CommunityDialect:
    """v2c, or v1 with one GetNext per row."""

    community: bytes
    version: Literal[1, 2] = 2

    def name_in(self, context: str) -> bytes:
        """The community under which a context is asked for."""
        return b"%b@%b" % (self.community, context.encode()) if context else self.community

    def ask_rows(self, context: str, request_id: int, oid: bytes, repetitions: int) -> bytes:
        """GetBulk, or in v1 GetNext."""
        if self.version == 1:
            return write_next(self.name_in(context), request_id, oid)
        return write_bulk(self.name_in(context), request_id, oid, repetitions)

    def ask_values(self, context: str, request_id: int, oids: Sequence[bytes]) -> bytes:
        """Get."""
        return write_get(self.name_in(context), request_id, oids, version=self.version - 1)
