"""Telemetry messages of one device to values, by the kind of their source."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from google.protobuf.message import DecodeError

from agent.collect.mdt.messages import TELEMETRY
from agent.collect.mdt.objects import ObjectReader
from agent.collect.mdt.plain import Plain, read_fields, read_value
from agent.collect.mdt.tables import TableReader
from agent.collect.streaming.held import Held
from agent.collect.streaming.models import LONGEST_KEY, Branch, Element, ModelReader, plain_name
from agent.collect.streaming.rules import Rules
from agent.collect.streaming.wire import Message

FIRST_SECONDS = 30.0
"""Interval of a device until one of its paths tells another."""
_SHORTEST_SECONDS, _LONGEST_SECONDS = 0.5, 3600.0
_MOST_PATHS = 256
_LONGEST_PATH = 512
_KEY = re.compile(r"\[([^=\]]+)=([^\]]*)\]")


class WrongNodeError(Exception):
    """A message that names another node than the one that it came from."""


@dataclass(slots=True)
class _Path:
    """What is known of one sensor path. Its interval is learned: nobody tells the collector."""

    collection: int = -1
    at: float = 0.0
    """When its last collection came on this stream; 0 before the first."""
    seconds: float | None = None
    """Between two collections; None until that is known, and for paths that tell changes."""
    again: bool = True
    """The next collection replaces all that was said before."""


class Reader:
    """Reads the messages of one device."""

    def __init__(self, names: frozenset[str], rules: Rules, tree: Branch, held: Held) -> None:
        self._names, self._tree, self._held = names, tree, held
        self._paths: dict[str, _Path] = {}
        self._seconds: float | None = None
        self._objects, self._tables = ObjectReader(rules, held), TableReader(rules, held)
        self._models = ModelReader(tree, held, lambda _: self._seconds)

    def begin(self) -> None:
        """A new stream: every path says everything once more."""
        for known in self._paths.values():
            known.collection, known.at, known.again = -1, 0.0, known.again or known.seconds is None

    def read(self, data: bytes, now: float) -> None:
        """Store what a message says. Raises WrongNodeError; what cannot be read is counted."""
        held = self._held
        held.messages += 1
        held.bytes += len(data)
        try:
            message = TELEMETRY.FromString(data)
        except DecodeError:
            held.problems["malformed"] += 1
            return
        if message.node_id_str.partition(".")[0] not in self._names:
            raise WrongNodeError
        path = message.encoding_path
        if len(path) > _LONGEST_PATH:
            held.problems["too-long"] += 1
            return
        held.at, held.up = now, True
        if message.data_gpb:
            held.problems["compact"] += 1
        known = self._paths.get(path)
        if known is None:
            if len(self._paths) >= _MOST_PATHS:
                self._paths.clear()
            known = self._paths[path] = _Path()
        self._collection(message, path, known, now)

    def _collection(self, message: Message, path: str, known: _Path, now: float) -> None:
        new = known.collection != message.collection_id
        if new and known.again:
            self._take_back(path)
            known.again = False
        self._seconds = known.seconds
        events = False
        for row in message.data_gpbkv:
            events |= self._row(row, path)
        if not new:
            return
        if not events and known.seconds is None and known.at:
            gap = now - known.at
            if _SHORTEST_SECONDS <= gap <= _LONGEST_SECONDS:
                known.seconds, known.again = max(1.0, float(round(gap))), True
                told = [one.seconds for one in self._paths.values() if one.seconds]
                self._held.interval_seconds = max(told)
        known.collection, known.at = message.collection_id, now

    def _take_back(self, path: str) -> None:
        if path.startswith("sys"):
            self._objects.delete(path)
        elif path.startswith("show "):
            self._tables.delete(path)
        else:
            self._models.delete(tuple(self._elements(path, {})))

    def _row(self, row: Message, path: str) -> bool:
        """Store a row; True when it tells events."""
        keys: dict[str, Plain] = {}
        events = False
        for part in row.fields:
            if part.name == "keys":
                keys = read_fields(part.fields)
            elif part.name == "content":
                if path.startswith("sys"):
                    events |= self._objects.read(part.fields, path, self._seconds)
                elif path.startswith("show "):
                    self._tables.read(read_value(part), path, self._seconds)
                else:
                    self._model(path, keys, read_fields(part.fields))
        return events

    def _model(self, path: str, keys: dict[str, Plain], content: dict[str, Plain]) -> None:
        """A row of a YANG source: its path, with the keys of the lists on the way beside the content."""
        self._held.updates += len(content)
        self._models.put(tuple(self._elements(path, keys)), content)

    def _elements(self, path: str, keys: dict[str, Plain]) -> Iterator[Element]:
        here: Branch | None = self._tree
        for part in split_path(path):
            name = plain_name(part.partition("[")[0])
            here = here.below.get(name) if here is not None else None
            named = dict(_KEY.findall(part))
            for key in here.keys if here is not None else ():
                if key in keys and len(str(keys[key])) <= LONGEST_KEY:
                    named[key] = str(keys[key])
            yield name, tuple(sorted(named.items()))


def split_path(path: str) -> list[str]:
    """Elements of a path; a slash in brackets belongs to a key.

    >>> split_path("openconfig-interfaces:interfaces/interface[name=eth1/1]/state")
    ['openconfig-interfaces:interfaces', 'interface[name=eth1/1]', 'state']
    """
    return [part for part in re.split(r"/(?![^\[]*\])", path.strip("/")) if part]
