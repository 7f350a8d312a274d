"""Telemetry messages in self-describing GPB, shaped as NX-OS shapes them.

An object becomes one nameless field that holds its members, a list one such field per item. What was recorded
of real switches looks so for DME objects and for the tables of show commands; YANG data is nested without the
nameless fields.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from vnexus.telemetry.schema import Message, load_messages

MDT = load_messages("telemetry")
_FIELD = MDT["TelemetryField"]
Value = str | bool | int | float | Decimal | Mapping[str, "Value"] | Sequence["Value"] | None


@dataclass(frozen=True, slots=True)
class Collection:
    """One reading of one sensor path: rows of (keys, content)."""

    path: str
    rows: tuple[tuple[Mapping[str, Value], Value], ...]
    nested: bool = False
    """Members without nameless fields around them (YANG)."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who sends it, and when; times are Unix seconds."""

    node: str
    subscription: str
    number: int
    started: float
    ended: float


def write_telemetry(collection: Collection, envelope: Envelope) -> bytes:
    """A ``Telemetry`` message."""
    at = _milliseconds(envelope.started)
    made = MDT["Telemetry"](
        node_id_str=envelope.node,
        subscription_id_str=envelope.subscription,
        encoding_path=collection.path,
        collection_id=envelope.number,
        collection_start_time=at,
        msg_timestamp=at,
        collection_end_time=_milliseconds(envelope.ended),
    )
    for keys, content in collection.rows:
        row = made.data_gpbkv.add(timestamp=at)
        row.fields.append(_FIELD(name="keys", fields=list(_members(keys))))
        below = _members(content) if collection.nested and isinstance(content, Mapping) else _wrapped(content)
        row.fields.append(_FIELD(name="content", fields=list(below)))
    return bytes(made.SerializeToString())


def _milliseconds(moment: float) -> int:
    return int(moment * 1000)


def _wrapped(value: Value) -> Iterator[Message]:
    """An object as one nameless field, a list as one per item."""
    if isinstance(value, Mapping):
        members = (_named(name, below) for name, below in value.items())
        yield _FIELD(fields=list(members))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for item in value:
            yield from _wrapped(item)
    elif value is not None:
        yield _leaf("", value)


def _named(name: str, value: Value) -> Message:
    if isinstance(value, Mapping) or (isinstance(value, Sequence) and not isinstance(value, str)):
        return _FIELD(name=name, fields=list(_wrapped(value)))
    return _leaf(name, value)


def _members(values: Mapping[str, Value]) -> Iterator[Message]:
    """Members with their names, nested."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield _FIELD(name=name, fields=list(_members(value)))
        elif isinstance(value, Sequence) and not isinstance(value, str):
            for item in value:
                yield from _members({name: item})
        else:
            yield _leaf(name, value)


def _leaf(name: str, value: Value) -> Message:
    match value:
        case bool():
            return _FIELD(name=name, bool_value=value)
        case int():
            return (
                _FIELD(name=name, uint64_value=value) if value >= 0 else _FIELD(name=name, sint64_value=value)
            )
        case float() | Decimal():
            return _FIELD(name=name, double_value=float(value))
        case _:
            return _FIELD(name=name, string_value="" if value is None else str(value))


def cut(data: bytes, number: int, size: int) -> Iterator[Message]:
    """The message in its envelopes: whole, or in pieces of ``size`` bytes that tell the whole length."""
    args = MDT["MdtDialoutArgs"]
    if not size or len(data) <= size:
        yield args(ReqId=number, data=data)
        return
    for start in range(0, len(data), size):
        yield args(ReqId=number, data=data[start : start + size], totalSize=len(data))
