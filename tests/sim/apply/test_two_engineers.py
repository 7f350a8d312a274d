"""Two engineers type ``moulin apply`` for one switch at once, on one machine and on two with one journal."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest

from agent.store.journal import Journal
from tests.postgres import private_cluster

Corner = Any
"""The fixture of conftest.py, which cannot be imported here."""

ONE = "core-1"


@contextlib.contextmanager
def journal_of(kind: str) -> Iterator[str]:
    if kind == "SQLite":
        yield ""
    else:
        with private_cluster() as url:
            yield url


def begin(corner: Corner, state: Path, journal: str) -> subprocess.Popen[str]:
    environment = corner.environment() | {"MOULIN_STATE": str(state), "MOULIN_JOURNAL": journal}
    environment["MOULIN_TIMEOUT_SECONDS"] = "60"
    return subprocess.Popen(
        [str(Path(sys.executable).with_name("moulin")), "apply", "-l", ONE, "--yes", "--json"],
        env=environment,
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("kind", ["SQLite", "PostgreSQL"])
def test_one_works_and_the_other_is_told_who(corner: Corner, tmp_path: Path, kind: str) -> None:
    """Both have read the switch before either changes it; only one change is ever begun there."""
    ours = corner.settings.state
    theirs = ours if kind == "SQLite" else tmp_path / "other machine"
    theirs.mkdir(exist_ok=True)
    (theirs / "known_hosts").write_bytes((ours / "known_hosts").read_bytes())
    with (corner.settings.inventory / "policy.yaml").open("a") as policy:
        policy.write("waves: {health: false}\n")
    busy = corner.fault("hang-reply", ONE, pattern="^vlan ")
    with journal_of(kind) as journal, ThreadPoolExecutor() as pool:
        processes = [begin(corner, state, journal) for state in (ours, theirs)]
        ends = [pool.submit(process.communicate, timeout=120) for process in processes]
        first = wait(ends, return_when=FIRST_COMPLETED).done
        assert len(first) == 1
        corner.mend(busy)
        said = [end.result() for end in ends]
        codes = [process.returncode for process in processes]
        assert sorted(codes) == [0, 4], said
        won, lost = said[codes.index(0)], said[codes.index(4)]
        assert json.loads(won[0])["switches"][ONE]["outcome"] == "applied"
        assert f"{ONE}: " in lost[1]
        assert "works on it (change " in lost[1] or "somebody else begins a change just now" in lost[1]
        assert len(lost[1].splitlines()) == 1
        kept = Journal(ours, url=journal)
        (change,) = kept.changes()
        assert (change.state, change.runs[0].outcome, kept.held()) == ("done", "applied", ())
        kept.close()
    assert corner.moulin("plan", "-l", ONE).returncode == 0
