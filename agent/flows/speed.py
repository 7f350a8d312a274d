"""How fast changes were here, as the journal remembers."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from agent.errors import StoreError
from agent.flows.history import has_journal, open_journal
from agent.plan.duration import GUESSED, Speed
from agent.settings import Settings
from agent.store.journal import Change, Journal

_LATEST = 20
_BUSY = frozenset({"sending", "verified"})


def read_speed(settings: Settings) -> Speed:
    """Medians over the switches of the latest changes; measured figures where there are none."""
    if not has_journal(settings):
        return GUESSED
    try:
        journal = open_journal(settings)
        try:
            spans = [span for change in journal.changes(_LATEST) for span in _spans(journal, change)]
        finally:
            journal.close()
    except StoreError:
        return GUESSED
    if not spans:
        return GUESSED
    per_step = median(sending / steps for _, sending, steps in spans)
    around = median(whole - sending for whole, sending, _ in spans)
    return Speed(around, per_step, f"from the last {len(spans)} switches that were changed here")


def _spans(journal: Journal, change: Change) -> Iterator[tuple[float, float, int]]:
    """(seconds in all, seconds of sending, steps) of every switch that was changed and saved."""
    for run in change.runs:
        events = journal.events(change.id, run.device)
        if run.state != "saved" or not run.steps or len(events) < 2:
            continue
        whole = (events[-1].at - events[0].at).total_seconds()
        busy = [event.at for event in events if event.state in _BUSY]
        sending = (busy[-1] - busy[0]).total_seconds() if busy else 0.0
        yield whole, min(sending, whole), run.steps
