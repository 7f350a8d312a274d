"""``docs/promises.md`` keeps its word: every row names tests, and each of these is there to be run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "promises.md"
_TEST = re.compile(r"`((?:tests|containerlab)/[\w/]+\.py)::(\w+)(\[[^\]`]+\])?`")
FEWEST = 70
"""Rows that the page had; a promise is not taken back without a word."""


def rows() -> list[tuple[str, str]]:
    """(what hurts, what proves it) of every row of every table."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 3 and not set(cells[0]) <= {"-"} and cells[2] != "proved by":
            found.append((cells[0], cells[2]))
    return found


def named() -> set[tuple[str, str]]:
    """(file, test, with its case where one is named)."""
    return {(file, test + case) for _, proof in rows() for file, test, case in _TEST.findall(proof)}


def collected(files: set[str]) -> set[str]:
    """Everything that pytest finds in the files."""
    quiet = ("--collect-only", "-q", "-o", "addopts=--import-mode=importlib", "-p", "no:cacheprovider")
    command = [sys.executable, "-m", "pytest", *quiet, *sorted(files)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return {line for line in done.stdout.splitlines() if "::" in line}


def test_every_row_is_proved() -> None:
    found = rows()
    assert len(found) >= FEWEST
    for wish, proof in found:
        assert _TEST.search(proof), wish
        assert not _TEST.sub("", proof).strip(), f"{wish}: names what is no test: {proof}"


def test_every_test_that_is_named_is_there() -> None:
    wanted = {f"{file}::{test}" for file, test in named()}
    there = collected({file for file, _ in named()})
    there |= {found.partition("[")[0] for found in there}
    assert sorted(wanted - there) == []
