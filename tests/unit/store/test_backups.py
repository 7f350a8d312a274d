"""Backups: a commit names what changed, and nothing else makes one."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import StoreError
from agent.store.backups import Backups


def test_a_commit_only_when_something_changed(tmp_path: Path) -> None:
    backups = Backups(tmp_path / "configs")
    first = backups.save({"core-1": "hostname core-1\n", "core-2": "hostname core-2\n"})
    assert first.changed == ("core-1", "core-2")
    again = backups.save({"core-1": "hostname core-1\n", "core-2": "hostname core-2\n"})
    assert (again.changed, again.commit) == ((), None)
    second = Backups(tmp_path / "configs").save({"core-1": "hostname core-1\nvlan 2\n"}, "after change 7")
    assert second.changed == ("core-1",)
    history = backups.history("core-1")
    assert len(history) == 2
    assert second.commit is not None
    assert history[0].startswith(second.commit)
    assert history[0].endswith("core-1 changed")
    assert len(backups.history("core-2")) == 1
    assert backups.last("core-1") == "hostname core-1\nvlan 2\n"


def test_never_saved_is_empty(tmp_path: Path) -> None:
    backups = Backups(tmp_path / "configs")
    assert backups.last("core-1") is None
    assert backups.history("core-1") == ()
    assert backups.save({}).commit is None


def test_a_folder_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="MOULIN_STATE"):
        Backups(tmp_path / "file" / "configs")
