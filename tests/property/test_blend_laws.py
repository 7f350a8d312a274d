"""Sources that come, fall silent and return, over one true counter: what is shown must stay sane."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.collect.blend import STALE_INTERVALS, Blend, is_alive
from agent.collect.source import Holding

BYTES, UP = "net_interface_receive_bytes_total", "net_interface_up"
SECONDS = 120


@dataclass(frozen=True)
class Way:
    """A source: how often it looks, from where it counts, when it is silent (first, last second)."""

    interval: int
    start: int
    silent: tuple[tuple[int, int], ...]
    phase: int

    def looks(self, now: int) -> bool:
        return now % self.interval == self.phase % self.interval and not any(
            first <= now <= last for first, last in self.silent
        )


@dataclass
class Shown:
    at: int
    value: float | None
    alive: frozenset[str] = field(default_factory=frozenset)


silences = st.tuples(st.integers(0, SECONDS), st.integers(0, 60)).map(lambda pair: (pair[0], sum(pair)))
ways = st.builds(
    Way,
    interval=st.sampled_from([1, 2, 5, 10]),
    # the same counter, or one that was cleared long ago, or one that counts since much longer
    start=st.sampled_from([1_000_000, 1_000_000, 0, 900_000_000]),
    silent=st.lists(silences, max_size=3).map(tuple),
    phase=st.integers(0, 9),
)
rates = st.lists(st.sampled_from([0, 0, 1, 7, 100]), min_size=SECONDS + 1, max_size=SECONDS + 1)
looks = st.sets(st.integers(0, SECONDS), min_size=20)


def play(sources: dict[str, Way], growth: list[int], passes: set[int]) -> tuple[list[Shown], list[int]]:
    """What a blend shows at each pass, and the true growth by second."""
    blend, holdings, shown, true = Blend(), {}, [], [0]
    for now in range(SECONDS + 1):
        true.append(true[-1] + growth[now])
        for name, way in sources.items():
            if way.looks(now):
                holdings[name] = Holding(
                    {BYTES: {"a ": way.start + true[now]}, UP: {"a ": way.interval}}, now, way.interval
                )
        if now in passes:
            families = blend.mix(holdings, now)
            alive = frozenset(name for name, held in holdings.items() if is_alive(held, now))
            shown.append(Shown(now, families.get(BYTES, {}).get("a "), alive))
            if alive:
                assert families[UP] == {"a ": min(sources[name].interval for name in alive)}
            assert (not alive) == (families == {})
    return shown, true


@given(st.lists(ways, min_size=1, max_size=3), rates, looks)
@settings(max_examples=300, deadline=None)
def test_no_reset_and_no_burst_is_ever_made_up(found: list[Way], growth: list[int], passes: set[int]) -> None:
    sources = {f"way-{number}": way for number, way in enumerate(found)}
    shown, true = play(sources, growth, passes)
    slowest = max(way.interval for way in found)
    for before, after in pairwise(shown):
        if before.value is None or after.value is None:
            continue
        assert after.value >= before.value
        # a value may be as old as its source may be silent, and is read up to an interval late
        earlier = max(0, before.at - int((STALE_INTERVALS + 1) * slowest) - 1)
        assert after.value - before.value <= 3 * (true[after.at] - true[earlier])


@given(ways, rates, looks)
@settings(max_examples=100, deadline=None)
def test_one_source_is_shown_as_it_is(way: Way, growth: list[int], passes: set[int]) -> None:
    shown, true = play({"only": way}, growth, passes)
    for one in shown:
        if one.value is not None:
            assert one.value - way.start in true[: one.at + 1]


@given(ways, ways, rates)
@settings(max_examples=100, deadline=None)
def test_the_finest_living_source_shows_counters_in_the_end(a: Way, b: Way, growth: list[int]) -> None:
    """After both have lived for long, the value moves with every look of the finer one."""
    calm = {"a": Way(a.interval, a.start, (), a.phase), "b": Way(b.interval, b.start, (), b.phase)}
    finest = min(a.interval, b.interval)
    shown, true = play(calm, growth, set(range(SECONDS + 1)))
    tail = [one for one in shown if one.at > SECONDS - 40]
    first = tail[0].value
    assert first is not None
    for one in tail:
        assert one.value is not None
        grown = one.value - first
        assert true[max(0, one.at - finest)] - true[tail[0].at] <= grown
        assert grown <= true[one.at] - true[max(0, tail[0].at - finest)]
