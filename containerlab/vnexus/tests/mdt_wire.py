"""A reader of dial-out messages that knows Protocol Buffers only by its wire format and the field numbers.

It shares nothing with the messages of the package: a mistake there is seen here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

NUMBERS = {4: bytes, 5: str, 6: bool, 7: int, 8: int, 9: "zigzag", 10: "zigzag", 11: "<d", 12: "<f"}


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def fields(data: bytes) -> Iterator[tuple[int, Any]]:
    at = 0
    while at < len(data):
        tag, at = varint(data, at)
        kind = tag & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind in (1, 5):
            size = 8 if kind == 1 else 4
            value, at = data[at : at + size], at + size
        else:
            assert kind == 2, f"wire type {kind}"
            size, at = varint(data, at)
            value, at = data[at : at + size], at + size
        yield tag >> 3, value


def read_args(data: bytes) -> dict[str, Any]:
    names = {1: "ReqId", 2: "data", 3: "errors", 4: "totalSize"}
    return {names[number]: value for number, value in fields(data)}


def read_telemetry(data: bytes) -> dict[str, Any]:
    names = {1: "node", 3: "subscription", 6: "path", 8: "collection", 9: "start", 10: "stamp", 13: "end"}
    made: dict[str, Any] = {"rows": []}
    for number, value in fields(data):
        if number == 11:
            made["rows"].append(read_field(value))
        else:
            made[names[number]] = value.decode() if isinstance(value, bytes) else value
    return made


def read_field(data: bytes) -> dict[str, Any]:
    """``{"name": …, "value": …, "fields": […]}``"""
    made: dict[str, Any] = {"name": "", "fields": []}
    for number, raw in fields(data):
        if number == 15:
            made["fields"].append(read_field(raw))
        elif number == 2:
            made["name"] = raw.decode()
        elif number in NUMBERS:
            made["value"] = _value(NUMBERS[number], raw)
    return made


def _value(kind: Any, raw: Any) -> Any:
    if kind is str:
        return raw.decode()
    if kind == "zigzag":
        return (raw >> 1) ^ -(raw & 1)
    if isinstance(kind, str):
        return struct.unpack(kind, raw)[0]
    return kind(raw)


def plain(one: dict[str, Any]) -> Any:
    """A field as Python: nameless fields are objects or items, named ones members."""
    if not one["fields"]:
        return one.get("value", {})
    names = [below["name"] for below in one["fields"]]
    if not any(names):
        items = [plain(below) for below in one["fields"]]
        return items[0] if len(items) == 1 else items
    return {below["name"]: plain(below) for below in one["fields"]}


def content(row: dict[str, Any]) -> Any:
    return plain(next(below for below in row["fields"] if below["name"] == "content"))


def keys(row: dict[str, Any]) -> Any:
    return plain(next(below for below in row["fields"] if below["name"] == "keys"))


def shape(one: dict[str, Any]) -> Any:
    """Names and types without the values."""
    return one["name"], type(one.get("value")).__name__, [shape(below) for below in one["fields"]]
