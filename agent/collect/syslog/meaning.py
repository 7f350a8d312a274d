"""From a line to the event that it is. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.collect.syslog.known import Entry, Lexicon
from agent.collect.syslog.line import Line
from agent.collect.syslog.stamp import ZONES, write_stamp
from agent.collect.traps.meaning import MAX_TEXT, Meaning, fill
from agent.records import Event, EventLevel

UNKNOWN = "other-log"
"""Kind of an event that the table does not have."""
SOURCE = "syslog"
SKEW_SECONDS = 5.0
"""A device whose clock is further off than that has its own time kept beside ours."""
_LEVELS = (
    (EventLevel.CRITICAL,) * 3 + (EventLevel.WARNING,) * 2 + (EventLevel.NOTICE,) + (EventLevel.INFO,) * 2
)
_SHORT = re.compile(r"^(Eth|Po|Lo|Gi|Te|Fa)(?=\d)")
_LONG: Mapping[str, str] = {
    "Eth": "Ethernet",
    "Po": "port-channel",
    "Lo": "loopback",
    "Gi": "GigabitEthernet",
    "Te": "TenGigabitEthernet",
    "Fa": "FastEthernet",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """A line, of whom, and when it was received."""

    device: str
    at: float
    line: Line


@dataclass(slots=True)
class Understanding:
    """What lines mean, by a table."""

    lexicon: Lexicon
    zones: Mapping[str, float] = field(default_factory=lambda: ZONES)
    """Hours east of UTC by the names that the switches write."""
    loudest: int = 5
    """Of messages that the table does not have, those less urgent are no events; 0 emergency, 7 debugging."""

    def understand(self, heard: Heard) -> Meaning | None:
        """The meaning of a line; None for one that the table lacks and that is not urgent."""
        line = heard.line
        entry = self.lexicon.find(line.mnemonic) if line.mnemonic else None
        found = entry.find.search(line.text) if entry is not None and entry.find is not None else None
        if entry is None or (entry.find is not None and found is None):
            return self._unknown(heard) if line.severity <= self.loudest else None
        fields = {
            name: value[:MAX_TEXT] for name, value in (found.groupdict() if found else {}).items() if value
        }
        interface = spell_out(fields.pop("interface", ""))
        kind, severity, text = _choose(entry, fields)
        event = Event(
            heard.at,
            heard.device,
            kind,
            interface,
            fill(text, interface, fields),
            severity,
            fields | self._more(heard),
            SOURCE,
        )
        return Meaning(event, entry.known.subject or kind, entry.known.poll)

    def _unknown(self, heard: Heard) -> Meaning:
        line = heard.line
        name = f"%{line.facility}-{line.severity}-{line.name}: " if line.name else ""
        event = Event(
            heard.at,
            heard.device,
            UNKNOWN,
            "",
            f"{name}{line.text}"[:MAX_TEXT],
            _LEVELS[line.severity],
            self._more(heard),
            SOURCE,
        )
        return Meaning(event, f"{UNKNOWN} {line.mnemonic or line.facility}".strip(), ())

    def _more(self, heard: Heard) -> dict[str, str]:
        line, more = heard.line, {}
        if line.mnemonic:
            more["message"] = line.mnemonic
        if line.context and line.context != "VDC-1":
            more["context"] = line.context
        if line.also:
            more["also"] = str(line.also)
        skew = self.skew(heard)
        if skew is not None and abs(skew) > SKEW_SECONDS:
            more["device_time"] = write_stamp(heard.at + skew)
        return more

    def skew(self, heard: Heard) -> float | None:
        """Seconds by which the device's clock is ahead of ours; None where its stamp does not tell."""
        stamp = heard.line.stamp
        unix = stamp.at(self.zones) if stamp is not None else None
        return unix - heard.at if unix is not None else None


def _choose(entry: Entry, fields: Mapping[str, str]) -> tuple[str, EventLevel, str]:
    for case in entry.known.when:
        if fields.get(case.field) == case.is_:
            return case.kind, case.severity, case.text
    return entry.known.kind, entry.known.severity, entry.known.text


def spell_out(interface: str) -> str:
    """The full name of a port.

    >>> spell_out("Eth1/7"), spell_out("Po10"), spell_out("Ethernet1/7."), spell_out("Vlan20")
    ('Ethernet1/7', 'port-channel10', 'Ethernet1/7', 'Vlan20')
    """
    return _SHORT.sub(lambda found: _LONG[found[1]], interface.rstrip(".,:"))[:80]
