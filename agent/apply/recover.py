"""A change whose process is gone: look at the switch, then finish it or take it back; nothing is guessed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from agent.apply.back import NEAR_SECONDS, clean_base, take_back
from agent.apply.deadman import is_armed
from agent.apply.run import confirm
from agent.apply.verdict import Outcome, Verdict
from agent.apply.work import SHOW, Applying
from agent.errors import AgentError, CommandRejectedError, VerifyError


class Found(StrEnum):
    """What the switch runs, compared with the plan; our arming left out."""

    TARGET = "as planned"
    BASE = "as before"
    BETWEEN = "neither as before nor as planned"


@dataclass(frozen=True, slots=True)
class Seen:
    """The switch now. ``patch`` is what going back to the checkpoint would send, in its own words."""

    device: str
    found: Found
    armed: bool
    checkpoint: bool
    patch: tuple[str, ...] = ()


class UnfinishedError(AgentError):
    """The reason why something is taken back: the change before it came to no end."""


def look(work: Applying) -> Seen:
    """Read the switch; raises DeviceError when it cannot be asked. Nothing is changed."""
    with work.session() as session:
        running = session.run(SHOW)
        kept = f"{work.checkpoint}:" in session.run("show checkpoint summary") if work.checkpoint else False
        found = _compare(work, running)
        patch: tuple[str, ...] = ()
        if found is Found.BETWEEN and kept:
            shown = session.run(f"show diff rollback-patch running-config checkpoint {work.checkpoint}")
            rows = [row.rstrip() for row in shown.splitlines()]
            begin = rows.index("!!") + 1 if "!!" in rows else len(rows)
            patch = tuple(row for row in rows[begin:] if row and row != "!!")
    return Seen(work.plan.device, found, is_armed(running, work.checkpoint), kept, patch)


def _compare(work: Applying, running: str) -> Found:
    if work.is_base(running):
        return Found.BASE
    try:
        work.refuse_unlike_target(running)
    except VerifyError:
        return Found.BETWEEN
    return Found.TARGET


def settle(work: Applying, *, undo: bool = False) -> Verdict:
    """Finish what is as planned, unless ``undo``; take back what is between; clean up what is as before."""
    device = work.plan.device
    try:
        seen = look(work)
    except AgentError as error:
        return _cannot_ask(work, error)
    if 0 < work.left_seconds < NEAR_SECONDS and (seen.armed or not work.protection.feature_before):
        why = f"{device}: goes back by itself within a minute. wait for it"
        return Verdict(device, Outcome.PROTECTED, why, work.resume)
    if seen.found is Found.TARGET and not undo:
        work.until = 0.0  # what rings meanwhile is found by reading once more
        return confirm(work)
    if seen.found is Found.BASE or work.left_seconds <= 0:
        verdict = _clean(work)
        if verdict is not None:
            return verdict
    if seen.found is Found.BETWEEN and not undo and (refusal := _why_not(work, seen)):
        work.note_anyway("failed", refusal)
        then = f"moulin resume {work.change} --undo" if seen.checkpoint else f"moulin plan --limit {device}"
        return Verdict(device, Outcome.FAILED, refusal, then)
    return take_back(work, UnfinishedError(f"{device}: the change was interrupted, found {seen.found}"))


def _why_not(work: Applying, seen: Seen) -> str:
    """Why the switch is not taken back without being told to; empty when nothing speaks against it."""
    if not seen.checkpoint:
        return f"found {seen.found}, and checkpoint {work.checkpoint} is gone: somebody must look"
    if work.left_seconds <= 0:
        return f"found {seen.found} after its time was over: somebody changed it, or its own way back failed"
    return ""


def _clean(work: Applying) -> Verdict | None:
    """Undone when the switch reads as before once the arming is gone; None when it does not."""
    device = work.plan.device
    try:
        with work.session() as session:
            clean_base(work, session)
    except (VerifyError, CommandRejectedError):
        return None
    except AgentError as error:
        return _cannot_ask(work, error)
    why = "the change was interrupted, the switch is as before"
    work.note_anyway("undone", why)
    return Verdict(device, Outcome.UNDONE, why, f"moulin plan --limit {device}")


def _cannot_ask(work: Applying, error: AgentError) -> Verdict:
    if work.protection.by_itself and work.left_seconds > 0:
        minutes = int(work.left_seconds // 60) + 1
        why = f"{error} If the change is still in force, it goes back by itself within {minutes} minutes."
        return Verdict(work.plan.device, Outcome.PROTECTED, why, work.resume)
    return Verdict(work.plan.device, Outcome.FAILED, str(error), work.resume)
