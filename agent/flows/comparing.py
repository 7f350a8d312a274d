"""One switch against the intent, asked for by a watch: what is loaded for it is kept while it is of use."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from nornir.core import Nornir

from agent.check.drift import Drift
from agent.errors import AgentError, StoreError
from agent.flows.asleep import Asleep, find_asleep
from agent.flows.drift import drift_fleet
from agent.flows.fleet import open_fleet
from agent.flows.history import has_journal, open_journal
from agent.flows.wanted import Wanted, load_wanted
from agent.settings import Settings
from agent.store.journal import Change, Journal

LONGEST_SECONDS = 15.0
"""Whoever ends a watch waits at most so long for a switch that does not answer."""
OURS_SECONDS = 15.0
"""A message may come so long after the change that it is about."""
_LATEST = 20


@dataclass(frozen=True, slots=True)
class Ours:
    """A change of the journal that touches a switch."""

    number: int
    running: bool


@dataclass(slots=True)
class Comparing:
    """Thread-safe. Every method may take seconds and belongs in a thread."""

    settings: Settings
    secrets: Mapping[str, str]
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _loaded: tuple[Nornir, Wanted] | None = None
    _journal: Journal | None = None

    def test(self) -> None:
        """Whether we could log in: raises UsageError when a secret is missing. Cheap; touches no switch."""
        open_fleet(self.settings, self.secrets)

    def knows(self, device: str) -> bool:
        """Whether it is a switch whose configuration is ours to compare."""
        return device in self._load()[0].inventory.hosts

    def compare(self, device: str) -> Drift:
        """Read the switch, change nothing. Raises AgentError: the inventory's, the switch's, or a login's."""
        nornir, wanted = self._load()
        one = nornir.filter(filter_func=lambda host: host.name == device)
        harvest = drift_fleet(one, wanted, _silent, self._asleep())
        if device in harvest.errors:
            raise harvest.errors[device]
        return harvest.values[device]

    def ours(self, device: str, heard_at: float) -> Ours | None:
        """The change of ours that touched the switch when it was heard of, or just before; None for none."""
        journal = self._open_journal()
        if journal is None:
            return None
        try:
            latest = journal.changes(_LATEST)
        except StoreError:
            return None
        since = datetime.fromtimestamp(heard_at, UTC) - timedelta(seconds=OURS_SECONDS)
        return next((ours for change in latest if (ours := _touched(change, device, since))), None)

    def user(self, device: str) -> str:
        """Whom we log in as."""
        host = self._load()[0].inventory.hosts.get(device)
        extras = host.connection_options["moulin"].extras if host is not None else None
        return str(extras["access"].username) if extras else ""

    def forget(self) -> None:
        """The inventory is new, or nobody has asked for long."""
        with self._lock:
            self._loaded = None

    def _load(self) -> tuple[Nornir, Wanted]:
        with self._lock:
            if self._loaded is None:
                seconds = min(self.settings.timeout_seconds, LONGEST_SECONDS)
                settings = self.settings.model_copy(update={"timeout_seconds": seconds})
                self._loaded = open_fleet(settings, self.secrets), load_wanted(settings, self.secrets)
            return self._loaded

    def _open_journal(self) -> Journal | None:
        with self._lock:
            try:
                if self._journal is None and has_journal(self.settings):
                    self._journal = open_journal(self.settings)
            except StoreError:
                return None
            return self._journal

    def _asleep(self) -> Mapping[str, Asleep]:
        journal = self._open_journal()
        try:
            return find_asleep(journal) if journal is not None else {}
        except AgentError:
            return {}  # a journal that cannot be read makes drift louder, not silent


def _touched(change: Change, device: str, since: datetime) -> Ours | None:
    for run in change.runs:
        if run.device != device or run.state == "planned":
            continue
        running = change.state == "running" and change.ended_at is None
        if running or run.updated_at >= since:
            return Ours(change.id, running)
    return None


def _silent(device: str, words: str) -> None:
    """Nobody watches."""
