"""History of running-configs in git: ``<device>.cfg`` is masked, ``<device>.sealed`` is encrypted; a commit
only when something changed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from agent.errors import StoreError

MASKED, SEALED = ".cfg", ".sealed"

_ALONE = {"HOME": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "LC_ALL": "C.UTF-8"}
"""The user's own git settings (signing, hooks, aliases) have no say here."""

_IDENTITY = ("-c", "user.name=moulin", "-c", "user.email=moulin@localhost", "-c", "commit.gpgsign=false")
_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ][\d:]+(Z|[+-]\d\d:?\d\d)?)?")
_MANY = 12
"""Sections of one switch that a commit message names."""
_NOTHING: Mapping[str, str] = {}
_NO_SECTIONS: Mapping[str, Sequence[str]] = {}


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup changed; ``commit`` is the short hash, None when nothing did."""

    changed: tuple[str, ...]
    commit: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A text as the history has it, and the commit that last changed it."""

    text: str
    commit: str
    at: str
    """ISO date."""


class Backups:
    """A git repository of its own; the caller hands texts that are free of noise, masked or sealed."""

    def __init__(self, folder: Path) -> None:
        """Open or make the repository; raises StoreError."""
        self._folder = folder
        if not (folder / ".git").is_dir():
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError as exc:
                raise StoreError(f"{folder}: cannot be made ({exc.strerror}). check MOULIN_STATE") from exc
            self._git("init", "--quiet", "--initial-branch=main")

    def save(
        self,
        configs: Mapping[str, str],
        note: str = "",
        *,
        sealed: Mapping[str, str] = _NOTHING,
        sections: Mapping[str, Sequence[str]] = _NO_SECTIONS,
    ) -> Saved:
        """Write ``<device>.cfg`` and ``<device>.sealed`` and commit what differs.

        ``sections`` are the changed parts of a switch, for the message. Raises StoreError, then nothing is
        written.
        """
        files = {f"{device}{MASKED}": text for device, text in configs.items()}
        files |= {f"{device}{SEALED}": text for device, text in sealed.items()}
        try:
            for name, text in files.items():
                self._write(name, text)
        except OSError as exc:
            self._restore()
            raise StoreError(f"{self._folder}: cannot be written ({exc.strerror}). free space") from exc
        if not files:
            return Saved((), None)
        self._git("add", "--", *sorted(files))
        changed = self._git("diff", "--cached", "--name-only").split()
        if not changed:
            return Saved((), None)
        names = tuple(dict.fromkeys(name.removesuffix(MASKED).removesuffix(SEALED) for name in changed))
        message = _message(names, note, sections)
        self._git(*_IDENTITY, "commit", "--quiet", "--no-verify", "-m", message)
        return Saved(names, self._git("rev-parse", "--short", "HEAD").strip())

    def last(self, device: str, kind: str = MASKED) -> str | None:
        """The latest text of a switch; None when it was never saved."""
        try:
            return self._file(device, kind).read_text(encoding="utf-8")
        except OSError:
            return None

    def find(self, device: str, at: str = "", kind: str = MASKED) -> Kept | None:
        """The text as it stood at a commit or a date (else now); None when there was none then.

        Raises StoreError when there is no such commit.
        """
        name = self._file(device, kind).name
        if not (self._folder / ".git" / "refs" / "heads" / "main").exists():
            return None
        commit = self._commit(at)
        log = self._git("log", "-1", "--format=%h %aI", commit, "--", name).split()
        if not log or not self._git("ls-tree", "--name-only", commit, "--", name).strip():
            return None
        return Kept(self._git("show", f"{commit}:{name}"), log[0], log[1])

    def devices(self) -> tuple[str, ...]:
        """Switches that were ever saved."""
        return tuple(sorted(file.stem for file in self._folder.glob(f"*{MASKED}")))

    def history(self, device: str) -> tuple[str, ...]:
        """``<hash> <ISO date> <subject>``, newest first; empty when never saved."""
        if self.last(device) is None:
            return ()
        log = self._git("log", "--format=%h %aI %s", "--", f"{device}{MASKED}", f"{device}{SEALED}")
        return tuple(log.splitlines())

    def _commit(self, at: str) -> str:
        if _DATE.fullmatch(at):
            when = at if len(at) > len("2026-11-22") else f"{at} 23:59:59"
            found = self._git("rev-list", "-1", f"--before={when}", "main").strip()
        else:
            try:
                words = ("--verify", "--quiet", "--end-of-options", f"{at or 'main'}^{{commit}}")
                found = self._git("rev-parse", *words).strip()
            except StoreError:
                found = ""
        if not found:
            raise StoreError(f"no backup at {at!r}. see: moulin backup log DEVICE")
        return found

    def _file(self, device: str, kind: str) -> Path:
        if device != Path(device).name or device.startswith("."):
            raise StoreError(f"{device!r} is no name of a switch. names are in hosts.yaml")
        return self._folder / f"{device}{kind}"

    def _write(self, name: str, text: str) -> None:
        fresh = self._folder / f".{name}.new"
        try:
            fresh.write_text(text, encoding="utf-8")
            fresh.replace(self._folder / name)
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


def _message(devices: tuple[str, ...], note: str, sections: Mapping[str, Sequence[str]]) -> str:
    """Subject names the sections of one switch or up to four switches, the body all of them.

    >>> print(_message(("core-1", "core-2"), "before change 7", {"core-1": ("vlan 20", "hostname b")}))
    core-1, core-2 changed
    <BLANKLINE>
    before change 7
    core-1: vlan 20, hostname b
    core-2
    >>> _message(("core-1",), "", {"core-1": ("vlan 20",)}).split(chr(10))[0]
    'core-1: vlan 20'
    """
    rows = [f"{device}: {_few(sections[device])}" if sections.get(device) else device for device in devices]
    few = ", ".join(devices[:4]) + (f" and {len(devices) - 4} more" if len(devices) > 4 else "")
    subject = f"{few} changed"
    if len(devices) == 1 and sections.get(devices[0]) and len(rows[0]) <= 100:
        subject = rows[0]
    return "\n".join([subject, "", *([note] if note else []), *rows])


def _few(sections: Sequence[str]) -> str:
    more = f" and {len(sections) - _MANY} more" if len(sections) > _MANY else ""
    return ", ".join(sections[:_MANY]) + more
