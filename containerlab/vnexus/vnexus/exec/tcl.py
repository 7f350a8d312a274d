"""As much Tcl as clients use to write files: ``tclsh``, ``open``, ``puts``, ``close``, ``tclquit``.

A line whose braces are open goes on after the prompt ``> ``; words that are not Tcl are commands of the
switch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from vnexus.exec.files import FlashError
from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command

if TYPE_CHECKING:
    from vnexus.exec.shell import Shell

_OPEN = re.compile(r'\s*set\s+(\w+)\s+\[\s*open\s+"?([^"\s\]]+)"?(?:\s+"?([\w+]+)"?)?\s*\]\s*$')
_PUTS = re.compile(r"\s*puts(\s+-nonewline)?(?:\s+\$(\w+))?\s+(.*)$", re.DOTALL)
_CLOSE = re.compile(r"\s*close\s+\$(\w+)\s*$")
_LEAVE = re.compile(r"\s*(exit|tclquit|tclq\w*)\s*$")


@dataclass(slots=True)
class Tcl:
    """One interpreter; ``files`` are the channels that are open, by the variable that holds them."""

    shell: Shell
    files: dict[str, tuple[str, str]] = field(default_factory=dict)
    begun: str = ""
    """Lines typed so far of a command whose braces are still open."""

    @property
    def prompt(self) -> str:
        return "> " if self.begun else f"{self.shell.node.config.hostname}-tcl# "

    def feed(self, line: str) -> Output:
        text = f"{self.begun}{line}"
        if text.count("{") > text.count("}"):
            self.begun = f"{text}\n"
            return Output()
        self.begun = ""
        return self.run(text)

    def run(self, text: str) -> Output:
        if not text.strip():
            return Output()
        if _LEAVE.match(text):
            self.shell.tcl = None
            return Output()
        for pattern, action in ((_OPEN, self._open), (_PUTS, self._puts), (_CLOSE, self._close)):
            found = pattern.match(text)
            if found:
                return action(found)
        return self.shell.execute(text)

    def _open(self, found: re.Match[str]) -> Output:
        variable, path, mode = found.groups()
        self.files[variable] = (path, "")
        if mode is not None and mode.startswith("a"):
            try:
                self.files[variable] = (path, self.shell.node.flash.read(path).decode(errors="replace"))
            except FlashError:
                self.files[variable] = (path, "")
        return Output(f"file{len(self.files) + 4}")

    def _puts(self, found: re.Match[str]) -> Output:
        plain, variable, text = found.groups()
        words = _unquoted(text)
        if variable is None or variable == "stdout":
            return Output(words)
        if variable not in self.files:
            return Output(f'can\'t read "{variable}": no such variable', error=True)
        path, before = self.files[variable]
        self.files[variable] = (path, before + words + ("" if plain else "\n"))
        return Output()

    def _close(self, found: re.Match[str]) -> Output:
        if found[1] not in self.files:
            return Output(f'can\'t read "{found[1]}": no such variable', error=True)
        path, text = self.files.pop(found[1])
        self.shell.node.flash.now = self.shell.node.clock.now()
        try:
            self.shell.node.flash.write(path, text)
        except FlashError as exc:
            return Output(f'couldn\'t write "{path}": {exc}', error=True)
        return Output()


def _unquoted(text: str) -> str:
    r"""A word without its braces or quotation marks.

    >>> _unquoted("{vlan 10}"), _unquoted('"a\\nb"'), _unquoted("plain")
    ('vlan 10', 'a\nb', 'plain')
    """
    if text.startswith("{") and text.rstrip().endswith("}"):
        return text.rstrip()[1:-1]
    return text.strip().strip('"').replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t")


@command("tclsh")
def tclsh(call: Call) -> Output:
    call.shell.tcl = Tcl(call.shell)
    return Output()
