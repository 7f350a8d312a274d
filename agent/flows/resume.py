"""``moulin resume``: changes that came to no end, finished or taken back by what the switches say."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from nornir.core import Nornir

from agent.apply.recover import Seen, look, settle
from agent.apply.verdict import Outcome, Verdict
from agent.apply.work import PLAIN, Applying
from agent.errors import DeviceError, StoreError, UsageError
from agent.flows.apply import Changed, Notes, renewing
from agent.flows.fleet import Device, Harvest, Progress, each
from agent.flows.halfway import Halfway, install_of, judge_halfway, look_halfway, silent_halfway
from agent.flows.protection import read_protection
from agent.flows.rollback import read_plan
from agent.nxos.digest import digest_config
from agent.store.entries import UNSETTLED, Change, Run
from agent.store.journal import Journal

OPEN = UNSETTLED | {"failed"}
"""States of switches that ``resume`` looks at."""


@dataclass(frozen=True, slots=True)
class Resume:
    """One interrupted change, to be finished or undone."""

    change: Change
    who: str
    undo: bool = False
    """Also take back what is as planned, and what was changed after the switch's own time was over."""

    @property
    def runs(self) -> tuple[Run, ...]:
        return tuple(run for run in self.change.runs if run.state in OPEN)


def find_interrupted(journal: Journal, number: int | None) -> tuple[Change, ...]:
    """The change of that number, or all that came to no end, oldest first.

    Raises StoreError when there is none of that number, UsageError when nothing of it is open.
    """
    if number is None:
        return journal.unfinished()
    change = journal.change(number)
    if not any(run.state in OPEN for run in change.runs):
        raise UsageError(f"change {number} is finished on every switch. see: moulin history {number}")
    return (change,)


def look_at(nornir: Nornir, resume: Resume, journal: Journal, progress: Progress) -> Harvest[Seen | Halfway]:
    """What every open switch of the change runs now; nothing is changed."""
    notes = Notes(journal, resume.change.id, progress)
    works = {run.device: _work(run, resume.change, journal, notes) for run in resume.runs}
    fleet = nornir.filter(filter_func=lambda host: host.name in works)

    def work(device: Device) -> Seen | Halfway:
        made = works[device.name](device)
        install = install_of(made.plan)
        return look_halfway(device, install) if install else look(made)

    return each(fleet, work, progress=progress)


def resume_change(nornir: Nornir, resume: Resume, journal: Journal, progress: Progress) -> Changed:
    """Settle every open switch that Nornir has; its verdict and state stand in the journal afterwards.

    Raises LockedError when the change is still at work, or somebody works on one of its switches.
    """
    change = resume.change
    notes = Notes(journal, change.id, progress)
    works = {run.device: _work(run, change, journal, notes) for run in resume.runs}
    names = [name for name in works if name in nornir.inventory.hosts]
    journal.adopt(change.id, names, resume.who)
    fleet = nornir.filter(filter_func=lambda host: host.name in names)
    with renewing(journal, change.id):
        harvest = each(
            fleet, lambda device: _settle(device, works[device.name](device), resume), progress=progress
        )
    verdicts = dict(harvest.values)
    for name, error in harvest.errors.items():
        verdicts[name] = Verdict(name, Outcome.FAILED, str(error), f"moulin resume {change.id}")
    ordered = tuple(verdicts[name] for name in names if name in verdicts)
    for run in change.runs:
        if run.state == "planned":
            words = "the change ended before its turn"
            ordered = (*ordered, Verdict(run.device, Outcome.NOT_STARTED, words, "moulin plan"))
    with suppress(StoreError):
        for verdict in ordered:
            notes.conclude(verdict)
        journal.end(change.id, "interrupted" if journal.change(change.id).unsettled else "done")
    return Changed(change.id, ordered)


def _settle(device: Device, work: Applying, resume: Resume) -> Verdict:
    install = install_of(work.plan)
    if install is None:
        return settle(work, undo=resume.undo)
    try:
        verdict = judge_halfway(look_halfway(device, install), resume.change.id)
    except DeviceError as error:
        return silent_halfway(device.name, install, error.problem, resume.change.id)
    states = {Outcome.APPLIED: "saved", Outcome.UNDONE: "undone"}
    work.note_anyway(states.get(verdict.outcome, "failed"), verdict.why)
    return verdict


def _work(run: Run, change: Change, journal: Journal, notes: Notes) -> Callable[[Device], Applying]:
    """The change of one switch as it was in hand, from the journal."""
    plan = read_plan(journal, change.id, run.device)
    protection = read_protection(run.protection) if run.protection else PLAIN
    left = math.inf
    if protection.by_itself:
        ends = _armed_at(journal, change.id, run) + timedelta(minutes=protection.minutes)
        left = (ends - datetime.now(UTC)).total_seconds()

    def made(device: Device) -> Applying:
        return Applying(
            plan=plan,
            open_session=notes.opener(device),
            record=notes,
            checkpoint=run.checkpoint,
            change=change.id,
            digest=lambda text: digest_config(text, device.platform),
            protection=protection,
            until=time.monotonic() + left if left < math.inf else 0.0,
            sent=_sent(journal, change.id, run.device),
        )

    return made


def _armed_at(journal: Journal, change: int, run: Run) -> datetime:
    """When the time of the way back began, at the latest."""
    moments = [e.at for e in journal.events(change, run.device) if e.state in {"arming", "armed", "sending"}]
    return moments[-1] if moments else run.updated_at


def _sent(journal: Journal, change: int, device: str) -> int:
    return max((event.step for event in journal.events(change, device)), default=0)
