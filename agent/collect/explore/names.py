"""Names of MIB objects: those that table files declare, and a compact map of others (``names.yaml``)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

from agent.collect.snmp.ber import BerError, decode_oid, encode_oid
from agent.collect.tables.load import standard_tables
from agent.collect.tables.table import Tables
from agent.errors import UsageError

_NUMERIC = re.compile(r"\.?\d+(\.\d+)*$")


class _Map(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    roots: dict[str, str]
    scalars: dict[str, str]
    columns: dict[str, str]
    words: dict[str, dict[int, str]]


class Names:
    """OIDs by name and names by OID; dotted text on the outside."""

    def __init__(
        self,
        objects: Mapping[str, str],
        roots: Mapping[str, str],
        scalars: Iterable[str] = (),
        words: Mapping[str, Mapping[int, str]] | None = None,
    ) -> None:
        self._words = words or {}
        self._objects, self._roots = dict(objects), dict(roots)
        self._by_oid = {oid: name for name, oid in self._roots.items()} | {
            oid: name for name, oid in self._objects.items()
        }
        self._lower = {name.lower(): name for name in (*self._roots, *self._objects)}
        self._scalars = frozenset(scalars)

    def oid_of(self, text: str) -> str:
        """OID of a name, a name with an index, or a number; ``IF-MIB::`` before it does not matter.

        Raises UsageError with names that are like it.

        >>> Names({"ifName": "1.3.6.1.2.1.31.1.1.1.1"}, {}).oid_of("IF-MIB::ifName.7")
        '1.3.6.1.2.1.31.1.1.1.1.7'
        """
        text = text.strip().rpartition("::")[2]
        if _NUMERIC.match(text):
            return _checked(text.lstrip("."))
        name, dot, index = text.partition(".")
        known = self._lower.get(name.lower())
        if known is None:
            near = difflib.get_close_matches(name.lower(), self._lower, 3, 0.6)
            like = (
                f"names like it: {', '.join(self._lower[one] for one in near)}"
                if near
                else "see docs/metrics.md"
            )
            raise UsageError(f"no MIB object is known as {name!r}. give its number, or {like}")
        base = self._objects.get(known) or self._roots[known]
        if not dot:
            return base
        if not _NUMERIC.match(index):
            raise UsageError(f"{text}: an index is numbers with dots between. correct it")
        return _checked(f"{base}.{index}")

    def value_oid(self, text: str) -> str:
        """As ``oid_of``, for a Get: a scalar needs no ``.0``. Raises UsageError for a whole column."""
        name = text.strip().rpartition("::")[2]
        oid = self.oid_of(text)
        if _NUMERIC.match(name) or "." in name:
            return oid
        if self._lower[name.lower()] in self._scalars:
            return f"{oid}.0"
        raise UsageError(f"{name} has many values. give an index ({name}.7), or walk it: moulin snmp walk")

    def word(self, name: str, value: int) -> str:
        """Word of an enumerated value of an object; empty where none is known."""
        return self._words.get(name, {}).get(value, "")

    def describe(self, oid: str) -> str:
        """The longest name that an OID begins with, and the rest; the number where no object fits.

        >>> Names({"ifName": "1.3.6.1.2.1.31.1.1.1.1"}, {}).describe("1.3.6.1.2.1.31.1.1.1.1.7")
        'ifName.7'
        """
        begin = oid
        while "." in begin:
            name = self._by_oid.get(begin)
            if name is not None:
                return name + oid[len(begin) :]
            begin = begin.rpartition(".")[0]
        return oid


def _checked(oid: str) -> str:
    try:
        encode_oid(oid)
    except (BerError, ValueError) as exc:
        raise UsageError(f"{oid} is no object identifier ({exc}). correct it") from exc
    return oid


@lru_cache(maxsize=1)
def standard_names() -> Names:
    """The map that ships with Moulin, with the objects of its tables."""
    return names_of(standard_tables())


def names_of(tables: Tables) -> Names:
    """The map with the objects of these tables."""
    text = (files("agent.collect.explore") / "names.yaml").read_text(encoding="utf-8")
    read = _Map.model_validate(yaml.safe_load(text))
    columns = {column.name: decode_oid(column.oid) for group in tables.groups for column in group.columns}
    scalars = read.scalars | {
        column.name: decode_oid(column.oid).removesuffix(".0") for column in tables.scalars
    }
    return Names(read.columns | columns | scalars, read.roots, scalars, read.words)
