"""Subscribe responses to values: the part that runs for every update."""

from __future__ import annotations

import json
from enum import Enum

from google.protobuf.message import DecodeError

from agent.collect.gnmi.messages import SUBSCRIBE_RESPONSE, read_path
from agent.collect.streaming.form import IGNORED, Slot, fill_slot
from agent.collect.streaming.held import Held
from agent.collect.streaming.models import Elements, ModelReader
from agent.collect.streaming.wire import Message

_JSON_KINDS = frozenset(("json_val", "json_ietf_val"))
_SUBTREE = Slot({}, "", IGNORED.convert)
"""The slot of a path whose values are JSON, or that is no leaf of the rules: looked at each time."""


_MOST_PREFIXES = 256


class Heard(Enum):
    """What a response was."""

    UPDATE = "update"
    SYNC = "sync"
    NOTHING = "nothing"
    """A sign of life, as ``grpc gnmi keepalive-timeout`` makes a Nexus send."""
    ERROR = "error"


class Reader:
    """Reads the responses of one device."""

    def __init__(self, held: Held, models: ModelReader) -> None:
        self._held, self._models = held, models
        self._slots: dict[bytes, dict[bytes, Slot]] = {}
        """By prefix and path, both as on the wire."""
        self._paths = 0

    def read(self, data: bytes) -> Heard:
        """Store what a response says. Whatever it is, nothing is raised: what cannot be read is counted."""
        held = self._held
        held.messages += 1
        held.bytes += len(data)
        try:
            response = SUBSCRIBE_RESPONSE.FromString(data)
        except DecodeError:
            held.problems["malformed"] += 1
            return Heard.NOTHING
        kind = response.WhichOneof("response")
        if kind == "update":
            self._notification(response.update)
            return Heard.UPDATE
        if kind == "sync_response":
            return Heard.SYNC
        if kind == "error":
            held.problems["error"] += 1
            return Heard.ERROR
        return Heard.NOTHING

    def _notification(self, notification: Message) -> None:
        prefix = notification.prefix
        slots = self._slots.get(prefix)
        if slots is None:
            if len(self._slots) >= _MOST_PREFIXES:
                self._slots.clear()
            slots = self._slots[prefix] = {}
        for path in notification.delete:
            self._delete(prefix, path)
        updates = notification.update
        self._held.updates += len(updates)
        for update in updates:
            path = update.path
            slot = slots.get(path)
            if slot is None:
                slot = self._learn(slots, prefix, path)
            # a plain counter that is not 0 needs no more than this
            if slot[2] is None and (number := update.val.uint_val):
                slot[0][slot[1]] = number
            else:
                self._other(slot, prefix, update)

    def _other(self, slot: Slot, prefix: bytes, update: Message) -> None:
        if slot is IGNORED:
            self._held.problems["unknown-leaf"] += 1
            return
        value = update.val
        kind = value.WhichOneof("value")
        if slot is _SUBTREE or kind in _JSON_KINDS:
            self._subtree(prefix, update.path, value, kind)
        else:
            fill_slot(self._held, slot, _scalar(value, kind))

    def _learn(self, slots: dict[bytes, Slot], prefix: bytes, path: bytes) -> Slot:
        """The slot of a path that was not seen before."""
        elements = self._elements(prefix, path)
        if elements is None:
            return IGNORED
        before = self._models.forgotten
        slot = self._models.find(elements) or _SUBTREE
        if self._models.forgotten != before or self._paths >= self._held.path_limit:
            # paths that come and go: begin again instead of growing
            self._clear()
        self._paths += 1
        slots[path] = slot
        return slot

    def _elements(self, prefix: bytes, path: bytes) -> Elements | None:
        try:
            start, rest = read_path(prefix), read_path(path)
        except DecodeError:
            start = rest = None
        if start is None or rest is None:
            self._held.problems["malformed"] += 1
            return None
        return start + rest

    def _subtree(self, prefix: bytes, path: bytes, value: Message, kind: str | None) -> None:
        elements = self._elements(prefix, path)
        if elements is None:
            return
        if kind not in _JSON_KINDS:
            self._held.problems["unknown-leaf"] += 1
            return
        try:
            said = json.loads(getattr(value, str(kind)))
        except (ValueError, RecursionError):
            self._held.problems["malformed"] += 1
            return
        self._models.put(elements, said)

    def _delete(self, prefix: bytes, path: bytes) -> None:
        elements = self._elements(prefix, path)
        if not elements:
            return
        self._models.delete(elements)
        self._clear()

    def _clear(self) -> None:
        for known in self._slots.values():
            known.clear()
        self._paths = 0


def _scalar(value: Message, kind: str | None) -> object:
    """A typed value as Python has it; lists and bytes are nothing that a metric is made of."""
    if kind is None:
        return None
    if kind == "decimal_val":
        decimal = value.decimal_val
        return decimal.digits / 10 ** min(decimal.precision, 18)
    found = getattr(value, kind)
    return found if isinstance(found, (str, bool, int, float)) else None
