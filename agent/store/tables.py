"""Tables of the journal; the same on SQLite and PostgreSQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, DateTime, Double, ForeignKey, Index, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables of the journal."""

    type_annotation_map = {datetime: DateTime(timezone=True), str: Text}  # noqa: RUF012 - SQLAlchemy's form


class ChangeRow(Base):
    """One call of a verb that changes switches."""

    __tablename__ = "changes"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    verb: Mapped[str]
    who: Mapped[str]
    reason: Mapped[str]
    intent: Mapped[str]
    """Digest of the inventory that the plans were made from."""
    state: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    owner: Mapped[str]
    """``host:pid`` of the process, to tell a change at work from one whose process died."""
    ticket: Mapped[str] = mapped_column(server_default="")


class RunRow(Base):
    """One switch within a change."""

    __tablename__ = "runs"
    __table_args__ = (Index("runs_by_change", "change_id", "device", unique=True),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id"))
    device: Mapped[str]
    state: Mapped[str]
    base: Mapped[str]
    target: Mapped[str]
    steps: Mapped[int]
    checkpoint: Mapped[str]
    detail: Mapped[str]
    updated_at: Mapped[datetime]
    protection: Mapped[str] = mapped_column(server_default="")
    """How the switch comes back by itself, as JSON; empty before it was armed."""
    outcome: Mapped[str] = mapped_column(server_default="")
    """The verdict; empty while there is none."""
    next: Mapped[str] = mapped_column(server_default="")
    """What a person was told to type."""
    wave: Mapped[int] = mapped_column(server_default="0")


class EventRow(Base):
    """What happened on a switch, in order."""

    __tablename__ = "events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    at: Mapped[datetime]
    state: Mapped[str]
    step: Mapped[int]
    """Steps that the switch had accepted."""
    detail: Mapped[str]


class ReplyRow(Base):
    """What was said to a switch and its answer, word for word but for secrets and the end of long ones."""

    __tablename__ = "replies"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    at: Mapped[datetime]
    said: Mapped[str]
    reply: Mapped[str]
    cut: Mapped[int] = mapped_column(server_default="0")
    """Characters of the reply that are not kept."""


class LockRow(Base):
    """Who works on a switch, and until when we believe so without hearing from him."""

    __tablename__ = "locks"

    device: Mapped[str] = mapped_column(primary_key=True)
    change_id: Mapped[int]
    owner: Mapped[str]
    """``host:pid``."""
    who: Mapped[str]
    until: Mapped[datetime]


class PlanRow(Base):
    """Plans of a shared journal, secrets in clear: the database guards them as 0600 files do elsewhere."""

    __tablename__ = "plans"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    plan: Mapped[str]


class HappeningRow(Base):
    """What happened in the city by itself: traps, informs, probes that changed their mind."""

    __tablename__ = "happenings"
    __table_args__ = (Index("happenings_by_device", "device", "id"), Index("happenings_by_time", "at"))

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[float] = mapped_column(Double)
    """Unix time."""
    device: Mapped[str]
    kind: Mapped[str]
    interface: Mapped[str]
    text: Mapped[str]
    severity: Mapped[str]
    source: Mapped[str]
    fields: Mapped[str]
    """JSON object of texts."""


class TicketRow(Base):
    """A ticket: one per group of alerts, opened again when they come back."""

    __tablename__ = "tickets"
    __table_args__ = (Index("tickets_by_state", "state", "changed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    fingerprint: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str]
    severity: Mapped[str]
    title: Mapped[str]
    alert: Mapped[str]
    owner: Mapped[str]
    service: Mapped[str]
    site: Mapped[str]
    lines: Mapped[str]
    """JSON list: summary, action, runbook, since."""
    opened_at: Mapped[float] = mapped_column(Double)
    """Unix time."""
    changed_at: Mapped[float] = mapped_column(Double)
    heard_at: Mapped[float] = mapped_column(Double)
    times: Mapped[int]
    revision: Mapped[int]
    told: Mapped[int]
    """Revision that the helpdesk has."""
    remote: Mapped[str]
    """The helpdesk's own name of it; empty before it knows."""


class AvailabilityRow(Base):
    """How a service fared in one hour: endpoint-seconds that were seen well, seen bad, and not seen."""

    __tablename__ = "availability"

    service: Mapped[str] = mapped_column(primary_key=True)
    hour: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    """Unix time at which it began."""
    up: Mapped[float] = mapped_column(Double)
    down: Mapped[float] = mapped_column(Double)
    unobserved: Mapped[float] = mapped_column(Double)
    until: Mapped[float] = mapped_column(Double)
    """Unix time up to which it was written."""
