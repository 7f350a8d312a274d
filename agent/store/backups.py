"""History of running-configs in git: one file a switch, a commit only when something changed."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.errors import StoreError

_ALONE = {"HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
"""The user's own git settings (signing, hooks, aliases) have no say here."""

_IDENTITY = ("-c", "user.name=moulin", "-c", "user.email=moulin@localhost", "-c", "commit.gpgsign=false")


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup changed; ``commit`` is the short hash, None when nothing did."""

    changed: tuple[str, ...]
    commit: str | None


class Backups:
    """A git repository of its own; the caller hands texts that are masked and free of noise."""

    def __init__(self, folder: Path) -> None:
        """Open or make the repository; raises StoreError."""
        self._folder = folder
        if not (folder / ".git").is_dir():
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as exc:
                raise StoreError(f"{folder}: cannot be made ({exc.strerror}). check MOULIN_STATE") from exc
            self._git("init", "--quiet", "--initial-branch=main")

    def save(self, configs: Mapping[str, str], note: str = "") -> Saved:
        """Write ``<device>.cfg`` for each and commit what differs; raises StoreError, then none is."""
        try:
            for device, text in configs.items():
                self._write(device, text)
        except OSError as exc:
            self._restore()
            raise StoreError(f"{self._folder}: cannot be written ({exc.strerror}). free space") from exc
        files = [f"{device}.cfg" for device in sorted(configs)]
        if not files:
            return Saved((), None)
        self._git("add", "--", *files)
        changed = self._git("diff", "--cached", "--name-only").split()
        if not changed:
            return Saved((), None)
        names = tuple(name.removesuffix(".cfg") for name in changed)
        self._git(*_IDENTITY, "commit", "--quiet", "--no-verify", "-m", _message(names, note))
        return Saved(names, self._git("rev-parse", "--short", "HEAD").strip())

    def last(self, device: str) -> str | None:
        """The latest text of a switch; None when it was never saved."""
        try:
            return (self._folder / f"{device}.cfg").read_text(encoding="utf-8")
        except OSError:
            return None

    def history(self, device: str) -> tuple[str, ...]:
        """``<hash> <ISO date> <subject>``, newest first; empty when never saved."""
        if self.last(device) is None:
            return ()
        log = self._git("log", "--format=%h %aI %s", "--", f"{device}.cfg")
        return tuple(log.splitlines())

    def _write(self, device: str, text: str) -> None:
        fresh = self._folder / f".{device}.new"
        try:
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(self._folder / f"{device}.cfg")
        finally:
            fresh.unlink(missing_ok=True)

    def _restore(self) -> None:
        if (self._folder / ".git" / "refs" / "heads" / "main").exists():
            self._git("checkout", "--quiet", "--", ".")

    def _git(self, *arguments: str) -> str:
        git = shutil.which("git")
        if git is None:
            raise StoreError("git is not on this machine. install it to keep backups")
        try:
            done = subprocess.run(
                [git, *arguments],
                cwd=self._folder,
                env=_ALONE,
                capture_output=True,
                text=True,
                check=True,
                timeout=120,
            )
        except subprocess.CalledProcessError as exc:
            words = " ".join((exc.stderr or exc.stdout or "").split())[:200]
            raise StoreError(
                f"{self._folder}: git refuses ({words}). see: git -C {self._folder} status"
            ) from exc
        except subprocess.TimeoutExpired as exc:
            raise StoreError(f"{self._folder}: git does not end. look for a lock file there") from exc
        return done.stdout


def _message(devices: tuple[str, ...], note: str) -> str:
    """Subject names up to four switches, the body all of them.

    >>> print(_message(("core-1", "core-2"), "before change 7"))
    core-1, core-2 changed
    <BLANKLINE>
    before change 7
    core-1
    core-2
    """
    few = ", ".join(devices[:4]) + (f" and {len(devices) - 4} more" if len(devices) > 4 else "")
    return "\n".join([f"{few} changed", "", *([note] if note else []), *devices])
