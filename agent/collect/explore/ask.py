"""Questions to one agent: some values, a subtree, a table. Bounded, and what came is kept when it breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from agent.collect.explore.names import Names
from agent.collect.explore.values import show_value
from agent.collect.reading import read_text
from agent.collect.snmp.backend import Backend, Span
from agent.collect.snmp.ber import Value, decode_numbers, decode_oid, encode_oid
from agent.collect.tables.load import join_columns
from agent.collect.tables.table import Group

_PORT_NAME = "1.3.6.1.2.1.31.1.1.1.1"
_FIRST_PORTS = 10_000


@dataclass(frozen=True, slots=True)
class Found:
    """One object of an agent."""

    oid: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A part of an agent's tree."""

    found: tuple[Found, ...]
    problem: str = ""
    """Why there is no more; empty at the end."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of an agent: the index, or the port that it is, and a cell per column."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    problem: str = ""


async def ask_values(backend: Backend, oids: Sequence[str], names: Names, context: str) -> Listing:
    """Values of these OIDs; those that the agent has not are told in the problem. Raises DeviceError."""
    answered = await backend.get([encode_oid(oid) for oid in oids], context)
    found = {decode_oid(oid): value for oid, value in answered.items() if value is not None}
    missing = [names.describe(oid) for oid in oids if oid not in found]
    return Listing(
        tuple(_found(oid, found[oid], names) for oid in oids if oid in found),
        f"the agent has no {', '.join(missing)}" if missing else "",
    )


def _found(oid: str, value: Value, names: Names) -> Found:
    name = names.describe(oid)
    return Found(oid, name, show_value(value, names, name.partition(".")[0]))


async def ask_tree(backend: Backend, oid: str, names: Names, most: int, context: str) -> Listing:
    """Objects below an OID, at most so many."""
    walked = await backend.walk(Span(names.describe(oid), (encode_oid(oid),), most), context)
    found = tuple(_found(decode_oid(raw), value, names) for raw, value in walked.rows[:most])
    return Listing(found, _ending(walked.problem, len(walked.rows), most))


async def ask_table(backend: Backend, group: Group, names: Names, most: int, context: str) -> Grid:
    """Rows of a group's columns. An index that is a port's is shown as the port."""
    cells: dict[bytes, dict[str, str]] = {}
    problem = ""
    for span in join_columns(group.name, group.columns):
        walked = await backend.walk(Span(span.table, span.columns, most * len(span.columns)), context)
        problem = problem or walked.problem
        for raw, value in walked.rows:
            column = next(one for one in group.columns if raw.startswith(one.oid))
            cells.setdefault(raw[len(column.oid) :], {})[column.name] = show_value(value, names, column.name)
    ports = await _ports(backend) if cells else {}
    if not all(decode_numbers(index)[0] in ports for index in cells):
        ports = {}  # numbers of something else, some of which may be those of ports too
    present = [column.name for column in group.columns if any(column.name in row for row in cells.values())]
    rows = sorted(cells.items(), key=lambda item: decode_numbers(item[0]))
    return Grid(
        ("index", *present),
        tuple((_index(index, ports), *(row.get(name, "") for name in present)) for index, row in rows[:most]),
        _ending(problem, len(rows), most),
    )


async def _ports(backend: Backend) -> dict[int, str]:
    walked = await backend.walk(Span("ifName", (encode_oid(_PORT_NAME),), _FIRST_PORTS))
    size = len(encode_oid(_PORT_NAME))
    return {decode_numbers(raw[size:])[0]: read_text(value) for raw, value in walked.rows}


def _index(index: bytes, ports: dict[int, str]) -> str:
    """``Ethernet1/1``, ``Vlan120 1`` or the bare numbers."""
    first, *rest = decode_numbers(index)
    name = ports.get(first, "")
    dotted = ".".join(str(number) for number in rest)
    if name:
        return f"{name} {dotted}".strip()
    return f"{first}.{dotted}" if dotted else str(first)


def _ending(problem: str, count: int, most: int) -> str:
    if count >= most and (not problem or problem.startswith("more than")):
        return f"there may be more: these are the first {most}. ask for more with --rows"
    return problem
