"""Sealed texts open with their key and no other, and never hold what they hide."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from agent.errors import StoreError, UsageError
from agent.store.backups import SEALED, Backups
from agent.store.sealing import Seal, new_key

TEXT = "hostname sw-1\nusername ana password 5 $5$s3cret\n" * 50


def test_there_and_back_in_lines_that_git_can_keep() -> None:
    seal = Seal(new_key())
    sealed = seal.close(TEXT)
    assert seal.open(sealed) == TEXT
    assert "s3cret" not in sealed
    assert max(map(len, sealed.splitlines())) <= 100
    assert seal.close(TEXT) != sealed, "nobody sees that two are equal"


def test_an_old_key_still_opens_and_the_first_seals() -> None:
    old, new = new_key(), new_key()
    sealed = Seal(old).close(TEXT)
    both = Seal(f"{new} {old}")
    assert both.open(sealed) == TEXT
    assert Seal(new).open(both.close(TEXT)) == TEXT


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda text: Seal(new_key()).close(TEXT), "another key"),
        (lambda text: text[:-20] + "AAAA" + text[-16:], "damaged"),
        (lambda text: "hostname sw-1\n", "damaged"),
        (lambda text: "", "damaged"),
    ],
    ids=["other key", "edited", "plain text", "empty"],
)
def test_what_cannot_be_opened_is_one_line(harm: Callable[[str], str], words: str) -> None:
    seal = Seal(new_key())
    with pytest.raises(StoreError, match=words):
        seal.open(harm(seal.close(TEXT)))


@pytest.mark.parametrize("key", ["", "short", "é" * 44])
def test_a_secret_that_is_no_key_says_how_to_make_one(key: str) -> None:
    with pytest.raises(UsageError, match="moulin backup key"):
        Seal(key)


def test_history_by_commit_and_date_of_both_kinds(tmp_path: Path) -> None:
    backups, seal = Backups(tmp_path / "configs"), Seal(new_key())
    assert backups.find("sw-1") is None
    first = backups.save({"sw-1": "vlan 2\n"}, sections={"sw-1": ("first backup",)})
    backups.save({"sw-1": "vlan 3\n"}, sealed={"sw-1": seal.close(TEXT)}, sections={"sw-1": ("vlan 3",)})
    assert first.commit is not None
    old, now = backups.find("sw-1", first.commit), backups.find("sw-1")
    assert old is not None
    assert now is not None
    assert (old.text, now.text) == ("vlan 2\n", "vlan 3\n")
    assert backups.find("sw-1", first.commit, SEALED) is None
    sealed = backups.find("sw-1", "2099-01-01", SEALED)
    assert sealed is not None
    assert seal.open(sealed.text) == TEXT
    assert [row.split(" ", 2)[2] for row in backups.history("sw-1")] == ["sw-1: vlan 3", "sw-1: first backup"]
    assert backups.devices() == ("sw-1",)


@pytest.mark.parametrize("at", ["nonsense", "--output=x", "1999-01-01"])
def test_no_such_commit_is_one_line(tmp_path: Path, at: str) -> None:
    backups = Backups(tmp_path / "configs")
    backups.save({"sw-1": "vlan 2\n"})
    with pytest.raises(StoreError, match="moulin backup log"):
        backups.find("sw-1", at)


@pytest.mark.parametrize("name", ["../known_hosts", "/etc/passwd", ".git"])
def test_a_name_is_no_path(tmp_path: Path, name: str) -> None:
    backups = Backups(tmp_path / "configs")
    backups.save({"sw-1": "vlan 2\n"})
    with pytest.raises(StoreError, match="no name of a switch"):
        backups.find(name)
