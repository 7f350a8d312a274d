"""Carrier failover drill: one session is shut while the switch stands ready to bring it back by itself.

The drill lives between "verified" and "confirmed": the change is never confirmed, so a Moulin that dies in
the middle of it leaves nothing behind, the switch takes the shutdown back when its own time is over.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nornir.core import Nornir

from agent.apply.verdict import Stop
from agent.errors import ForbiddenError, UsageError
from agent.flows.fleet import each
from agent.flows.overlay import replace_lines
from agent.intent.city import City
from agent.intent.expectation import ExpectedSession

COMMAND = "show ip bgp summary"
STEP_SECONDS = 2.0
"""Between two looks."""
BACK_SECONDS = 120.0
"""How long a session may take to come back."""
_ROW = re.compile(r"^(\d+\.\d+\.\d+\.\d+)\s+4\s+\d+\s+(?:\d+\s+){5}\S+\s+(\S.*)$", re.MULTILINE)
_TABLE = re.compile(r"^(\d+) network entries and (\d+) paths", re.MULTILINE)


class TooFewCarriersError(ForbiddenError):
    """The city would hang on too little during the drill."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """What the edges say at one moment."""

    prefixes: Mapping[str, int | None]
    """Carrier to prefixes received; None while its session does not stand."""
    networks: Mapping[str, int]
    """Edge switch to prefixes in its table."""

    def standing(self, *, but: str = "") -> tuple[str, ...]:
        """Carriers whose session stands and brings prefixes."""
        return tuple(name for name, count in self.prefixes.items() if count and name != but)


@dataclass(frozen=True, slots=True)
class Look:
    """One look during the drill, ``seconds`` after its begin."""

    seconds: float
    sessions: Sessions


def read_summary(text: str) -> tuple[dict[str, int | None], int]:
    r"""(peer to prefixes, networks in the table) of ``show ip bgp summary``; a session that is down has None.

    >>> rows = "192.0.2.2 4 64497 3 3 5 0 0 00:01:02 3\n192.0.2.6 4 64498 0 0 0 0 0 1d02h Shut (Admin)"
    >>> read_summary(f"3 network entries and 4 paths using 1 bytes\n{rows}")
    ({'192.0.2.2': 3, '192.0.2.6': None}, 3)
    """
    rows = {row[1]: int(said) if (said := row[2].strip()).isdigit() else None for row in _ROW.finditer(text)}
    table = _TABLE.search(text)
    return rows, int(table[1]) if table else 0


def read_sessions(edges: Nornir, expected: Sequence[ExpectedSession]) -> Sessions:
    """Sessions of all carriers; those of an edge that does not answer are down."""
    harvest = each(edges, lambda device: read_summary(device.ask(COMMAND)[0]))
    prefixes = {
        session.carrier: harvest.values[session.device][0].get(session.peer)
        if session.device in harvest.values
        else None
        for session in expected
        if session.carrier
    }
    return Sessions(prefixes, {name: networks for name, (_, networks) in sorted(harvest.values.items())})


def shut_carrier(city: City, carrier: str, device: str, running: str) -> str:
    """The running-config of the carrier's edge with its session shut; other switches stay as they are."""
    if city.carriers is None or carrier not in city.carriers.carriers:
        known = ", ".join(city.carriers.carriers) if city.carriers else "none"
        raise UsageError(f"{carrier}: no such carrier. there are {known}")
    of = city.carriers.carriers[carrier]
    if of.port.switch != device:
        return running
    router, peer = f"router bgp {city.carriers.asn}", f"neighbor {of.addresses()[1]}"
    headers = (row.strip() for row in running.splitlines() if row.startswith(f"  {peer}"))
    header = next((row for row in headers if row == peer or row.startswith(f"{peer} ")), "")
    if not header:
        raise UsageError(f"{device}: has no session with {carrier}. bring it to the intent: moulin apply")
    return replace_lines(
        running, [router, header], lambda line: line in {"shutdown", "no shutdown"}, ["shutdown"]
    )


def refuse_lonely(before: Sessions, carrier: str, keep: int) -> None:
    """Raise TooFewCarriersError unless the session stands and at least ``keep`` others do."""
    if before.prefixes.get(carrier) is None:
        raise TooFewCarriersError(
            f"{carrier}: its session does not stand, there is nothing to drill. look first"
        )
    others = before.standing(but=carrier)
    if len(others) < keep:
        names = ", ".join(others) or "none"
        raise TooFewCarriersError(
            f"{carrier}: only {len(others)} other carriers stand ({names}), {keep} must. mend them, or --keep"
        )


@dataclass(slots=True)
class Drill:
    """Measures while the session is shut, then has it taken back; satisfies ``Gate``."""

    edges: Nornir
    expected: Sequence[ExpectedSession]
    carrier: str
    seconds: float
    keep: int
    tell: Callable[[Look], None] = lambda _: None
    clock: Callable[[], float] = time.monotonic
    looks: list[Look] = field(default_factory=list)
    ended_early: str = ""

    @property
    def hold_seconds(self) -> float:
        """The switch's own time is longer than the drill."""
        return self.seconds + 60.0

    @property
    def head(self) -> str:
        """A drill always goes back: that is no failure."""
        return "brought back as planned"

    def look(self, wave: Sequence[str]) -> None:
        """The state before was asked for already."""

    def broken(self, wave: Sequence[str], stop: Stop | None = None) -> tuple[str, ...]:  # noqa: ARG002
        """Measure until the time is over or too few others stand; the words why it goes back."""
        begin = self.clock()
        halt = stop or Stop()
        while True:
            seen = Look(self.clock() - begin, read_sessions(self.edges, self.expected))
            self.looks.append(seen)
            self.tell(seen)
            if len(seen.sessions.standing(but=self.carrier)) < self.keep:
                self.ended_early = f"only {len(seen.sessions.standing(but=self.carrier))} others stood"
            left = self.seconds - (self.clock() - begin)
            if self.ended_early or left <= 0 or halt.wait(min(STEP_SECONDS, left)):
                break
        early = f", early: {self.ended_early}" if self.ended_early else ""
        return (f"the drill of {self.carrier} is over{early}",)


@dataclass(frozen=True, slots=True)
class DrillReport:
    """What the drill showed."""

    carrier: str
    before: Sessions
    during: Sessions
    after: Sessions
    down_after_seconds: float | None
    """Until its session was seen down; None when it never was."""
    back_after_seconds: float | None
    """Until it stood again with as many prefixes as before; None when it did not."""

    @property
    def passed(self) -> bool:
        """The session went, the others carried on with no prefix less, and it came back."""
        return self.down_after_seconds is not None and self.back_after_seconds is not None and not self.lost

    @property
    def lost(self) -> tuple[str, ...]:
        """Other carriers that stood before and did not during the drill."""
        during = self.during.standing(but=self.carrier)
        return tuple(name for name in self.before.standing(but=self.carrier) if name not in during)

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """(carrier, prefixes before, during, after) for people."""
        for name, count in self.before.prefixes.items():
            yield (
                name,
                _said(count),
                _said(self.during.prefixes.get(name)),
                _said(self.after.prefixes.get(name)),
            )


def await_return(drill: Drill, before: Sessions) -> tuple[Sessions, float | None]:
    """The sessions once the carrier is back as before, and the seconds that it took; None when it is not."""
    begin, halt = drill.clock(), Stop()
    while True:
        now = read_sessions(drill.edges, drill.expected)
        passed = drill.clock() - begin
        if (now.prefixes.get(drill.carrier) or 0) >= (before.prefixes.get(drill.carrier) or 0) > 0:
            return now, passed
        if passed > BACK_SECONDS:
            return now, None
        halt.wait(STEP_SECONDS)


def report_drill(drill: Drill, before: Sessions, after: Sessions, back: float | None) -> DrillReport:
    """Put the looks together."""
    down = [look for look in drill.looks if look.sessions.prefixes.get(drill.carrier) is None]
    last = (down or drill.looks)[-1].sessions if drill.looks else before
    return DrillReport(drill.carrier, before, last, after, down[0].seconds if down else None, back)


def _said(count: int | None) -> str:
    return "down" if count is None else str(count)
