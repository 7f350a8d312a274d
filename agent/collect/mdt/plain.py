"""Self-describing fields as plain values: objects to dicts, repeated members to lists, leaves as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import cast

from agent.collect.streaming.wire import Message

Plain = object
"""A leaf, a dict of names to values, or a list."""


def read_leaf(field: Message) -> str | int | float | bool | None:
    """The value of a leaf; bytes that are text come as text, others as None."""
    kind = field.WhichOneof("value")
    if kind is None:
        return None
    value = getattr(field, kind)
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return None
    return cast("str | int | float | bool", value)


def read_fields(fields: Iterable[Message]) -> dict[str, Plain]:
    """Members of an object by name; a name that comes again makes a list.

    A nameless field is only a bracket around the members of an object: its members are taken for their own.
    Several brackets in a row are a list, which only ``read_value`` can give.
    """
    found: dict[str, Plain] = {}
    for field in fields:
        if not field.name:
            for name, value in read_fields(field.fields).items():
                _add(found, name, value)
        else:
            _add(found, field.name, read_value(field))
    return found


def read_value(field: Message) -> Plain:
    """A leaf, an object, or a list of objects."""
    below = field.fields
    if not below:
        return read_leaf(field)
    if all(not one.name for one in below):
        items = [read_fields(one.fields) if one.fields else read_leaf(one) for one in below]
        return items[0] if len(items) == 1 else items
    return read_fields(below)


def _add(found: dict[str, Plain], name: str, value: Plain) -> None:
    if name not in found:
        found[name] = value
        return
    known = found[name]
    found[name] = [*known, value] if isinstance(known, list) else [known, value]


def find_rows(value: Plain, table: str) -> list[Mapping[str, Plain]]:
    """Rows of ``TABLE_x`` wherever it stands; one row comes without its list.

    >>> find_rows({"body": {"TABLE_a": {"ROW_a": {"n": "1"}}}}, "a")
    [{'n': '1'}]
    """
    if isinstance(value, list):
        return [row for item in value for row in find_rows(item, table)]
    if not isinstance(value, Mapping):
        return []
    below = value.get(f"TABLE_{table}")
    if below is None:
        return [row for item in value.values() for row in find_rows(item, table)]
    tables = below if isinstance(below, list) else [below]
    found = [one.get(f"ROW_{table}") for one in tables if isinstance(one, Mapping)]
    rows = [row for one in found for row in (one if isinstance(one, list) else [one])]
    return [row for row in rows if isinstance(row, Mapping)]


def read_rows(telemetry: Message) -> list[tuple[dict[str, Plain], Plain]]:
    """(keys, content) of every row of a message."""
    found = []
    for row in telemetry.data_gpbkv:
        keys: dict[str, Plain] = {}
        content: Plain = None
        for part in row.fields:
            if part.name == "keys":
                keys = read_fields(part.fields)
            elif part.name == "content":
                content = read_value(part)
        found.append((keys, content))
    return found
