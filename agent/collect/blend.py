"""Several sources of one device become one set of series: each once, by the finest source that lives.

A source is alive while its word is younger than 2.5 of its intervals; what no living source holds vanishes.
A gauge is taken from the finest living source. A counter is more delicate, because sources may count from
different starts (since boot, since the counters were cleared, 32 bits of 64) and are read at different
times: a plain change of source would look like a reset, or like a burst of everything since boot. So:

- a counter stays with its source until that is stale, or a finer one has lived for 2.5 of its intervals;
- while two sources are alive, their difference is learned each time the showing one has news; at hand-over
  the new source goes on where the old one was, growth in the silence included;
- a difference that the two moments of reading explain is dropped, so that raw values are shown again; the
  value waits, at most for that lag, where the new source was read earlier;
- without a common time there is no telling whether it is the same counter: it is when the new value stands
  at most a hundredth above the last one; otherwise the series goes on flat from its last value;
- when the source itself counts down, the device has reset it, and the reset is shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.collect.source import Holding
from agent.metrics.roll import join

STALE_INTERVALS = 2.5
"""Series of a source are dropped when its last word is older than so many of its intervals."""

SAME_COUNTER = 0.01
"""So much further than the last value may a counter be after a silence, and still be taken for the same."""

Families = Mapping[str, Mapping[str, float]]


def is_alive(holding: Holding, now: float) -> bool:
    """Whether what a source holds may still be shown.

    >>> is_alive(Holding({}, 100.0, 10.0), 125.0), is_alive(Holding({}, 100.0, 10.0), 125.1)
    (True, False)
    """
    return now - holding.at <= STALE_INTERVALS * holding.interval_seconds


def expiries(holdings: Mapping[str, Holding], now: float) -> list[float]:
    """When each of the living ones will be too old.

    >>> expiries({"snmp": Holding({}, 100.0, 10.0), "gnmi": Holding({}, 0.0, 10.0)}, 110.0)
    [125.0]
    """
    return [
        held.at + STALE_INTERVALS * held.interval_seconds for held in holdings.values() if is_alive(held, now)
    ]


@dataclass(slots=True)
class _Seen:
    """What a source last said of a counter."""

    raw: float
    at: float
    grown: float = 0.0
    """Growth between its last two different looks: how far readings of one counter may lie apart."""
    behind: float | None = None
    """The shown value minus this one, when both were last known to be fresh; None when they never were."""

    def look(self, raw: float, at: float) -> bool:
        """Take in a reading; True when there is a new one."""
        if at == self.at and raw == self.raw:
            return False
        if raw < self.raw:
            self.behind, self.grown = None, 0.0
        elif raw > self.raw:
            self.grown = raw - self.raw
        self.raw, self.at = raw, at
        return True


@dataclass(slots=True)
class _Counter:
    """A counter that more than one source gives, or gave."""

    owner: str
    shown: float
    offset: float = 0.0
    seen: dict[str, _Seen] = field(default_factory=dict)

    def follow(self, offers: Mapping[str, tuple[float, float]], better: str | None) -> float:
        """The value to show; ``offers`` is (raw, at) by source, finest first, ``better`` one to go to."""
        was = self.seen.get(self.owner)
        before = was.raw if was is not None else self.shown
        fresh = self._look(offers)
        if self.owner not in offers:
            self._hand_over(next(iter(offers)))
        elif offers[self.owner][0] < before:
            self.offset, self.shown = 0.0, offers[self.owner][0]
            for other in self.seen.values():
                other.behind = None
        raw = offers[self.owner][0]
        self.shown = max(self.shown, raw + self.offset)
        if self.owner in fresh:
            for name, (value, _) in offers.items():
                self.seen[name].behind = self.shown - value
        if better is not None:
            self._hand_over(better)
            self.shown = max(self.shown, offers[better][0] + self.offset)
        return self.shown

    def _look(self, offers: Mapping[str, tuple[float, float]]) -> set[str]:
        fresh = set()
        for name, (raw, at) in offers.items():
            seen = self.seen.get(name)
            if seen is None:
                self.seen[name] = _Seen(raw, at)
                fresh.add(name)
            elif seen.look(raw, at):
                fresh.add(name)
        return fresh

    def _hand_over(self, to: str) -> None:
        old, new = self.seen.get(self.owner), self.seen[to]
        if new.behind is None:
            same = self.shown <= new.raw <= self.shown * (1 + SAME_COUNTER)
            self.offset = 0.0 if same else self.shown - new.raw
        else:
            lag = 2 * max(new.grown, old.grown if old is not None else 0.0)
            self.offset = 0.0 if abs(new.behind) <= lag else new.behind
        self.owner = to

    @property
    def plain(self) -> bool:
        """Whether the owner's raw value is what is shown: nothing has to be remembered."""
        return self.offset == 0.0 and self.seen[self.owner].raw == self.shown


class Blend:
    """What one device shows; remembers who gave a counter, and how far sources are apart.

    As long as there is one source, its families are handed through as they are and nothing is remembered
    of single series.
    """

    def __init__(self) -> None:
        self._alone: tuple[str, Families] = ("", {})
        self._since: dict[str, float] = {}
        self._counters: dict[str, dict[str, _Counter]] = {}

    def mix(self, holdings: Mapping[str, Holding], now: float) -> Families:
        """Families to be shown now, by what each source holds; the inner mappings may be the sources' own."""
        alive = sorted(
            ((name, held) for name, held in holdings.items() if is_alive(held, now)),
            key=lambda pair: (pair[1].interval_seconds, -pair[1].at, pair[0]),
        )
        self._since = {name: self._since.get(name, now) for name, _ in alive}
        if not alive:
            self._alone, self._counters = ("", {}), {}
            return {}
        first, held = alive[0]
        if len(alive) == 1 and not self._counters and self._alone[0] in {"", first}:
            self._alone = (first, held.families)
            return held.families
        shown = {family: self._join(family, alive, now) for family in _names(alive)}
        self._counters = {family: kept for family, kept in self._counters.items() if family in shown}
        self._settle(alive)
        return shown

    def _join(self, family: str, alive: list[tuple[str, Holding]], now: float) -> Mapping[str, float]:
        holders = [(name, held) for name, held in alive if family in held.families]
        if family.endswith("_total"):
            return self._count(family, holders, now)
        values = holders[0][1].families[family]
        if len(holders) == 1:
            return values
        for _, held in holders[1:]:
            values = join(values, held.families[family])
        return values

    def _count(self, family: str, holders: list[tuple[str, Holding]], now: float) -> dict[str, float]:
        offers: dict[str, dict[str, tuple[float, float]]] = {}
        for name, held in holders:
            for series, value in held.families[family].items():
                offers.setdefault(series, {})[name] = (value, held.at)
        intervals = {name: held.interval_seconds for name, held in holders}
        alone, families = self._alone
        last = families.get(family, {})
        before, kept = self._counters.get(family, {}), {}
        shown = {}
        for series, offer in offers.items():
            counter = before.get(series)
            if counter is None:
                known = last.get(series) if alone else None
                finest = next(iter(offer))
                counter = (
                    _Counter(finest, offer[finest][0]) if known is None else _Counter(alone, float(known))
                )
            better = self._find_better(counter.owner, offer, intervals, now)
            shown[series] = counter.follow(offer, better)
            kept[series] = counter
        self._counters[family] = kept
        return shown

    def _find_better(
        self, owner: str, offer: Mapping[str, object], intervals: Mapping[str, float], now: float
    ) -> str | None:
        """A finer source that has lived long enough to be trusted with a counter that another one gives."""
        if owner not in offer:
            return None
        limit = STALE_INTERVALS * intervals[owner]
        for name in offer:
            if intervals[name] < intervals[owner] and now - self._since[name] >= limit:
                return name
        return None

    def _settle(self, alive: list[tuple[str, Holding]]) -> None:
        """Forget single series again when one source is left and shown as it is."""
        self._alone = ("", {})
        first, held = alive[0]
        if len(alive) == 1 and all(
            counter.owner == first and counter.plain
            for kept in self._counters.values()
            for counter in kept.values()
        ):
            self._counters, self._alone = {}, (first, held.families)


def _names(alive: list[tuple[str, Holding]]) -> list[str]:
    """Names of all families, each once."""
    return list(dict.fromkeys(family for _, held in alive for family in held.families))
