"""The accounts of the objectives: what is counted, what is left, what nobody saw."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path

import pytest

from agent import metrics as m
from agent.collect.poll import Clocks, Poll
from agent.errors import StoreError
from agent.flows.accounts import Accounts, count_endpoints
from agent.flows.bookkeeping import Bookkeeper
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import (
    Expectations,
    ExpectedNeighbor,
    ExpectedPort,
    ExpectedService,
    Target,
)
from agent.metrics import Page, Sample, name_series
from agent.records import Observed
from agent.store.ledger import Ledger

NOON = 1_710_000_000.0  # 9 March 2024, 16:00 UTC


def camera(device: str, port: int) -> ExpectedPort:
    return ExpectedPort(
        device, f"Ethernet1/{port}", "camera", "cctv", "hall", "town", f"CAM-{port}", "rue", 3.0
    )


CITY = Expectations(
    targets=tuple(Target(d, "127.0.0.1", 161, "ro", "hall", "leaf", "n9k") for d in ("core", "sw-a", "sw-b")),
    ports=(camera("sw-a", 1), camera("sw-a", 2), camera("sw-b", 1)),
    neighbors=(ExpectedNeighbor("core", "Ethernet3/1", "sw-b", "Ethernet1/49"),),
    sessions=(),
    services=(ExpectedService("cctv", "video", 0.99), ExpectedService("empty", "video", 0.9)),
)


def page(device: str, up: dict[str, int]) -> Page:
    made = Page()
    for port, value in up.items():
        made.add(Sample(m.INTERFACE_UP, (device, port), value))
    return made


def test_a_silent_switch_hides_its_endpoints_unless_its_links_are_seen_down() -> None:
    pages = {
        "sw-a": page("sw-a", {"Ethernet1/1": 1, "Ethernet1/2": 0}),
        "core": page("core", {"Ethernet3/1": 1}),
    }
    states = {"core": "up", "sw-a": "partial", "sw-b": "down"}
    known = lambda device: pages.get(device, Page())  # noqa: E731
    assert count_endpoints(CITY, states.__getitem__, known) == {"cctv": (1, 1, 1)}
    pages["core"] = page("core", {"Ethernet3/1": 0})
    assert count_endpoints(CITY, states.__getitem__, known) == {"cctv": (1, 2, 0)}
    del pages["sw-a"].families[m.INTERFACE_UP.name]  # the poll was cut short before it came to the ports
    assert count_endpoints(CITY, states.__getitem__, known) == {"cctv": (0, 1, 2)}
    states["sw-a"] = "up"  # a whole poll that does not know the ports: they are gone
    assert count_endpoints(CITY, states.__getitem__, known) == {"cctv": (0, 3, 0)}
    pages["sw-a"] = page("sw-a", {"Ethernet1/1": 1, "Ethernet1/2": 0})
    states["core"] = "down"  # who would have seen the link down is silent too
    assert count_endpoints(CITY, states.__getitem__, known) == {"cctv": (1, 1, 1)}


def test_what_is_left_is_of_the_whole_month() -> None:
    accounts = Accounts()
    accounts.book({"cctv": (2, 1, 0)}, NOON, 60)
    for _ in range(60):
        accounts.book({"cctv": (2, 1, 0)}, (accounts._at or 0) + 60, 60)
    month, days = accounts.standings(CITY.services, NOON + 3600)
    assert (month.service, month.owner, month.window, days.window) == ("cctv", "video", "month", "30d")
    assert month.tally == Observed(up=7200, down=3600)
    assert month.left_ratio == pytest.approx(1 - 3600 / (0.01 * 3 * 31 * 86_400), abs=1e-6)
    assert days.left_ratio == pytest.approx(1 - 3600 / (0.01 * 3 * 30 * 86_400), abs=1e-6)
    assert month.gap_ratio == 0
    later = accounts.standings(CITY.services, NOON + 32 * 86_400)
    assert [one.tally.meant for one in later] == [0, 0]


class Told:
    """A watch whose polls are given by hand."""

    def __init__(self) -> None:
        self.now = NOON
        self.watch = Watch(
            CITY, {}, WatchOptions(interval_seconds=30), clocks=Clocks(time.monotonic, lambda: self.now)
        )

    def polled(self, device: str, up: dict[str, int]) -> None:
        """A good poll."""
        self.watch.polling.note(Poll(device, self.now, 0.0, success=True, problem="", page=page(device, up)))


def test_a_restart_goes_on_and_the_time_between_was_seen_by_nobody(tmp_path: Path) -> None:
    told = Told()
    first = Bookkeeper(told.watch, Ledger(tmp_path))
    first.start()
    for _ in range(3):
        told.polled("sw-a", {"Ethernet1/1": 1, "Ethernet1/2": 1})
        first.count()
        told.now += 30
    asyncio.run(first.save())
    again = Told()
    again.now = told.now - 30 + 600
    second = Bookkeeper(again.watch, Ledger(tmp_path))
    second.start()
    again.polled("sw-a", {"Ethernet1/1": 1, "Ethernet1/2": 1})
    second.count()
    tally = again.watch.accounts.standings(CITY.services, again.now)[0].tally
    assert tally.meant == 3 * (60 + 600)
    assert tally.up == 2 * (60 + 75)  # of a gap, no more than 2.5 intervals are taken for seen
    found = second.page()
    left = name_series(m.BUDGET_LEFT, ("cctv", "month"))
    assert found.families[m.BUDGET_LEFT.name][left] == 1
    assert found.families[m.OBSERVED.name][name_series(m.OBSERVED, ("cctv", "30d"))] == pytest.approx(
        270 / 1980, abs=1e-6
    )


def test_old_words_of_a_switch_are_no_sight_of_it(tmp_path: Path) -> None:
    told = Told()
    keeper = Bookkeeper(told.watch, Ledger(tmp_path))
    told.polled("sw-a", {"Ethernet1/1": 1, "Ethernet1/2": 1})
    keeper.count()
    told.now += 76
    keeper.count()
    tally = told.watch.accounts.standings(CITY.services, told.now)[0].tally
    assert (tally.up, tally.meant) == (0, 3 * 76)


def test_what_the_disk_refused_is_written_later(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    told = Told()
    ledger = Ledger(tmp_path)
    keeper = Bookkeeper(told.watch, ledger)
    keeper.start()
    keeper.count()
    told.now += 30
    keeper.count()
    (tmp_path / "journal.sqlite").rename(tmp_path / "away")
    ledger.close()
    (tmp_path / "journal.sqlite").mkdir()
    with caplog.at_level(logging.WARNING):
        asyncio.run(keeper.save())
    assert "ledger of availability cannot be used" in caplog.text
    (tmp_path / "journal.sqlite").rmdir()
    (tmp_path / "away").rename(tmp_path / "journal.sqlite")
    asyncio.run(keeper.save())
    assert sum(tally.meant for tally in ledger.since(0).values()) == 90


def test_the_ledger_forgets_what_is_old_and_says_when_it_cannot_be_made(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    assert ledger.until() is None
    ledger.add({("cctv", 3600): Observed(1, 2, 3), ("cctv", 7200): Observed(1)}, 7300.5)
    ledger.add({("cctv", 7200): Observed(1, 1)}, 7400.5)
    ledger.add({}, 9999)
    assert ledger.until() == 7400.5
    assert ledger.prune(7200) == 1
    assert ledger.since(0) == {("cctv", 7200): Observed(2, 1)}
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="MOULIN_STATE"):
        Ledger(tmp_path / "file" / "state")
