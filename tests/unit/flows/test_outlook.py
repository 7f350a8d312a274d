"""Counts, order and estimate."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.flows.affected import count_endpoints, find_affected
from agent.flows.commit import read_commit
from agent.flows.speed import read_speed
from agent.intent.expectation import Expectations, ExpectedPort
from agent.plan.build import build_plan
from agent.plan.duration import GUESSED, Speed, estimate_seconds
from agent.settings import Settings
from agent.store.journal import Journal, NewRun, Why


def port(number: int, kind: str, service: str, place: str) -> ExpectedPort:
    return ExpectedPort("sw-1", f"Ethernet1/{number}", kind, service, "hall", "city", f"T-{number}", place)


PORTS = (
    port(1, "camera", "cctv", "rue Haute 2"),
    port(2, "camera", "cctv", "rue Haute 4"),
    port(3, "phone", "voice", "hall"),
)
EXPECTED = Expectations((), PORTS, (), ())


def test_endpoints_are_counted_by_service_and_street() -> None:
    names = {item.interface: item.words for item in EXPECTED.ports}
    running = "".join(f"interface {name}\n" for name in names)
    wanted = "".join(f"interface {name}\n  shutdown\n" for name in names)
    affected = find_affected([build_plan("sw-1", running, wanted, names=names)], EXPECTED)
    assert affected.services == {"cctv": 2, "voice": 1}
    assert str(affected) == "2 cameras rue Haute, 1 phone hall"


def test_nobody_is_hit_by_nothing() -> None:
    assert str(find_affected([build_plan("sw-1", "", "vlan 10\n")], EXPECTED)) == "nobody"


def test_many_places_are_cut_short() -> None:
    said = count_endpoints(f"camera {street} 1" for street in ("a a", "b b", "c c", "d d", "e e", "f f"))
    assert said == "6 cameras a a; b b; c c; d d and 2 places more"


@pytest.mark.parametrize(("workers", "seconds"), [(10, 11.0), (1, 21.0), (2, 13.5)])
def test_waves_follow_each_other_and_workers_share(workers: int, seconds: float) -> None:
    waves, steps = [["a"], ["b", "c", "d"]], {"a": 4, "b": 2, "c": 2, "d": 2}
    assert estimate_seconds(waves, steps, workers, Speed(4, 0.5, "")) == pytest.approx(seconds)


def test_the_journal_tells_how_fast_it_was(tmp_path: Path) -> None:
    assert read_speed(Settings(state=tmp_path)) == GUESSED
    now = [datetime(2027, 1, 1, tzinfo=UTC)]
    journal = Journal(tmp_path, clock=lambda: now[0])
    number = journal.begin(Why("apply", "ana", "", "i"), (NewRun("sw-1", "a", "b", 4, "{}"),))
    for state, seconds in (("armed", 0), ("sending", 2), ("sending", 4), ("verified", 4), ("saved", 3)):
        now[0] += timedelta(seconds=seconds)
        journal.note(number, "sw-1", state)
    journal.end(number, "done")
    journal.close()
    speed = read_speed(Settings(state=tmp_path))
    assert (speed.per_step_seconds, speed.per_switch_seconds) == (2.0, 5.0)
    assert "last 1 switches" in speed.basis


def test_outside_git_there_is_no_commit(tmp_path: Path) -> None:
    assert read_commit(tmp_path) == ""
    assert read_commit(tmp_path / "nowhere") == ""
