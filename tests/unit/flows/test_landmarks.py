"""What graphs show beside their lines: changes, drift, restarts, freezes, windows."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request

from agent import metrics as m
from agent.collect.poll import Clocks
from agent.flows.chronicle import Chronicle
from agent.flows.landmarks import Landmarks, marks_of_calendar, read_changes
from agent.flows.watch import Watch
from agent.intent.expectation import Expectations, ExpectedWorks
from agent.intent.window import Window
from agent.records import Event
from agent.settings import Settings
from agent.store.events import EventStore
from agent.store.journal import Journal, NewRun, Why
from agent.store.timeline import Timeline
from agent.web.annotations import Annotations

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NIGHT = Window(
    title="the night of the network", days=("sunday",), starts="22:00", hours=4, timezone="Europe/Paris"
)
ELECTION = ("election", "2026-11-22T06:00:00Z", "2026-11-22T20:00:00Z", ("mairie",))
ROADWORKS = ExpectedWorks("new ducts", "2026-11-25T07:00:00Z", "2026-11-25T09:00:00Z", ("mairie",))
PROMISED = Expectations((), (), (), (), freezes=(ELECTION,), windows=(NIGHT,), works=(ROADWORKS,))


def made(folder: Path) -> Settings:
    """A journal with one change of ours at noon, and a database with one event of somebody else."""
    journal = Journal(folder, clock=lambda: NOON)
    run = NewRun("core-1", "a", "b", 1, "{}")
    number = journal.begin(Why("apply", "ada", "new camera", "x", "T-7"), (run,))
    journal.note(number, "core-1", "saved")
    journal.end(number, "done")
    journal.close()
    store = EventStore(folder)
    at = (NOON + timedelta(minutes=5)).timestamp()
    store.append(
        [
            Event(at, "core-2", "config-drift", text="<b>eve</b> made 3 lines differ"),
            Event(at, "x", "link-up"),
        ]
    )
    store.close()
    return Settings(state=folder)


def asked(settings: Settings | None, query: str, **events: float) -> tuple[int, Any]:
    """(status, data) of ``/api/annotations``, an hour after noon."""
    clocks = Clocks(lambda: 0.0, (NOON + timedelta(hours=1)).timestamp)
    watch = Watch(PROMISED, {}, clocks=clocks)
    for kind, at in events.items():
        watch.timeline.add(Event(at, "sw-1", kind.replace("_", "-"), text="started"))
    annotations = Annotations(watch, Chronicle(settings) if settings else None)
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": query[1:].encode()}
    answer = asyncio.run(annotations.annotations(Request(scope)))
    return answer.status_code, json.loads(bytes(answer.body))


def test_annotations_are_what_grafana_takes(tmp_path: Path) -> None:
    told = asked(made(tmp_path), "", cold_start=NOON.timestamp())[1]
    assert [one["tags"] for one in told] == [
        ["config-drift", "core-2"],
        ["change", "core-1"],
        ["restart", "sw-1"],
        ["freeze", "mairie"],
    ]
    assert told[1]["title"] == "change 1: apply by ada"
    assert told[1]["text"] == "new camera; T-7; done"
    assert told[1]["time"] == told[1]["timeEnd"] == 1000 * NOON.timestamp()
    assert told[0]["text"] == "<b>eve</b> made 3 lines differ"  # data, in JSON


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("?kind=change,restart", ["change"]),
        ("?from=2026-11-22T12:01:00Z&kind=change,config-drift", ["config-drift"]),
        (f"?to={int(1000 * NOON.timestamp())}&kind=change,config-drift", ["change"]),
        ("?from=2026-11-22T00:00:00Z&to=2026-11-23T12:00:00Z&kind=maintenance", ["maintenance"]),
        ("?from=2027-11-24T00:00:00Z&to=2027-11-24T12:00:00Z", []),
        ("?from=-99999999999999&kind=change", ["change"]),
    ],
)
def test_a_stretch_of_time_and_a_kind(tmp_path: Path, query: str, kinds: list[str]) -> None:
    assert [one["tags"][0] for one in asked(made(tmp_path), query)[1]] == kinds


@pytest.mark.parametrize(
    "query", ["?from=yesterday", "?to=9" + "9" * 60, "?from=nan", "?to=1e400", "?from=[]"]
)
def test_times_that_are_none_are_refused(query: str) -> None:
    status, told = asked(None, query)
    assert status == 400
    assert "milliseconds" in told["error"]


def test_without_a_journal_what_is_in_memory_is_shown() -> None:
    told = asked(None, "?kind=restart", warm_start=NOON.timestamp())[1]
    assert [one["text"] for one in told] == ["started"]


def test_a_journal_that_is_not_there_or_not_one_is_no_trouble(tmp_path: Path) -> None:
    read = read_changes(Settings(state=tmp_path))
    assert list(read()) == []
    (tmp_path / "journal.sqlite").write_text("not a database, but long enough to be looked at" * 30)
    assert list(read()) == []


def test_windows_of_a_week() -> None:
    since = NOON.timestamp()
    found = list(marks_of_calendar(PROMISED, since, since + 7 * 86_400))
    assert [mark.title for mark in found] == ["freeze", "works", "maintenance window"]
    assert [mark.until - mark.at for mark in found[1:]] == [2 * 3600, 4 * 3600]


def test_the_metric_holds_the_last_of_each_for_a_day(tmp_path: Path) -> None:
    now = [NOON.timestamp() + 60]
    landmarks, timeline = Landmarks(read_changes(made(tmp_path)), lambda: now[0]), Timeline()
    timeline.follow(landmarks.note)
    for at in (1.0, 2.0):
        timeline.add(Event(now[0] + at, "core-2", "config-drift"))
    timeline.add(Event(now[0], "core-2", "link-up"))
    page = landmarks.page()
    assert page.value(m.LANDMARK, "core-1", "change") == NOON.timestamp()
    assert page.value(m.LANDMARK, "core-2", "config-drift") == now[0] + 2
    assert len(page) == 2
    now[0] += 90_000
    assert len(landmarks.page()) == 0
