"""``show accounting log``: who typed which configuration line, and when by the switch's own clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from agent.nxos.mask import mask_line

_STAMP = r"(?P<at>\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)? \d{4})"
_RESULT = r"(?: ?\((?P<result>[A-Z]+)\))?"
_FORMS = (
    re.compile(rf"{_STAMP}:type=update:id=(?P<place>.*?):user=(?P<user>[^:]*):cmd=(?P<command>.*?){_RESULT}"),
    re.compile(rf"{_STAMP}:update:(?P<place>[^:]*):(?P<user>[^:]*):(?P<command>.*?){_RESULT}"),
)
"""As NX-OS 7 and later write a row, and as older ones do."""

_CONFIG = re.compile(r"conf(?:i(?:g(?:ure)?)?)?(?: t\S*)? ; ")
_WHOLE = ("rollback running-config ", "configure replace ", "copy ")
_TOPS = (
    "interface ",
    "vlan ",
    "router ",
    "vrf context ",
    "line ",
    "vpc domain ",
    "ip access-list ",
    "feature ",
)
_FREE_TEXT = ("description ", "name ", "banner ", "remark ")


@dataclass(frozen=True, slots=True)
class Typed:
    """One line that was given to a switch."""

    at: str
    """In the switch's own words and time: ``Thu Jan 30 01:41:15 2020``."""
    user: str
    place: str
    """Address and terminal: ``192.0.2.138@pts/3``."""
    sections: tuple[str, ...]
    """Headers that lead to the line, outermost first."""
    line: str
    whole: bool = False
    """The command moved the whole configuration: a rollback, a replace, a copy."""

    @property
    def words(self) -> str:
        """The command for people, masked."""
        return " ; ".join(mask_line(part) for part in (*self.sections, self.line))


def read_accounting(text: str) -> tuple[Typed, ...]:
    """Configuration lines that the switch took, oldest first; rows that say something else are left out.

    >>> row = "Thu Jan 30 01:41:15 2020:type=update:id=192.0.2.138@pts/3:user=frank:cmd=configure terminal"
    >>> (typed,) = read_accounting(row + " ; interface Ethernet1/10 ; description a ; b (SUCCESS)")
    >>> typed.user, typed.sections, typed.line
    ('frank', ('interface Ethernet1/10',), 'description a ; b')
    >>> read_accounting(row + " ; vlan 5 (FAILURE)")
    ()
    """
    return tuple(typed for row in text.splitlines() for typed in _read(row.rstrip()))


def _read(row: str) -> Iterator[Typed]:
    found = next((match for form in _FORMS if (match := form.fullmatch(row))), None)
    if found is None or found["result"] not in {None, "SUCCESS"}:
        return
    at, user, place, command = found["at"], found["user"], found["place"], found["command"].strip()
    if config := _CONFIG.match(command):
        parts = [part.strip() for part in command[config.end() :].split(" ; ")]
        text = next((n for n, part in enumerate(parts) if part.startswith(_FREE_TEXT)), len(parts) - 1)
        line = " ; ".join(parts[text:])  # free text may hold the separator
        yield Typed(at, user, place, tuple(_path(parts[:text], line)), line)
    elif command.startswith(_WHOLE) and (not command.startswith("copy ") or _into_running(command)):
        yield Typed(at, user, place, (), command, whole=True)


def _path(parts: list[str], line: str) -> list[str]:
    """Headers above the line; one of the top level, typed inside another section, leaves that section."""
    if line.removeprefix("no ").startswith(_TOPS):
        return []
    tops = [place for place, part in enumerate(parts) if part.startswith(_TOPS)]
    return [part for part in parts[tops[-1] if tops else 0 :] if part]


def _into_running(command: str) -> bool:
    return command.rsplit(maxsplit=1)[-1].startswith("running")
