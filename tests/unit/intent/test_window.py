"""Maintenance windows by the clock on the wall."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Any

import pytest
from pydantic import ValidationError

from agent.intent.window import Window


def window(**keys: Any) -> Window:
    night = {"title": "Night", "days": ["tuesday"], "starts": "22:00", "hours": 6, "timezone": "Europe/Paris"}
    return Window.model_validate(night | keys)


def openings(item: Window, now: str, count: int = 2) -> list[tuple[str, str]]:
    found = islice(item.openings(datetime.fromisoformat(now)), count)
    return [(begins.isoformat()[:16], ends.isoformat()[:16]) for begins, ends in found]


def test_a_window_that_began_yesterday_is_still_open_after_midnight() -> None:
    assert openings(window(), "2027-01-06T01:00+01:00", 1) == [("2027-01-05T21:00", "2027-01-06T03:00")]


def test_after_its_end_the_next_week_counts() -> None:
    assert openings(window(), "2027-01-06T04:00+01:00", 1) == [("2027-01-12T21:00", "2027-01-13T03:00")]


def test_the_clock_on_the_wall_holds_across_summer_time() -> None:
    """In winter 22:00 in Paris is 21:00 UTC, from the last Sunday of March 20:00."""
    assert openings(window(), "2027-03-24T12:00+01:00") == [
        ("2027-03-30T20:00", "2027-03-31T02:00"),
        ("2027-04-06T20:00", "2027-04-07T02:00"),
    ]


@pytest.mark.parametrize(
    ("weeks", "first"), [([1], "2027-01-05"), ([2], "2027-01-12"), ([-1], "2027-01-26"), ([5], "2027-03-30")]
)
def test_weeks_count_within_the_month(weeks: list[int], first: str) -> None:
    begins, _ = openings(window(weeks=weeks, starts="10:00"), "2027-01-01T00:00+00:00", 1)[0]
    assert begins[:10] == first


@pytest.mark.parametrize(
    "wrong",
    [
        {"timezone": "Europe/Bellerive"},
        {"timezone": "../etc/passwd"},
        {"starts": "24:00"},
        {"starts": "7:00"},
        {"days": []},
        {"days": ["mardi"]},
        {"hours": 0},
    ],
)
def test_what_is_no_window_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        window(**wrong)
