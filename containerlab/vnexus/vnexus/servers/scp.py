"""``scp -t`` and ``scp -f`` against bootflash: the protocol of rcp, one file at a time."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from vnexus.exec.files import Flash, FlashError

_COMMAND = re.compile(r"scp\s+(?:-\S+\s+)*?-(?P<way>[tf])\s+(?:-\S+\s+)*(?:--\s+)?(?P<path>\S+)\s*$")
_FILE = re.compile(rb"C(\d{4}) (\d+) (.+)\n")
MAX_BYTES = 64 * 1024 * 1024
MAX_HEADER, MAX_COMMAND = 1024, 4096
OK, FATAL = b"\0", b"\2"


def parse_command(command: str) -> tuple[str, str] | None:
    """("t" or "f", path) of an scp command, None for another one.

    >>> parse_command("scp -v -t bootflash:/x"), parse_command("show version")
    (('t', 'bootflash:/x'), None)
    """
    found = _COMMAND.match(command.strip().strip("'\"")) if len(command) <= MAX_COMMAND else None
    return (found["way"], found["path"].strip("'\"")) if found else None


@dataclass(slots=True)
class Upload:
    """Takes what the client sends; ``write`` answers. ``done`` once the client has finished."""

    flash: Flash
    path: str
    write: Callable[[bytes], None]
    buffer: bytearray = field(default_factory=bytearray)
    name: str = ""
    size: int = -1
    done: bool = False

    def start(self) -> None:
        self.write(OK)

    def take(self, data: bytes) -> None:
        self.buffer += data
        while not self.done and self._step():
            pass

    def finish(self) -> None:
        self.done = True

    def _step(self) -> bool:
        if self.size >= 0:
            return self._body()
        end = self.buffer.find(b"\n")
        if end < 0 or end > MAX_HEADER:
            return self._fail("scp: protocol error") if len(self.buffer) > MAX_HEADER else False
        header, self.buffer = bytes(self.buffer[: end + 1]), self.buffer[end + 1 :]
        if header[:1] in b"TE":
            self.write(OK)
            return True
        found = _FILE.match(header)
        if not found or int(found[2]) > MAX_BYTES:
            return self._fail("scp: protocol error")
        self.name, self.size = found[3].decode(errors="replace"), int(found[2])
        self.write(OK)
        return True

    def _body(self) -> bool:
        if len(self.buffer) <= self.size:
            return False
        content, self.buffer = bytes(self.buffer[: self.size]), self.buffer[self.size + 1 :]
        name = Flash.name(self.path) or self.name
        self.size = -1
        try:
            self.flash.write(name, content)
        except FlashError as exc:
            return self._fail(f"scp: {exc}")
        self.write(OK)
        return True

    def _fail(self, text: str) -> bool:
        self.write(FATAL + text.encode() + b"\n")
        self.done = True
        return False


@dataclass(slots=True)
class Download:
    """Sends one file, a part each time the client agrees."""

    flash: Flash
    path: str
    write: Callable[[bytes], None]
    steps: list[bytes] = field(default_factory=list)
    done: bool = False

    def start(self) -> None:
        try:
            content = self.flash.read(self.path)
        except FlashError as exc:
            self.write(FATAL + f"scp: {self.path}: {exc}\n".encode())
            self.done = True
            return
        name = Flash.name(self.path)
        self.steps = [f"C0644 {len(content)} {name}\n".encode(), content + OK]

    def take(self, data: bytes) -> None:
        if data[:1] != OK or not self.steps:
            self.done = True
            return
        self.write(self.steps.pop(0))

    def finish(self) -> None:
        self.done = True
