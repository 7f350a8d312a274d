"""What a device shows in the SNMP contexts of its VRFs: the same tables again, once per VRF.

NX-OS shows BGP, OSPF and multicast of a VRF in the context that is mapped to it (`snmp-server context`), and
nowhere else. Which those are, the device says itself (CISCO-CONTEXT-MAPPING-MIB).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from agent.collect.columns import Columns, Memo
from agent.collect.reading import read_text, split_index
from agent.collect.snmp.ber import Value
from agent.collect.straight import Families
from agent.collect.tables.table import Group

MAPPING = "cContextMappingVrfName"
MOST_CONTEXTS = 64
SILENT_SECONDS = 3600.0
"""A context that does not answer is left alone for so long."""


class Layer(Columns):
    """Columns of one context, over those that are the same in all."""

    def __init__(self, below: Columns, own: frozenset[str]) -> None:
        super().__init__()
        self._below, self._own = below, own

    def version(self, name: str) -> int:
        """As in ``Columns``, of the layer that holds the column."""
        return super().version(name) if name in self._own else self._below.version(name)

    def count(self, name: str) -> int:
        """As in ``Columns``."""
        return super().count(name) if name in self._own else self._below.count(name)

    def __getitem__(self, name: str) -> Mapping[bytes, Value]:
        return super().__getitem__(name) if name in self._own else self._below[name]


@dataclass(slots=True)
class Elsewhere:
    """What one context showed."""

    context: str
    vrf: str
    columns: Columns
    decoded: dict[str, Memo[Families]] = field(default_factory=dict)
    silent_until: float = 0.0


class Contexts:
    """The contexts of one device; keeps up with its mapping."""

    def __init__(self, groups: tuple[Group, ...], columns: Columns) -> None:
        self._columns = columns
        self._own = frozenset(
            column.name for group in groups if group.contexts for column in (*group.columns, *group.scalars)
        )
        self._known: dict[str, Elsewhere] = {}
        self._version = 0

    def all(self) -> tuple[Elsewhere, ...]:
        """Those of the last mapping, silent ones too."""
        if self._columns.version(MAPPING) != self._version:
            self._version = self._columns.version(MAPPING)
            found = dict(self._mapped())
            self._known = {
                context: known
                if (known := self._known.get(context)) is not None and known.vrf == vrf
                else Elsewhere(context, vrf, Layer(self._columns, self._own))
                for context, vrf in found.items()
            }
        return tuple(self._known.values())

    def _mapped(self) -> Iterator[tuple[str, str]]:
        vrfs: set[str] = set()
        for index, value in self._columns.get(MAPPING, {}).items():
            name, vrf = _context_name(split_index(index)), read_text(value)
            if name and vrf and vrf != "default" and vrf not in vrfs and len(vrfs) < MOST_CONTEXTS:
                vrfs.add(vrf)
                yield name, vrf


def _context_name(key: tuple[int, ...]) -> str:
    """Name in an index: its length, then its letters.

    >>> _context_name((4, 98, 108, 117, 101)), _context_name((9, 98)), _context_name((1, 300))
    ('blue', '', '')
    """
    if len(key) < 2 or key[0] != len(key) - 1:
        return ""
    try:
        return bytes(key[1:]).decode()
    except ValueError:
        return ""
