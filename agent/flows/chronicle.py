"""The journal as pages read it: opened when there is one, never made by looking."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from agent.errors import StoreError
from agent.flows.history import has_journal, open_journal, tell_change, tell_changes
from agent.flows.rollback import read_plan
from agent.records import Event
from agent.settings import Settings
from agent.store.events import EventStore


class Chronicle:
    """Changes of the past, as plain data; diffs are masked."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def changes(self, limit: int = 50) -> list[dict[str, Any]]:
        """The latest changes, newest first; empty without a journal."""
        if not has_journal(self._settings):
            return []
        journal = open_journal(self._settings)
        try:
            return tell_changes(journal, limit)
        finally:
            journal.close()

    def change(self, number: int) -> dict[str, Any] | None:
        """One change with the events and the ``diff`` of every switch; None when there is none."""
        if not has_journal(self._settings):
            return None
        journal = open_journal(self._settings)
        try:
            try:
                told = tell_change(journal, number)
            except StoreError:
                return None
            for run in told["switches"]:
                try:
                    run["diff"] = read_plan(journal, number, run["device"]).diff
                except StoreError:
                    run["diff"] = ()  # the plan was tidied away; the events still tell what happened
            return told
        finally:
            journal.close()

    def happened(self, since: float, until: float, kinds: Sequence[str]) -> tuple[Event, ...]:
        """Events of these kinds between two instants, newest first; empty without a database."""
        if not has_journal(self._settings):
            return ()
        store = EventStore(self._settings.state, self._settings.journal)
        try:
            return store.between(since, until, kinds)
        finally:
            store.close()

    def of_switch(self, device: str, limit: int = 5) -> list[dict[str, Any]]:
        """The latest changes that touched the switch, newest first."""
        found = [
            change
            for change in self.changes(200)
            if any(run["device"] == device for run in change["switches"])
        ]
        return found[:limit]
