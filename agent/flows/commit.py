"""Which commit of the inventory a plan was made from."""

from __future__ import annotations

import subprocess
from pathlib import Path

_SECONDS = 10


def read_commit(folder: Path) -> str:
    """Full hash of HEAD, ``-dirty`` after it when files of the folder differ; empty outside git."""
    commit = _git(folder, "rev-parse", "--verify", "--quiet", "HEAD")
    if not commit:
        return ""
    changed = _git(folder, "status", "--porcelain", "--", ".")
    return f"{commit}-dirty" if changed or changed is None else commit


def _git(folder: Path, *words: str) -> str | None:
    """Output without blank ends; None when git is not there or refuses."""
    command = ["git", "--no-optional-locks", *words]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=_SECONDS, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
