"""The journal in PostgreSQL: machines that share it never work on the same switch, and read each other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from agent.errors import LockedError, StoreError
from agent.records import Event
from agent.store import locks
from agent.store.events import EventStore
from agent.store.journal import Journal, NewRun, Reply, Why
from tests.postgres import private_cluster

ANNA = Why("apply", "anna", "ticket 12", "abc", "CHG-12")
BERT = Why("apply", "bert", "", "abc")


@pytest.fixture(scope="module")
def cluster() -> Iterator[str]:
    """A private cluster on loopback; its URL."""
    with private_cluster() as place:
        yield place


@pytest.fixture
def url(cluster: str) -> Iterator[str]:
    yield cluster
    engine = create_engine(cluster)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


def run_of(device: str) -> NewRun:
    return NewRun(device, "base", "target", 1, '{"secret": "s3cret"}')


def test_what_one_machine_wrote_the_other_reads(url: str, tmp_path: Path) -> None:
    here, there = Journal(tmp_path / "a", url=url), Journal(tmp_path / "b", url=url)
    number = here.begin(ANNA, (run_of("leaf-1"),))
    here.note(number, "leaf-1", "armed", checkpoint="moulin-1")
    said = Reply(datetime(2027, 1, 5, tzinfo=UTC), "copy run start", "Copy complete.")
    here.note(number, "leaf-1", "saved", step=1, replies=(said, said))
    here.conclude(number, "leaf-1", "applied", "", (said,))
    here.end(number, "done")
    change = there.change(number)
    assert (change.who, change.ticket, change.state, change.runs[0].outcome) == (
        "anna",
        "CHG-12",
        "done",
        "applied",
    )
    assert there.replies(number, "leaf-1") == (said,) * 3
    assert [event.state for event in there.events(number, "leaf-1")] == ["armed", "saved"]
    assert there.plan(number, "leaf-1") == '{"secret": "s3cret"}'
    assert change.started_at.tzinfo is not None
    here.close()
    there.close()


def test_two_machines_never_hold_the_same_switch(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [datetime(2026, 3, 1, tzinfo=UTC)]
    here, there = (Journal(tmp_path / name, lambda: moment[0], url) for name in "ab")
    number = here.begin(ANNA, (run_of("leaf-1"), run_of("leaf-2")))
    monkeypatch.setattr(locks, "own_name", lambda: "other:1")
    with pytest.raises(LockedError, match=r"leaf-2: anna works on it \(change 1"):
        there.begin(BERT, (run_of("leaf-2"), run_of("leaf-3")))
    assert [change.id for change in there.changes()] == [number]
    assert {lock.device for lock in there.held()} == {"leaf-1", "leaf-2"}
    assert there.change(number).state == "running"

    moment[0] += timedelta(seconds=locks.LOCK_SECONDS + 1)  # the other machine is silent
    assert there.change(number).state == "interrupted"
    second = there.begin(BERT, (run_of("leaf-2"),))
    monkeypatch.undo()
    with pytest.raises(StoreError, match="lock was lost"):
        here.note(number, "leaf-2", "armed")
    monkeypatch.setattr(locks, "own_name", lambda: "other:1")
    there.note(second, "leaf-2", "armed")
    here.close()
    there.close()


def test_many_at_once_and_one_wins(url: str, tmp_path: Path) -> None:
    start, won, lost = threading.Barrier(6), [], []

    def race(name: str) -> None:
        journal = Journal(tmp_path / name, url=url)
        start.wait(30)
        try:
            won.append(journal.begin(ANNA, (run_of("leaf-1"),)))
        except LockedError as error:
            lost.append(str(error))
        journal.close()

    racers = [threading.Thread(target=race, args=(f"m{n}",)) for n in range(6)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(60)
    assert (len(won), len(lost)) == (1, 5)


def test_an_older_journal_is_brought_up_to_date(url: str, tmp_path: Path) -> None:
    Journal(tmp_path, url=url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE runs DROP COLUMN protection, DROP COLUMN wave"))
        connection.execute(text("ALTER TABLE changes DROP COLUMN ticket"))
    engine.dispose()
    journal = Journal(tmp_path, url=url)
    number = journal.begin(ANNA, (run_of("leaf-1"),))
    assert journal.change(number).ticket == "CHG-12"
    journal.close()


@pytest.mark.parametrize(
    "wrong",
    ["nonsense", "mysql://a:s3cret@b/c", "postgresql+psycopg://u:s3cret@127.0.0.1:9/none"],
)
def test_a_wrong_url_is_one_line_without_the_password(wrong: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError) as caught:
        Journal(tmp_path, url=wrong)
    assert "MOULIN_JOURNAL" in str(caught.value)
    assert "s3cret" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_events_are_shared_too(url: str, tmp_path: Path) -> None:
    here, there = EventStore(tmp_path / "a", url=url), EventStore(tmp_path / "b", url=url)
    heard = [
        Event(float(number), "hall", "link-down", "Ethernet1/7", fields={"n": "é"}) for number in range(5)
    ]
    here.append(heard)
    assert there.recent(2) == (heard[4], heard[3])
    assert there.prune(0.0, keep_rows=2) == 3
    assert here.recent() == (heard[4], heard[3])
    flap = replace(heard[3], kind="flapping", at=3.1)
    there.amend([(heard[3], flap), (heard[4], None), (None, heard[0])])
    assert here.recent() == (heard[0], flap)
    assert here.between(3.0, 4.0, ("flapping",)) == (flap,)
    here.close()
    there.close()
