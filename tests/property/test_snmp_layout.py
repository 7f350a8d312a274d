"""A layout reads what ``read_rows`` reads, or says that it does not fit; whatever the bytes are."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.collect.snmp import ber
from agent.collect.snmp.ber import Row, encode_numbers, encode_tlv
from agent.collect.snmp.layout import FEWEST_ROWS, PATIENCE, Layouts, make_layout

QUESTION = ("", b"\x2b\x06")
ROOT = (43, 6, 1, 2, 1, 2, 2, 1)

Cell = tuple[int, bytes]
"""(type, bytes of the value)."""


def sized(tag: int, least: int, most: int) -> st.SearchStrategy[Cell]:
    return st.binary(min_size=least, max_size=most).map(lambda raw: (tag, raw))


cells = st.one_of(
    sized(0x02, 1, 9),
    sized(0x41, 1, 5),
    sized(0x46, 1, 9),
    sized(0x04, 0, 40),
    sized(0x04, 120, 200),
    sized(0x40, 4, 4),
    st.just((0x06, bytes.fromhex("2b0601"))),
    st.sampled_from((0x05, 0x80, 0x81, 0x82)).map(lambda tag: (tag, b"")),
)
tables = st.lists(cells, min_size=FEWEST_ROWS, max_size=60)


def write(table: list[Cell]) -> bytes:
    return b"".join(
        encode_tlv(0x30, encode_tlv(0x06, encode_numbers((*ROOT, 10, number + 1))) + encode_tlv(tag, raw))
        for number, (tag, raw) in enumerate(table)
    )


def read(bindings: bytes) -> list[Row] | None:
    try:
        return ber.read_rows(bindings, 0, len(bindings))
    except ber.BerError:
        return None


def typed(rows: list[Row]) -> list[tuple[bytes, object, type]]:
    return [(oid, value, type(value)) for oid, value in rows]


@settings(deadline=None)
@given(tables, st.data())
def test_other_values_of_the_same_length_are_read_alike(table: list[Cell], data: st.DataObject) -> None:
    bindings = write(table)
    rows = read(bindings)
    assert rows is not None
    layout = make_layout(bindings, rows, tuple(oid for oid, _ in rows))
    other = [
        (tag, raw if tag == 0x06 else data.draw(st.binary(min_size=len(raw), max_size=len(raw))))
        for tag, raw in table
    ]
    changed = write(other)
    slow, fast = read(changed), layout.read(changed)
    assert slow is not None
    if fast is None:  # odd sizes whose sign changed, and nine bytes, are read one by one
        odd = [(tag, len(raw)) for tag, raw in table if len(raw) == 9 or tag == 2]
        assert any(size in (3, 5, 6, 7, 9) for _, size in odd)
    else:
        assert typed(fast) == typed(slow)


@settings(deadline=None)
@given(tables, st.data())
def test_any_other_byte_is_noticed(table: list[Cell], data: st.DataObject) -> None:
    """Damaged bindings are read as ``read_rows`` reads them, or not at all."""
    bindings = write(table)
    rows = read(bindings)
    assert rows is not None
    layout = make_layout(bindings, rows, tuple(oid for oid, _ in rows))
    damaged = bytearray(bindings)
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    fast = layout.read(bytes(damaged))
    if fast is not None:
        slow = read(bytes(damaged))
        assert slow is not None
        assert typed(fast) == typed(slow)
    assert layout.read(bytes(damaged) + b"\x00") is None


@settings(deadline=None)
@given(st.lists(tables, min_size=2, max_size=5))
def test_what_is_remembered_never_changes_what_is_read(polls: list[list[Cell]]) -> None:
    """Poll after poll, with tables that grow, shrink and change: rows are those of ``read_rows``."""
    layouts = Layouts()
    for table in [poll for poll in polls for _ in range(PATIENCE)]:
        bindings = write(table)
        slow = read(bindings)
        assert slow is not None
        fast = layouts.read(QUESTION, bindings)
        if fast is None:
            fast = layouts.note(QUESTION, bindings, slow)
        assert typed(fast) == typed(slow)


def test_a_layout_is_made_when_the_same_question_is_answered_alike_twice() -> None:
    layouts, bindings = Layouts(), write([(0x41, bytes((number,))) for number in range(20)])
    rows = read(bindings)
    assert rows is not None
    for known in (False, False, True, True):
        found = layouts.read(QUESTION, bindings)
        assert (found is not None) is known
        if found is None:
            layouts.note(QUESTION, bindings, rows)


def test_bytes_that_change_places_are_noticed() -> None:
    """61 bytes apart: a sum modulo 2**61 - 1, as ``hash`` of an int is, stays the same. atheris found it."""
    table: list[Cell] = [(0x41, b"\x80\x00\x00\x00"), (0x02, b"\x80\x00\x00\x00")]
    table = [cell for tag, raw in table for cell in ((tag, raw), (0x04, b"x" * 25))] * FEWEST_ROWS
    bindings = write(table)
    rows = read(bindings)
    assert rows is not None
    layout = make_layout(bindings, rows, tuple(oid for oid, _ in rows))
    places = [at for at in range(len(bindings) - 61) if (bindings[at], bindings[at + 61]) == (0x41, 0x02)]
    assert places, "the rows are 61 bytes apart"
    swapped = bytearray(bindings)
    swapped[places[0]], swapped[places[0] + 61] = swapped[places[0] + 61], swapped[places[0]]
    assert typed(read(bytes(swapped)) or []) != typed(rows)
    assert layout.read(bytes(swapped)) is None
