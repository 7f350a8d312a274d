"""What Alertmanager says of a group of alerts, and what becomes of its ticket. Pure.

The notice is the body of Alertmanager's webhook, version 4. It comes again and again while the alerts fire,
after every restart of Alertmanager, and twice when there are two of them: only what is new makes a revision.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import UsageError
from agent.store.tickets import Line, Ticket

LINES = 50
"""Most alerts that a ticket lists; the title counts them all."""
WORDS = 500
"""Most characters of one text."""
SEVERITIES = ("page", "ticket", "note")

Labels = dict[str, str]


class _Alert(BaseModel):
    model_config = ConfigDict(frozen=True)

    status: Literal["firing", "resolved"]
    labels: Labels
    annotations: Labels = Field(default_factory=dict)
    startsAt: str = ""  # noqa: N815  # Alertmanager's word


class Notice(BaseModel):
    """One call of the webhook."""

    model_config = ConfigDict(frozen=True)

    status: Literal["firing", "resolved"]
    groupLabels: Labels  # noqa: N815  # Alertmanager's words
    commonLabels: Labels = Field(default_factory=dict)  # noqa: N815
    alerts: Annotated[tuple[_Alert, ...], Field(min_length=1)]
    truncatedAlerts: int = 0  # noqa: N815

    @property
    def fingerprint(self) -> str:
        """Of the labels that make the group: the same whenever it comes back."""
        text = "\n".join(f"{name}={value}" for name, value in sorted(self.groupLabels.items()))
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def label(self, name: str) -> str:
        """A label that the whole group has, else that of its first alert; empty without any."""
        for labels in (self.groupLabels, self.commonLabels, self.alerts[0].labels):
            if labels.get(name):
                return labels[name][:WORDS]
        return ""


def read_notice(body: bytes) -> Notice:
    """The notice of a webhook's body. Raises UsageError, one line, for what is none."""
    try:
        return Notice.model_validate_json(body)
    except ValidationError as exc:
        first = exc.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise UsageError(
            f"not a notice of Alertmanager: {where}: {first['msg'].splitlines()[0]}. send version 4 as JSON"
        ) from exc


def turn_ticket(before: Ticket | None, notice: Notice, now: float) -> Ticket | None:
    """The ticket after a notice: opened, changed, closed, opened again, or only heard of again.

    None when there is nothing to keep: the end of something that was never opened.
    """
    if notice.status == "resolved":
        if before is None or before.state == "closed":
            return before
        return replace(before, state="closed", changed_at=now, heard_at=now, revision=before.revision + 1)
    told = _describe(notice, now)
    if before is None:
        return told
    kept = replace(
        told,
        number=before.number,
        opened_at=before.opened_at,
        times=before.times,
        revision=before.revision,
        told=before.told,
        remote=before.remote,
    )
    if before.state == "closed":
        return replace(kept, opened_at=now, times=before.times + 1, revision=before.revision + 1)
    if _words(before) == _words(kept):
        return replace(before, heard_at=now)
    return replace(kept, revision=before.revision + 1)


def _words(ticket: Ticket) -> tuple[object, ...]:
    return ticket.title, ticket.severity, ticket.owner, ticket.lines


def _describe(notice: Notice, now: float) -> Ticket:
    firing = [alert for alert in notice.alerts if alert.status == "firing"] or list(notice.alerts)
    lines = sorted((_line(alert) for alert in firing), key=lambda line: (line.summary, line.since))
    count, name = len(firing) + max(0, notice.truncatedAlerts), notice.label("alertname")
    first = lines[0].summary or name
    severity = notice.label("severity")
    return Ticket(
        fingerprint=notice.fingerprint,
        state="open",
        severity=severity if severity in SEVERITIES else "ticket",
        title=first if count == 1 else f"{count} times {name}: {first} …",
        alert=name,
        owner=notice.label("owner"),
        service=notice.label("service"),
        site=notice.label("site"),
        lines=tuple(lines[:LINES]),
        opened_at=now,
        changed_at=now,
        heard_at=now,
    )


def _line(alert: _Alert) -> Line:
    texts = (alert.annotations.get(name, "") for name in ("summary", "action", "runbook_url"))
    summary, action, runbook = (" ".join(text.split())[:WORDS] for text in texts)
    return Line(summary or alert.labels.get("alertname", "")[:WORDS], action, runbook, alert.startsAt[:40])
