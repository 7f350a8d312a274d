"""Changes in progress keep alerts quiet, a little longer than they last; and announced works do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from agent import metrics as m
from agent.export.expected import expected_page
from agent.flows.watch import Watch
from agent.flows.works import LINGER_SECONDS, Works, join_works
from agent.intent.expectation import Expectations, ExpectedWorks, Target
from agent.intent.window import Window
from agent.settings import Secrets, Settings
from agent.store.entries import NewRun
from agent.store.journal import Journal, Why


def test_a_change_is_maintenance_of_its_site_and_lingers() -> None:
    now = [1000.0]
    works = Works(lambda: (), lambda device: "hall" if device == "sw-1" else "", lambda: now[0])
    works.note((("sw-1", 7), ("unknown", 7)))
    assert len(works.page()) == 1
    assert works.page().value(m.CITY_MAINTENANCE, "hall", "change 7") == 1
    now[0] += LINGER_SECONDS
    works.note(())
    assert works.page().value(m.CITY_MAINTENANCE, "hall", "change 7") == 1
    now[0] += 1
    works.note(())
    assert not works.page().families


def test_a_lock_of_the_journal_is_seen(tmp_path: Path) -> None:
    city = Expectations((Target("sw-1", "127.0.0.1", 161, "ro", "hall", "core", "n9k"),), (), (), ())
    watch = Watch(city, Secrets({"ro": "public"}))
    works = join_works(watch, Settings(state=tmp_path))

    async def look() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(works.run(stop))
        async with asyncio.timeout(10):
            while not works.page().families:
                await asyncio.wait({running}, timeout=0.02)
        stop.set()
        await running

    journal = Journal(tmp_path)
    change = journal.begin(Why("apply", "ana", "test", "x"), (NewRun("sw-1", "a", "b", 1, "{}"),))
    asyncio.run(look())
    assert works.page().value(m.CITY_MAINTENANCE, "hall", f"change {change}") == 1
    journal.close()


def test_announced_works_and_quiet_windows_are_maintenance() -> None:
    window = Window.model_validate(
        {
            "title": "Night",
            "days": ["monday"],
            "starts": "22:00",
            "hours": 6,
            "timezone": "Europe/Paris",
            "sites": ["residence"],
            "quiet": True,
        }
    )
    city = Expectations(
        (),
        (),
        (),
        (),
        works=(ExpectedWorks("fibre", "2027-02-09T07:00:00Z", "2027-02-09T11:00:00Z", ("pool",)),),
        quiet=(window,),
    )

    def maintenance(moment: str) -> tuple[float | None, float | None]:
        page = expected_page(city, datetime.fromisoformat(moment).astimezone(UTC))
        return (
            page.value(m.CITY_MAINTENANCE, "pool", "fibre"),
            page.value(m.CITY_MAINTENANCE, "residence", "Night"),
        )

    assert maintenance("2027-02-09T06:59:59Z") == (0, 0)
    assert maintenance("2027-02-09T07:00:00Z") == (1, 0)
    assert maintenance("2027-02-08T22:30:00+01:00") == (0, 1)
    assert maintenance("2027-02-09T03:30:00+01:00") == (0, 1)
