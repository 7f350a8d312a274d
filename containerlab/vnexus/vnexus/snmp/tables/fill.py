"""Short ways to fill a row of a table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from vnexus.snmp.index import Part, Reader, Rows, column

CISCO = "1.3.6.1.4.1.9.9"
Values = Mapping[int, bytes | Reader]


@lru_cache(maxsize=2048)
def head(entry: str, number: int) -> Part:
    """The beginning of a column's OIDs."""
    return column(f"{entry}.{number}")


def fill(rows: Rows, entry: str, tail: Part, values: Values) -> None:
    """One row: values by the number of their column below ``entry``."""
    for number, value in values.items():
        rows.add(head(entry, number), tail, value)
