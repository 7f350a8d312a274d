"""Faults on the command-line side of a node: what goes wrong between a client and the configuration.

The control API (or a test) adds frozen fault values to the node's registry; the servers ask the registry.

    >>> faults = NodeFaults()
    >>> number = faults.add(RejectLine("vlan 66", "ERROR: VLAN 66 is reserved"))
    >>> faults.refusal("  vlan 66")
    'ERROR: VLAN 66 is reserved'
    >>> faults.remove(number)
    >>> faults.refusal("vlan 66") is None
    True
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class SlowReply:
    """Every command that ``pattern`` finds waits before its reply. A very large figure is a hung session."""

    seconds: float
    pattern: str = "."


@dataclass(frozen=True, slots=True)
class DropConnection:
    """The connection (SSH session or HTTP request) is cut once that many more lines have been executed."""

    after_lines: int


@dataclass(frozen=True, slots=True)
class HangReply:
    """Commands that ``pattern`` finds are never answered, until the fault is removed."""

    pattern: str = "."


@dataclass(frozen=True, slots=True)
class DropAfterBytes:
    """The connection is cut in the middle of a reply, once that many more bytes were sent."""

    bytes: int


@dataclass(frozen=True, slots=True)
class RejectLine:
    """A configuration line that ``pattern`` finds is refused with ``message`` instead of being applied."""

    pattern: str
    message: str = "ERROR: Configuration line refused"


@dataclass(frozen=True, slots=True)
class RollbackFails:
    """``rollback`` and ``configure replace`` say ``Rollback failed.`` and change nothing, nor do timers."""


@dataclass(frozen=True, slots=True)
class RefuseLogin:
    """No password is good any more."""


@dataclass(frozen=True, slots=True)
class StorageFull:
    """No checkpoint can be set and the startup configuration is not written, in these words (from memory)."""

    message: str = "Configuration update aborted: request was aborted"


@dataclass(frozen=True, slots=True)
class NoisyProgress:
    """Progress text with ``#`` and ``>`` characters appears inside long replies, and then a pause."""


NOISE = "#....\n.Executing>..\n"
NOISE_SECONDS = 0.5
"""How long the switch works on after its progress text."""
Fault = (
    SlowReply | HangReply | DropConnection | DropAfterBytes | RejectLine | RollbackFails | RefuseLogin
    | NoisyProgress | StorageFull
)  # fmt: skip
F = TypeVar("F", bound=Fault)

KINDS: dict[str, type[Fault]] = {
    "slow-reply": SlowReply,
    "hang-reply": HangReply,
    "drop-connection": DropConnection,
    "drop-after-bytes": DropAfterBytes,
    "reject-line": RejectLine,
    "rollback-fails": RollbackFails,
    "refuse-login": RefuseLogin,
    "noisy-progress": NoisyProgress,
    "storage-full": StorageFull,
}
"""Names of the kinds for the control API; the fields of the class are the arguments."""


@dataclass(slots=True)
class NodeFaults:
    """The active faults of one node, numbered in the order they were added."""

    active: dict[int, Fault] = field(default_factory=dict)
    _next: int = 1
    _lines_left: dict[int, int] = field(default_factory=dict)
    _bytes_left: dict[int, int] = field(default_factory=dict)

    def add(self, fault: Fault) -> int:
        """Activate a fault; the number removes it again."""
        number, self._next = self._next, self._next + 1
        self.active[number] = fault
        if isinstance(fault, DropConnection):
            self._lines_left[number] = fault.after_lines
        elif isinstance(fault, DropAfterBytes):
            self._bytes_left[number] = fault.bytes
        return number

    def remove(self, number: int) -> None:
        """Raises KeyError for a number that is not active."""
        del self.active[number]
        self._lines_left.pop(number, None)
        self._bytes_left.pop(number, None)

    def discard(self, number: int) -> None:
        """As ``remove``; nothing for a number that is not active any more."""
        if number in self.active:
            self.remove(number)

    def clear(self) -> None:
        self.active.clear()
        self._lines_left.clear()
        self._bytes_left.clear()

    def of(self, kind: type[F]) -> list[F]:
        """Active faults of one kind."""
        return [fault for fault in self.active.values() if isinstance(fault, kind)]

    def delay(self, command: str) -> float:
        """Seconds to wait before the reply to ``command``."""
        return sum(f.seconds for f in self.of(SlowReply) if re.search(f.pattern, command))

    def hangs(self, command: str) -> bool:
        """Does the reply to ``command`` never come?"""
        return any(re.search(f.pattern, command) for f in self.of(HangReply))

    def room(self, size: int) -> int | None:
        """Count ``size`` bytes that are about to be sent: how many go out before the cut, None for no cut.

        A cut removes its fault.
        """
        for number, left in list(self._bytes_left.items()):
            if size > left:
                self.remove(number)
                return left
            self._bytes_left[number] = left - size
        return None

    def refusal(self, line: str) -> str | None:
        """Message to answer instead of applying the configuration line."""
        return next((f.message for f in self.of(RejectLine) if re.search(f.pattern, line)), None)

    def refuses_login(self) -> bool:
        return bool(self.of(RefuseLogin))

    def unwritten(self) -> str | None:
        """Message to answer instead of a checkpoint or a saved configuration."""
        return next((f.message for f in self.of(StorageFull)), None)

    def noisy(self) -> bool:
        return bool(self.of(NoisyProgress))

    def rollback_fails(self) -> bool:
        return bool(self.of(RollbackFails))

    def dropped(self) -> bool:
        """Count one executed line; True once the connection must be cut. A cut removes its fault."""
        for number, left in list(self._lines_left.items()):
            if left <= 0:
                self.remove(number)
                return True
            self._lines_left[number] = left - 1
        return False
