"""Changes that were made in spite of the city's rules, for the alarm."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from agent.errors import StoreError
from agent.flows.history import has_journal, open_journal
from agent.settings import Settings
from agent.store.journal import Journal

BROKEN = "BREAK GLASS: "
"""How the journal marks the reason of such a change."""
_LATEST = 50


def read_broken(settings: Settings) -> Callable[[], Mapping[tuple[str, str], float]]:
    """A function that gives (change, who) to the Unix time of its start, of the latest changes.

    It gives nothing while there is no journal, or none that can be read: whoever watches may be another
    machine than who changes.
    """
    journals: list[Journal] = []

    def read() -> Mapping[tuple[str, str], float]:
        if not journals and not has_journal(settings):
            return {}
        try:
            if not journals:
                journals.append(open_journal(settings))
            latest = journals[0].changes(_LATEST)
        except StoreError:
            return {}
        return {
            (str(change.id), change.who): change.started_at.timestamp()
            for change in latest
            if change.reason.startswith(BROKEN)
        }

    return read
