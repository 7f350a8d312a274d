"""Laws of the accounts of objectives: no endpoint-second is lost, invented, or called good unseen."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.flows.accounts import Accounts, Counts, left_of, month_of
from agent.intent.expectation import ExpectedService
from agent.records import Observed
from agent.store.ledger import Ledger

START = 1_700_000_000.0
counts = st.fixed_dictionaries({name: st.tuples(*[st.integers(0, 400)] * 3) for name in ("cctv", "voice")})
rounds = st.lists(
    st.tuples(counts, st.floats(-7_200, 3 * 86_400, allow_nan=False), st.booleans()), min_size=1, max_size=25
)
"""(what is seen, seconds since the round before, whether the process restarts after it)."""


@given(rounds)
@settings(max_examples=60, deadline=None)
def test_up_and_down_and_unobserved_are_what_was_meant(rounds: list[tuple[Counts, float, bool]]) -> None:
    """Over jumps of the clock, forward and back, and over restarts."""
    longest, meant, seen = 75.0, dict.fromkeys(("cctv", "voice"), 0.0), dict.fromkeys(("cctv", "voice"), 0.0)
    with TemporaryDirectory() as folder:
        ledger, accounts, now, latest = Ledger(Path(folder)), Accounts(), START, START
        accounts.book(rounds[0][0], now, longest)
        for what, seconds, restarts in rounds:
            now += seconds
            accounts.book(what, now, longest)
            passed = max(0.0, now - latest)
            latest = max(latest, now)
            for service, (up, down, unobserved) in what.items():
                meant[service] += (up + down + unobserved) * passed
                seen[service] += (up + down) * min(passed, longest)
            ledger.add(*accounts.take())
            if restarts and passed:
                ledger.close()
                ledger, accounts = Ledger(Path(folder)), Accounts()
                accounts.start(ledger.since(0), ledger.until() or latest)
        kept = ledger.since(0)
        ledger.close()
    for service in meant:
        total = sum((tally for (name, _), tally in kept.items() if name == service), Observed())
        assert total.meant == pytest.approx(meant[service], rel=1e-9, abs=1e-3)
        assert total.up + total.down == pytest.approx(seen[service], rel=1e-9, abs=1e-3)
    for (_, hour), tally in kept.items():
        assert hour % 3600 == 0
        assert min(tally.up, tally.down, tally.unobserved) >= 0


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 0.9999))
def test_what_is_left_falls_with_every_second_down_and_nothing_else(
    up: float, down: float, goal: float
) -> None:
    whole = 1e9
    left = left_of(Observed(up, down, 5.0), goal, whole)
    assert left is not None
    assert left <= 1
    assert left == left_of(Observed(0, down, 9e9), goal, whole)
    more = left_of(Observed(up, down + 1e6, 5.0), goal, whole)
    assert more is not None
    assert more < left or left < -1e4  # far below nothing, a rounded figure says no more


@given(st.floats(0, 4e9))
def test_a_month_holds_its_instant(now: float) -> None:
    first, seconds = month_of(now)
    assert first <= now < first + seconds
    assert month_of(first + seconds)[0] == first + seconds


@given(st.lists(st.tuples(st.floats(0, 7_200), st.integers(0, 5), st.booleans()), min_size=1, max_size=40))
@settings(deadline=None)
def test_what_a_page_reads_in_between_changes_nothing(steps: list[tuple[float, int, bool]]) -> None:
    """Sums of past hours are remembered: they are those that somebody who never looked before would get."""
    promised = (ExpectedService("cctv", "video", 0.99),)
    often, once, now = Accounts(), Accounts(), START
    for seconds, down, looks in steps:
        now += seconds
        for accounts in (often, once):
            accounts.book({"cctv": (2, down, 1)}, now, 600)
        if looks:
            often.standings(promised, now)
    assert often.standings(promised, now) == once.standings(promised, now)
