"""What raises an alert in the embedded city, as data: a test aims it at a city and lets it happen.

Words in braces (``{device}``, ``{endpoint}``) stand for what ``aim`` finds in the city's own promises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Literal

from agent.intent.expectation import Expectations

Way = Literal["fault", "configure", "agent", "series"]


@dataclass(frozen=True, slots=True)
class Fault:
    """How the alert comes about, by one of four ways.

    ``fault``: ``kind`` and ``arguments`` of the virtual Nexus (``vnexus fault … kinds``).
    ``configure``: ``lines`` typed on the switch.
    ``agent``: something happens to Moulin or Prometheus themselves; ``words`` say what.
    ``series``: nobody models it; only the promtool test raises it, ``words`` say why.
    """

    way: Way
    at: str = ""
    """What it befalls: a role of a switch, a kind of a port, or a promise; see ``AIMS``."""
    kind: str = ""
    arguments: tuple[tuple[str, str], ...] = ()
    lines: tuple[str, ...] = ()
    words: str = ""
    spared: int | None = None
    """Not one place but all, except so many; None: one place."""


@dataclass(frozen=True, slots=True)
class Aimed:
    """A fault with a place: what to send to the lab, and the words of the place for what the alert says."""

    fault: Fault
    words: Mapping[str, str]
    arguments: Mapping[str, str] = field(default_factory=dict)
    """Body of ``POST /faults`` beside ``kind``."""
    lines: tuple[str, ...] = ()
    """What to type on ``words["device"]``."""


def fault(kind: str, at: str, /, **arguments: str) -> Fault:
    """A fault of the virtual Nexus; without arguments those that its place calls for."""
    named = arguments if "node" in arguments or "endpoint" in arguments else {"node": "{device}"} | arguments
    return Fault("fault", at, kind, tuple(named.items()))


def on_port(kind: str, at: str, /, **arguments: str) -> Fault:
    """A fault of the virtual Nexus at a port."""
    return fault(kind, at, node="{device}", port="{interface}", **arguments)


def on_endpoint(kind: str, at: str, /, **arguments: str) -> Fault:
    """A fault of the virtual Nexus at what hangs on a port."""
    return fault(kind, at, endpoint="{endpoint}", **arguments)


def everywhere_but_one(kind: str, at: str, /, **arguments: str) -> Fault:
    """A fault of the virtual Nexus at every place of this kind except the first."""
    return replace(fault(kind, at, **arguments), spared=1)


def configure(at: str, *lines: str) -> Fault:
    """Lines typed on the switch, in configuration mode."""
    return Fault("configure", at, lines=lines)


def befalls_agent(words: str) -> Fault:
    """Something that happens to Moulin or Prometheus, in words."""
    return Fault("agent", words=words)


def by_series(why: str) -> Fault:
    """Nothing in the lab: the promtool test gives the series by hand."""
    return Fault("series", words=why)


_Words = Mapping[str, str]


def _of_role(role: str) -> Callable[[Expectations], list[_Words]]:
    def find(expected: Expectations) -> list[_Words]:
        return [{"device": t.device, "site": t.site} for t in expected.targets if t.role == role]

    return find


def _of_kind(kind: str) -> Callable[[Expectations], list[_Words]]:
    """Ports of this kind, as their promise says them."""

    def find(expected: Expectations) -> list[_Words]:
        return [_texts(port) for port in expected.ports if port.kind == kind]

    return find


def _uplinks_of(role: str) -> Callable[[Expectations], list[_Words]]:
    """Cables that lead from switches of this role to other switches."""

    def find(expected: Expectations) -> list[_Words]:
        here = {target.device for target in expected.targets if target.role == role}
        return [_texts(p) for p in expected.ports if p.kind == "uplink" and p.device in here]

    return find


def _trunks(expected: Expectations) -> list[_Words]:
    """Members of port-channels that are meant to have several: cables between the two cores."""
    cores = {target.device for target in expected.targets if target.role == "core"}
    return [
        _texts(p) for p in expected.ports if p.kind == "uplink" and p.device in cores and p.endpoint in cores
    ]


def _sessions(expected: Expectations) -> list[_Words]:
    """Sessions with carriers, with the port that leads there."""
    ports = {(p.device, p.endpoint): p for p in expected.ports if p.kind == "carrier"}
    found = [(s, ports.get((s.device, s.carrier))) for s in expected.sessions]
    return [_texts(s) | (_texts(port) if port else {}) for s, port in found]


def _texts(promise: object) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(promise).items() if value is not None}  # type: ignore[call-overload]


AIMS: Mapping[str, Callable[[Expectations], list[_Words]]] = {
    **{role: _of_role(role) for role in ("building", "core", "leaf", "carrier-edge")},
    **{kind: _of_kind(kind) for kind in ("camera", "access-point", "phone", "display", "door", "server")},
    "carrier": _of_kind("carrier"),
    "uplink": _uplinks_of("building"),
    "border": _uplinks_of("carrier-edge"),
    "trunk": _trunks,
    "session": _sessions,
    "carrier-session": lambda expected: [words for words in _sessions(expected) if "interface" in words],
    "probed-server": lambda expected: [
        _texts(p.port) | {"probe": p.probe} for p in expected.probes if p.port.kind == "server"
    ],
    "group": lambda expected: [_texts(item) for item in expected.protocols.groups],
    "adjacency": lambda expected: [_texts(item) for item in expected.protocols.adjacencies],
    "vpc": lambda expected: [_texts(item) for item in expected.protocols.vpcs],
    "channel": lambda expected: [_texts(item) for item in expected.protocols.channels if item.members > 1],
}
"""Places of a city by name: for each, the words of every one that the city has."""


def aim(wanted: Fault, expected: Expectations, number: int = 0) -> Aimed:
    """The fault at the ``number``-th place of its kind that the city has.

    Raises LookupError when the city has none.
    """
    words: Mapping[str, str] = {}
    if wanted.at:
        places = AIMS[wanted.at](expected)
        if number >= len(places):
            raise LookupError(f"the city has no {wanted.at} number {number}")
        words = places[number]
    return Aimed(
        wanted,
        words,
        {name: value.format_map(words) for name, value in wanted.arguments},
        tuple(line.format_map(words) for line in wanted.lines),
    )


def aim_all(wanted: Fault, expected: Expectations) -> tuple[Aimed, ...]:
    """Everything that has to happen: the fault at its place, or at all of them but those that are spared."""
    if wanted.spared is None:
        return (aim(wanted, expected),)
    count = len(AIMS[wanted.at](expected))
    return tuple(aim(wanted, expected, number) for number in range(wanted.spared, count))


def tell(wanted: Fault) -> str:
    """The fault in one line, as the table of alerts shows it.

    >>> tell(on_port("optic-dim", "uplink", decibels="9"))
    '`optic-dim` node={device} port={interface} decibels=9, at an uplink'
    """
    where = (
        f", at every {wanted.at} but {wanted.spared}"
        if wanted.spared is not None
        else (f", at {'an' if wanted.at[:1] in 'aeiou' else 'a'} {wanted.at}" if wanted.at else "")
    )
    match wanted.way:
        case "fault":
            pairs = " ".join(f"{name}={value}" for name, value in wanted.arguments)
            return f"`{wanted.kind}` {pairs}".rstrip() + where
        case "configure":
            return "typed: " + "; ".join(f"`{line}`" for line in wanted.lines) + where
        case "agent":
            return wanted.words
        case _:
            return f"series by hand: {wanted.words}"
