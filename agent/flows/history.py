"""``moulin history``: what the journal knows, as plain data."""

from __future__ import annotations

from typing import Any

from agent.store.journal import Change, Journal


def tell_changes(journal: Journal, limit: int) -> list[dict[str, Any]]:
    """The latest changes, newest first, one dict each."""
    return [_tell(change) for change in journal.changes(limit)]


def tell_change(journal: Journal, number: int) -> dict[str, Any]:
    """One change with the events of every switch; raises StoreError when there is none of that number."""
    change = journal.change(number)
    told = _tell(change)
    for run in told["switches"]:
        run["events"] = [
            {"at": event.at, "state": event.state, "steps": event.step, "detail": event.detail}
            for event in journal.events(number, run["device"])
        ]
    return told


def _tell(change: Change) -> dict[str, Any]:
    return {
        "change": change.id,
        "verb": change.verb,
        "who": change.who,
        "reason": change.reason,
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
            }
            for run in change.runs
        ],
    }
