"""How switches of one lab learn each other's configuration: hellos with a digest, missing states in parts.

Every node keeps the newest state of every node that it has heard of. A hello says which versions the sender
has; who hears that the sender lacks something sends it. Lost frames heal with the next hello; nothing is
acknowledged.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

ETHERTYPE = 0x88B5
"""IEEE 802: local experimental 1."""
MAGIC = b"vnx1"
PART_BYTES = 1200
MAX_PARTS = 4096


@dataclass(frozen=True, slots=True)
class State:
    """What a node tells of itself."""

    lines: tuple[str, ...]
    """Running configuration."""
    carrier: dict[str, bool]
    """Of its ports with a real interface."""

    def pack(self) -> bytes:
        return zlib.compress(json.dumps([self.lines, self.carrier]).encode())

    @staticmethod
    def unpack(data: bytes) -> State:
        """Raises ValueError for anything else."""
        try:
            lines, carrier = json.loads(zlib.decompress(data))
        except (zlib.error, UnicodeDecodeError, TypeError) as exc:
            raise ValueError(f"not a state: {exc}") from exc
        if not isinstance(lines, list) or not isinstance(carrier, dict):
            raise ValueError("not a state: other types")  # noqa: TRY004 - one error for whatever comes in
        return State(tuple(map(str, lines)), {str(port): bool(up) for port, up in carrier.items()})


@dataclass(slots=True)
class Gossip:
    """What one node knows. ``origin`` is its own name, ``known`` all names that it listens for."""

    origin: str
    known: frozenset[str]
    version: int
    """Of its own last state; starts at something that grows from start to start, like the time."""
    states: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    _parts: dict[tuple[str, int], dict[int, bytes]] = field(default_factory=dict)

    def tell(self, state: State) -> bool:
        """Take the own state as it is now; False when that is no news."""
        data = state.pack()
        before = self.states.get(self.origin)
        if before is not None and before[1] == data:
            return False
        self.version += 1
        self.states[self.origin] = (self.version, data)
        return True

    def hello(self) -> bytes:
        """The payload that goes out on every port every second."""
        return _frame({"digest": {origin: version for origin, (version, _) in self.states.items()}}, b"")

    def take(self, payload: bytes) -> tuple[list[bytes], str | None]:
        """Payloads to answer with on the same port, and the name of the node whose state is new.

        Raises ValueError for payloads that are not of this protocol.
        """
        head, body = _open(payload)
        if "digest" in head:
            return list(self._missing(head["digest"])), None
        return [], self._assemble(head, body)

    def state(self, origin: str) -> State:
        """Raises KeyError before it was heard, ValueError when it is not one."""
        return State.unpack(self.states[origin][1])

    def _missing(self, digest: dict[str, Any]) -> Iterator[bytes]:
        mine = digest.get(self.origin)
        if isinstance(mine, int) and self.origin in self.states and mine > self.version:
            self.version = mine + 1  # an earlier life of this node told more
            self.states[self.origin] = (self.version, self.states[self.origin][1])
        if any(self._newer(origin, theirs) for origin, theirs in digest.items()):
            yield self.hello()
        for origin, (version, data) in self.states.items():
            theirs = digest.get(origin)
            if not isinstance(theirs, int) or theirs < version:
                yield from _split(origin, version, data)

    def _newer(self, origin: str, theirs: object) -> bool:
        """Whether the other one knows more of a node than this one."""
        if origin == self.origin or origin not in self.known or not isinstance(theirs, int):
            return False
        return theirs > self.states.get(origin, (0, b""))[0]

    def _assemble(self, head: dict[str, Any], body: bytes) -> str | None:
        origin, version, part, count = (head.get(key) for key in ("origin", "version", "part", "of"))
        if origin not in self.known or origin == self.origin:
            return None
        if not all(isinstance(value, int) for value in (version, part, count)):
            raise ValueError("a part without numbers")
        assert isinstance(version, int) and isinstance(part, int) and isinstance(count, int)  # noqa: S101, PT018 - for mypy
        if not 0 <= part < count <= MAX_PARTS or self.states.get(origin, (0, b""))[0] >= version:
            return None
        for key in [key for key in self._parts if key[0] == origin and key[1] < version]:
            del self._parts[key]
        parts = self._parts.setdefault((origin, version), {})
        parts[part] = body
        if len(parts) < count:
            return None
        del self._parts[origin, version]
        self.states[origin] = (version, b"".join(parts[number] for number in range(count)))
        return str(origin)


def _split(origin: str, version: int, data: bytes) -> Iterator[bytes]:
    count = max(1, -(-len(data) // PART_BYTES))
    for part in range(count):
        head = {"origin": origin, "version": version, "part": part, "of": count}
        yield _frame(head, data[part * PART_BYTES : (part + 1) * PART_BYTES])


def _frame(head: dict[str, Any], body: bytes) -> bytes:
    text = json.dumps(head, separators=(",", ":")).encode()
    return MAGIC + len(text).to_bytes(2) + len(body).to_bytes(2) + text + body


def _open(payload: bytes) -> tuple[dict[str, Any], bytes]:
    """Head and body; padding behind them is ignored."""
    if payload[:4] != MAGIC or len(payload) < 8:
        raise ValueError("not a frame of a virtual Nexus")
    head_length, body_length = int.from_bytes(payload[4:6]), int.from_bytes(payload[6:8])
    body_at = 8 + head_length
    if len(payload) < body_at + body_length:
        raise ValueError("a frame that is cut short")
    head = json.loads(payload[8:body_at])
    if not isinstance(head, dict) or not isinstance(head.get("digest", {}), dict):
        raise ValueError("a frame with another head")  # noqa: TRY004 - one error for whatever comes in
    return head, payload[body_at : body_at + body_length]
