"""From a notification to the event that it is. Pure: names of ports come from whoever polls the device."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from agent.collect.reading import read_text
from agent.collect.traps.known import Dictionary, Known, Thing
from agent.collect.traps.notification import Notification, Variable
from agent.records import Event, EventLevel

PortName = Callable[[str, int], str]
"""(device, ifIndex) to the name of the port; empty when it is not known."""

UNKNOWN = "other-trap"
"""Kind of an event that no file names."""
MAX_FIELDS = 32
MAX_TEXT = 200


@dataclass(frozen=True, slots=True)
class Meaning:
    """An event, what it is a story of, and which table groups to read again."""

    event: Event
    subject: str
    poll: tuple[str, ...]


@dataclass(slots=True)
class _Said:
    """What the variables of one notification say together."""

    interface: str = ""
    index: int | None = None
    fields: dict[str, str] = field(default_factory=dict)


def understand(notification: Notification, dictionary: Dictionary, port_name: PortName) -> Meaning:
    """The meaning of a notification; one that no file names becomes ``other-trap``, with its OID."""
    said = _Said()
    for variable in notification.variables[:MAX_FIELDS]:
        _hear(variable, dictionary, said)
    if not said.interface and said.index is not None:
        said.interface = port_name(notification.device, said.index) or f"ifIndex {said.index}"
    known = dictionary.notifications.get(notification.oid)
    if known is None:
        oid = ".".join(str(number) for number in notification.oid)[:MAX_TEXT]
        event = _event(notification, said, UNKNOWN, EventLevel.INFO, f"notification {oid}")
        return Meaning(event, f"{UNKNOWN} {oid}", ())
    kind, severity, text = _choose(known, said.fields)
    event = _event(notification, said, kind, severity, fill(text, said.interface, said.fields))
    return Meaning(event, known.subject or kind, known.poll)


def _choose(known: Known, fields: dict[str, str]) -> tuple[str, EventLevel, str]:
    for case in known.when:
        if fields.get(case.field) == case.is_:
            return case.kind, case.severity, case.text
    return known.kind, known.severity, known.text


def _event(n: Notification, said: _Said, kind: str, severity: EventLevel, text: str) -> Event:
    source = "inform" if n.inform else "trap"
    return Event(n.at, n.device, kind, said.interface, text, severity, said.fields, source)


def fill(text: str, interface: str, fields: dict[str, str]) -> str:
    """The text with its ``{words}`` filled in; what was not said is left out.

    >>> fill("fan {part}: {state}", "", {"state": "down"})
    'fan: down'
    """
    for name, value in {"interface": interface or "a port", **fields}.items():
        text = text.replace(f"{{{name}}}", value)
    while "{" in text:
        before, _, rest = text.partition("{")
        text = before.rstrip() + rest.partition("}")[2]
    return text[:MAX_TEXT]


def _hear(variable: Variable, dictionary: Dictionary, said: _Said) -> None:
    oid, value = variable
    found = dictionary.find(oid)
    if found is None:
        said.fields.setdefault(".".join(str(number) for number in oid)[:80], _words(value))
        return
    name, thing, row = found
    if thing.names == "interface" and isinstance(value, bytes):
        said.interface = read_text(value)[:80] or said.interface
    _hear_row(thing, row, said)
    if not thing.hidden:
        text = thing.words.get(value, str(value)) if isinstance(value, int) else _words(value)
        said.fields[thing.field or name] = text


def _hear_row(thing: Thing, row: tuple[int, ...], said: _Said) -> None:
    if not row:
        return
    match thing.row:
        case "interface":
            said.index = row[0]
        case "poe-port" if len(row) == 2 and not said.interface:
            said.interface = f"Ethernet{row[0]}/{row[1]}"
        case "peer" if len(row) >= 4:
            said.fields["peer"] = _address(row)
        case "part":
            said.fields.setdefault("part", str(row[0]))
        case "number":
            said.fields.setdefault("row", str(row[0]))
        case _:
            return


def _address(row: tuple[int, ...]) -> str:
    """The address at the end of a row: IPv4, or IPv6 where a length of 16 stands before it."""
    if len(row) >= 17 and row[-17] == 16:
        pairs = [f"{row[at] << 8 | row[at + 1]:x}" for at in range(-16, 0, 2)]
        return ":".join(pairs)
    return ".".join(str(number) for number in row[-4:])


def _words(value: int | str | bytes) -> str:
    if isinstance(value, bytes):
        text = read_text(value)
        return text[:MAX_TEXT] if text.isprintable() else value[:32].hex()
    return str(value)[:MAX_TEXT]
