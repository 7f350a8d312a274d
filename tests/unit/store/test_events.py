"""The timeline and its table: bounded, newest first, told to whoever listens."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from agent.errors import StoreError
from agent.records import Event, EventLevel
from agent.store.events import EventStore
from agent.store.timeline import Timeline, Turn


def event(number: int, device: str = "hall") -> Event:
    return Event(
        float(number), device, "link-down", f"Ethernet1/{number}", "x", EventLevel.WARNING, {"n": "é"}
    )


def test_the_timeline_forgets_the_oldest_and_tells_listeners() -> None:
    timeline = Timeline(capacity=5)
    told: list[Event] = []
    end = timeline.subscribe(told.append)
    for number in range(8):
        timeline.add(event(number, "hall" if number % 2 else "core"))
    end()
    timeline.add(event(9))
    assert len(timeline) == 5
    assert len(told) == 8
    assert [one.at for one in timeline.recent(3)] == [9, 7, 6]
    assert [one.at for one in timeline.recent(device="core")] == [6, 4]
    assert timeline.recent(kind="other") == ()


def test_what_was_kept_is_there_after_a_restart(tmp_path: Path) -> None:
    store = EventStore(tmp_path)
    store.append([event(number) for number in range(10)])
    store.append([])
    store.close()
    again = EventStore(tmp_path)
    assert again.recent(2) == (event(9), event(8))
    assert [one.at for one in again.recent(since=7)] == [9, 8, 7]
    assert again.recent(device="core") == ()
    timeline = Timeline(capacity=3)
    timeline.fill(reversed(again.recent()))
    assert [one.at for one in timeline.recent()] == [9, 8, 7]
    again.close()


def test_retention_is_by_age_and_by_rows(tmp_path: Path) -> None:
    store = EventStore(tmp_path)
    store.append([event(number) for number in range(10)])
    assert store.prune(now=86_403.0, keep_days=1) == 3
    assert store.prune(now=0, keep_rows=4) == 3
    assert [one.at for one in store.recent()] == [9, 8, 7, 6]
    store.close()


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "journal.sqlite").write_text("not a database, but long enough to be looked at" * 30)
    with pytest.raises(StoreError, match=r"journal\.sqlite: no room for events"):
        EventStore(tmp_path)


def test_a_timeline_tells_every_turn() -> None:
    timeline, turns = Timeline(capacity=2), list[Turn]()
    timeline.follow(turns.append)
    first = timeline.add(event(1))
    second = timeline.add(event(2))
    timeline.amend(first, event(1), event(5), news=event(4))
    assert timeline.at(first) == event(5)
    timeline.amend(second, event(2), None)
    assert timeline.recent() == (event(5),)
    timeline.add(event(6))
    timeline.add(event(7))
    timeline.amend(first, event(5), event(8))  # forgotten here; the database may still have it
    assert timeline.at(first) is None
    assert [one.news for one in turns] == [event(1), event(2), event(4), None, event(6), event(7), None]
    assert (turns[-1].before, turns[-1].after) == (event(5), event(8))
    assert len(timeline) == 2


def test_amendments_are_written_all_or_none(tmp_path: Path) -> None:
    store = EventStore(tmp_path)
    store.amend([(None, event(1)), (None, event(2)), (None, event(3)), (None, None)])
    store.amend(
        [(event(1), replace(event(1), kind="flapping", text="<b>")), (event(2), None), (None, event(4))]
    )
    assert [(one.at, one.kind) for one in store.recent()] == [
        (4.0, "link-down"),
        (3.0, "link-down"),
        (1.0, "flapping"),
    ]
    assert [one.at for one in store.between(1.0, 3.0, ("link-down",))] == [3.0]
    assert store.between(0.0, 9.0, ()) == ()
    store.close()
