"""Rows of a walk to their columns: by place where the same rows come again."""

from __future__ import annotations

from agent.collect.snmp.backend import Span
from agent.collect.snmp.rows import Rows
from agent.collect.sorter import Sorter
from agent.collect.tables.table import Column, Group

GROUP = Group("g", columns=(Column("one", b"\x01"), Column("two", b"\x02"), Column("three", b"\x03")))
SPAN = Span("g", (b"\x01", b"\x02", b"\x03"))


def test_rows_go_to_their_columns() -> None:
    sorter, oids = Sorter(), (b"\x01\x01", b"\x01\x02", b"\x03\x01")
    for first in (7, 8):
        assert sorter.sort(GROUP, SPAN, Rows(oids, [first, 1, 2])) == {
            "one": [(b"\x01\x01", first), (b"\x01\x02", 1)],
            "two": [],
            "three": [(b"\x03\x01", 2)],
        }
    again = sorter.sort(GROUP, SPAN, Rows((b"\x02\x01",), [5]))
    assert (len(again["one"]), again["two"], len(again["three"])) == (0, [(b"\x02\x01", 5)], 0)


def test_devices_with_the_same_rows_have_the_same_oids() -> None:
    oids = (b"\x01\x01", b"\x02\x01")
    one, two = (Sorter().sort(GROUP, SPAN, Rows(oids, [1, 2])) for _ in range(2))
    assert one["one"].oids is two["one"].oids
    other = Group("g", columns=tuple(Column(f"other-{one.name}", one.oid) for one in GROUP.columns))
    assert set(Sorter().sort(other, SPAN, Rows(oids, [1, 2]))) == {"other-one", "other-two", "other-three"}
