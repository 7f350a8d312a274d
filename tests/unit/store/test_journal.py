"""The journal: what a method has returned from survives the process."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from agent.errors import StoreError
from agent.store.journal import Journal, NewRun, Reply, Why

WHY = Why("apply", "anna", "ticket 12", "abc")
RUNS = (
    NewRun("leaf-1", "base1", "target1", 3, '{"secret": "s3cret"}'),
    NewRun("leaf-2", "b2", "t2", 1, "{}"),
)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    moments = iter(datetime(2026, 3, 1, tzinfo=UTC) + timedelta(seconds=n) for n in range(1000))
    opened = Journal(tmp_path / "state", lambda: next(moments))
    yield opened
    opened.close()


def test_a_change_is_told_from_begin_to_end(journal: Journal) -> None:
    number = journal.begin(WHY, RUNS)
    journal.note(number, "leaf-1", "armed", checkpoint="moulin-1")
    journal.note(number, "leaf-1", "sending", step=1, detail="step 2: 4 lines")
    journal.note(number, "leaf-1", "saved", step=3)
    journal.end(number, "done")

    change = journal.change(number)
    assert (change.state, change.who, change.reason) == ("done", "anna", "ticket 12")
    assert [(run.device, run.state, run.checkpoint) for run in change.runs] == [
        ("leaf-1", "saved", "moulin-1"),
        ("leaf-2", "planned", ""),
    ]
    assert [(event.state, event.step) for event in journal.events(number, "leaf-1")] == [
        ("armed", 0),
        ("sending", 1),
        ("saved", 3),
    ]
    assert change.started_at.tzinfo is UTC


def test_replies_come_with_the_entry_that_follows_them(journal: Journal) -> None:
    number, at = journal.begin(WHY, RUNS), datetime(2027, 1, 5, tzinfo=UTC)
    first, second = Reply(at, "vlan 10", ""), Reply(at, "name a b", "% Invalid command at '^' marker.", 3)
    journal.note(number, "leaf-1", "sending", replies=(first, second))
    journal.note(number, "leaf-1", "undoing")
    journal.conclude(number, "leaf-1", "undone", "moulin plan", (first,))
    assert journal.replies(number, "leaf-1") == (first, second, first)
    assert journal.replies(number, "leaf-2") == ()


def test_plans_are_private_and_the_tables_hold_no_secret(journal: Journal, tmp_path: Path) -> None:
    number = journal.begin(WHY, RUNS)
    assert journal.plan(number, "leaf-1") == '{"secret": "s3cret"}'
    file = tmp_path / "state" / "changes" / str(number) / "leaf-1.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert all(b"s3cret" not in part.read_bytes() for part in (tmp_path / "state").glob("journal.sqlite*"))


def test_newest_first_and_numbers_grow(journal: Journal) -> None:
    first, second = journal.begin(WHY, RUNS), journal.begin(WHY, ())
    assert [change.id for change in journal.changes()] == [second, first]
    with pytest.raises(StoreError, match=r"change 99 .* moulin history"):
        journal.change(99)


def test_an_unwritable_folder_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="MOULIN_STATE") as caught:
        Journal(tmp_path / "state")
    assert "\n" not in str(caught.value)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from agent.errors import StoreError
from agent.store.journal import Journal, NewRun, Reply, Why
journal = Journal(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
try:
    for number in range(100):
        journal.begin(Why("apply", "anna", "", ""), (NewRun(f"leaf-{number}", "b", "t", 1, "x" * 50_000),))
        journal.note(number + 1, f"leaf-{number}", "sending", detail="y" * 5000)
except StoreError as error:
    print(error)
    sys.exit(4)
"""


def test_a_full_disk_is_one_line_and_what_was_written_stays(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 4, done.stderr
    assert len(done.stdout.splitlines()) == 1
    assert "free space" in done.stdout
    journal = Journal(tmp_path)
    assert journal.changes()[-1].runs[0].device == "leaf-0"
    journal.close()


CRASH = """
import sys
from pathlib import Path
from agent.store.journal import Journal, NewRun, Reply, Why
journal = Journal(Path(sys.argv[1]))
number = journal.begin(Why("apply", "anna", "", ""), (NewRun("leaf-1", "b", "t", 9, "{}"),))
for step in range(int(sys.argv[2])):
    journal.note(number, "leaf-1", "sending", step=step)
print("there", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("steps", [1, 5])
def test_a_killed_process_leaves_a_journal_that_names_the_step(tmp_path: Path, steps: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", CRASH, str(tmp_path), str(steps)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"there\n"
        reader = Journal(tmp_path)
        assert reader.changes()[0].state == "running"
        os.kill(process.pid, signal.SIGKILL)
    (change,) = reader.changes()
    assert change.state == "interrupted"
    assert [run.state for run in change.runs] == ["sending"]
    assert reader.events(change.id, "leaf-1")[-1].step == steps - 1
    reader.close()
