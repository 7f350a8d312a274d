"""The way back of one switch: by the checkpoint, else by the plan's own undo; believed once it reads back."""

from __future__ import annotations

from contextlib import suppress
from typing import cast

from agent.apply.checkpoint import drop_checkpoint, roll_back
from agent.apply.deadman import disarm
from agent.apply.protection import FEATURE, Way
from agent.apply.replace import abort_replace, commit_replace, drop_file, file_of
from agent.apply.verdict import Outcome, Verdict
from agent.apply.work import SHOW, Applying, clock_lines
from agent.device.transport import Staging, Transport
from agent.errors import AgentError, CommandRejectedError, VerifyError

TRIES = 3
"""Sessions that are tried for the way back, each with the adapter's own timeout."""

NEAR_SECONDS = 45.0
"""So close to its end the dead man is not raced."""


def take_back(work: Applying, error: AgentError) -> Verdict:
    """Return to the start because of ``error``; the verdict says whether the switch reads as before."""
    device = work.plan.device
    work.leave()
    work.note_anyway("undoing", str(error))
    failures: list[AgentError] = []
    for way in (*[_by_checkpoint] * TRIES, _by_undo):
        try:
            with work.session() as session:
                way(work, session)
            with work.session() as session:
                clean_base(work, session)
        except AgentError as failure:
            failures.append(failure)
            continue
        work.note_anyway("undone", str(error))
        return Verdict(device, Outcome.UNDONE, str(error), f"moulin plan --limit {device}", work.sent)
    return _stuck(work, error, failures)


def unarm(work: Applying, error: AgentError) -> Verdict:
    """The arming failed before the first line was sent: clean it up and call the switch refused."""
    last: AgentError = error
    for _ in range(TRIES):
        try:
            with work.session() as session:
                clean_base(work, session)
        except AgentError as failure:
            last = failure
            continue
        work.note_anyway("refused", str(error))
        return Verdict(work.plan.device, Outcome.REFUSED, str(error))
    why = f"{error} What was armed could not be cleaned up: {last}"
    work.note_anyway("protected", why)
    return Verdict(work.plan.device, Outcome.PROTECTED, why, work.resume)


def clean_base(work: Applying, session: Transport) -> None:
    """Take away what the arming added; raises VerifyError unless the switch then reads as before."""
    running = session.run(SHOW)
    clock = clock_lines(work.plan.undo)
    if clock and not work.is_base(running):
        session.configure(clock)
        running = session.run(SHOW)
    if not work.is_base(running):
        raise VerifyError(
            work.plan.device, "does not read as before the change", hint=f"compare: {work.resume}"
        )
    if work.protection.way is Way.SCHEDULER:
        disarm(session, work.checkpoint, running, keep_feature=work.protection.feature_before)
    elif work.protection.way is Way.DUAL_STAGE and work.until:
        cast("Staging", session).confirm_stage()  # what stands now is the base: the timer has nothing to do
    elif work.protection.way is Way.REPLACE:
        commit_replace(session)  # as above
        drop_file(session, file_of(work.checkpoint))
    if work.protection.by_itself and work.digest(session.run(SHOW)) != work.plan.base:
        raise VerifyError(
            work.plan.device, "does not read as before the change", hint=f"compare: {work.resume}"
        )
    work.until = 0.0
    with suppress(CommandRejectedError):
        drop_checkpoint(session, work.checkpoint)


def _by_checkpoint(work: Applying, session: Transport) -> None:
    if work.protection.way is Way.REPLACE:
        abort_replace(session)
    roll_back(session, work.checkpoint)


def _by_undo(work: Applying, session: Transport) -> None:
    for step in work.plan.undo:
        lines = tuple(line for line in step.lines if line != f"no {FEATURE}")
        if lines:
            session.configure(lines)


def _stuck(work: Applying, error: AgentError, failures: list[AgentError]) -> Verdict:
    """Nobody could take it back. Either the switch will by itself, or somebody must."""
    device = work.plan.device
    why = f"{error} The way back failed too: {failures[-1]}"
    refused = any(isinstance(failure, CommandRejectedError | VerifyError) for failure in failures)
    if work.left_seconds > 0 and work.protection.by_itself and not refused:
        minutes = int(work.left_seconds // 60) + 1
        why = f"{why} It goes back by itself within {minutes} minutes, as far as we know."
        work.note_anyway("protected", why)
        return Verdict(device, Outcome.PROTECTED, why, work.resume, work.sent)
    work.note_anyway("failed", why)
    by_hand = f"{work.resume}, or on {device}: rollback running-config checkpoint {work.checkpoint}"
    return Verdict(device, Outcome.FAILED, why, by_hand, work.sent)
