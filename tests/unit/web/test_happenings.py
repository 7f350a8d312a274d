"""The timeline as a page shows it, and how old its data says it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.collect.poll import Poll
from agent.flows.accounts import Standing
from agent.metrics import Page
from agent.records import Event, EventLevel, Observed
from agent.web.freshness import judge_freshness
from agent.web.happenings import LEVELS, Filter, gather
from agent.web.services import Cell, Wellbeing
from agent.web.tiles import lay_tiles


def event(at: float, device: str = "hall", level: str = "warning", text: str = "down") -> Event:
    return Event(at, device, "link-down", "Ethernet1/1", text, EventLevel(level), {"user": "ada"})


def test_the_same_in_a_row_is_told_once_with_its_count() -> None:
    heard = [event(1000 - 10 * n, "hall" if n % 2 else "core") for n in range(10)] + [event(100)]
    lines = gather(heard, Filter())
    assert [(line.event.device, line.times, line.first_at) for line in lines] == [
        ("core", 5, 920),
        ("hall", 5, 910),
        ("hall", 1, 100),
    ]
    assert (lines[0].who, lines[0].day, lines[0].clock) == ("ada", "1970-01-01", "00:16:40")


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 4),
        ({"severity": "warning"}, 2),
        ({"severity": "<script>"}, 4),
        ({"device": "core", "severity": "info"}, 1),
        ({"kind": "other"}, 0),
    ],
)
def test_a_reader_chooses(query: dict[str, str], count: int) -> None:
    heard = [
        event(9, "core", "info"),
        *(event(float(n), "hall", level) for n, level in enumerate(LEVELS[:3])),
    ]
    assert len(gather(heard, Filter.read(query))) == count


@given(
    st.lists(st.builds(event, st.floats(0, 2e9), st.sampled_from("ab"), st.sampled_from(LEVELS))),
    st.integers(1, 9),
)
def test_no_event_is_lost_in_a_line_and_no_page_is_endless(heard: list[Event], most: int) -> None:
    lines = gather(heard, Filter(), most)
    assert len(lines) <= most
    assert sum(line.times for line in gather(heard, Filter())) == len(heard)
    assert all(len(line.text) <= 301 for line in gather([event(1, text="x" * 9000)], Filter()))


def poll(at: float, *, success: bool = True) -> Poll:
    return Poll("x", at, 1.0, success, "", Page())


@pytest.mark.parametrize(
    ("polls", "state", "gaps"),
    [
        ({}, "none", 2),
        ({"a": poll(90), "b": poll(98)}, "fresh", 0),
        ({"a": poll(98), "b": poll(97, success=False)}, "fresh", 1),
        ({"a": poll(73.5), "b": poll(98)}, "stale", 0),
        ({"a": poll(74.5), "b": poll(98)}, "fresh", 0),
        ({"a": poll(500)}, "fresh", 1),  # a clock that went back makes nothing younger than new
    ],
)
def test_data_is_stale_after_two_and_a_half_intervals(polls: dict[str, Poll], state: str, gaps: int) -> None:
    found = judge_freshness(("a", "b"), polls.get, 100, 10)
    assert (found.state, found.gaps) == (state, gaps)
    assert found.oldest_seconds >= 0


def test_a_tile_warns_before_the_budget_is_spent() -> None:
    being = Wellbeing(("a", "b", "c", "d"), ("x",), {(name, "x"): Cell(2, 2) for name in "abcd"}, ())

    def stands(service: str, left: float | None) -> Standing:
        return Standing(service, "team", "month", 0.99, Observed(3, 0, 1), left)

    tiles = lay_tiles(being, [stands("a", 0.9), stands("b", 0.2), stands("c", -0.5)])
    assert [(tile.budget, tile.left_percent, tile.gap_percent) for tile in tiles] == [
        ("plenty", 90, 25),
        ("low", 20, 25),
        ("spent", 0, 25),
        ("none", 0, 0),
    ]
