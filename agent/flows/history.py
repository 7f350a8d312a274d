"""``moulin history``: what the journal knows, as plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from agent.flows.protection import read_protection
from agent.settings import Settings
from agent.store.journal import Change, Journal


def open_journal(settings: Settings) -> Journal:
    """The journal where the settings say that it is; raises StoreError."""
    return Journal(settings.state, url=settings.journal)


def has_journal(settings: Settings) -> bool:
    """Whether there is one already, so that reading makes none."""
    return bool(settings.journal) or (settings.state / "journal.sqlite").exists()


def tell_changes(journal: Journal, limit: int) -> list[dict[str, Any]]:
    """The latest changes, newest first, one dict each."""
    return [_tell(change) for change in journal.changes(limit)]


def tell_change(journal: Journal, number: int, *, replies: bool = False) -> dict[str, Any]:
    """One change with the events of every switch, and with what each said when ``replies``.

    Raises StoreError when there is none of that number.
    """
    change = journal.change(number)
    told = _tell(change)
    for run in told["switches"]:
        run["events"] = [
            {"at": event.at, "state": event.state, "steps": event.step, "detail": event.detail}
            for event in journal.events(number, run["device"])
        ]
        if replies:
            run["replies"] = [asdict(reply) for reply in journal.replies(number, run["device"])]
    return told


def _tell(change: Change) -> dict[str, Any]:
    return {
        "change": change.id,
        "verb": change.verb,
        "who": change.who,
        "reason": change.reason,
        "ticket": change.ticket,
        "state": change.state,
        "started_at": change.started_at,
        "ended_at": change.ended_at,
        "switches": [
            {
                "device": run.device,
                "state": run.state,
                "steps": run.steps,
                "checkpoint": run.checkpoint,
                "detail": run.detail,
                "wave": run.wave,
                "outcome": run.outcome,
                "next": run.next,
                "protection": _protected_by(run.protection),
            }
            for run in change.runs
        ],
    }


def _protected_by(text: str) -> str:
    """In words; empty for a switch that was never armed."""
    return read_protection(text).words if text else ""
