"""One switch, top to bottom: read, compare, arm the way back, send, read back on a new session, confirm and
save; or all the way back. Whatever happens, the verdict says what the switch is like now.

Two logins: one session reads, arms and sends; a new one, which only opens if the change has not cut our way
in, reads back, confirms and saves.

``carry_out`` leaves the switch changed, verified and still armed; ``confirm`` makes the change stand;
``take_back`` (``back.py``) undoes it. Between the two, the rest of the wave is judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import cast

from agent.apply.back import NEAR_SECONDS, take_back, unarm
from agent.apply.checkpoint import drop_checkpoint, save_startup, set_checkpoint
from agent.apply.deadman import arm, armed_names, disarm
from agent.apply.protection import Way
from agent.apply.replace import commit_replace, drop_file, file_of, replace_whole, store_whole
from agent.apply.verdict import Outcome, Verdict
from agent.apply.work import SHOW, Applying, clock_lines, protected_steps
from agent.device.transport import Staging, Storing, Transport
from agent.errors import AgentError, CommandRejectedError, StalePlanError, UnreachableError, VerifyError
from agent.plan.plan import Step

HANDFUL = 40
"""Lines that are sent between two entries of the journal, about."""

TRIES = 3
"""Sessions that are tried for the confirmation, each with the adapter's own timeout."""


class _StoppedError(AgentError):
    """Somebody asked twice to stop, or the time is over."""


class _GoneError(AgentError):
    """The change was there and is not any more."""


def apply_plan(work: Applying) -> Verdict:
    """Carry the plan out on its switch and confirm it; every expected failure becomes a verdict."""
    return carry_out(work) or confirm(work)


def carry_out(work: Applying) -> Verdict | None:
    """Send and verify. None when the switch is as planned and waits for ``confirm`` or ``take_back``."""
    plan = work.plan
    if not plan.steps:
        work.record.note(plan.device, "unchanged")
        return Verdict(plan.device, Outcome.UNCHANGED)
    try:
        session = _begin(work)
    except AgentError as error:
        return _refused(work, error)
    try:
        _arm(work, session)
    except AgentError as error:
        session.close()
        return unarm(work, error)
    try:
        try:
            _send(work, session)
        finally:
            session.close()
        with work.fresh() as session:  # that it opens proves that the change has not cut our way in
            running = session.run(SHOW)
            work.refuse_unlike_target(running)
        work.verified = running
        work.record.note(plan.device, "verified", step=work.sent)
    except AgentError as error:
        return take_back(work, error)
    return None


def _begin(work: Applying) -> Transport:
    """A session with a switch that is as it was when the plan was made; what raises here touched nothing."""
    plan = work.plan
    session, running = _read(work)
    try:
        if names := armed_names(running):
            change = names[0].split("-")[1]
            problem = f"change {change} is not finished there ({names[0]})"
            raise CommandRejectedError(plan.device, problem, hint=f"moulin resume {change}")
        if work.digest(running) != plan.base:
            raise StalePlanError(f"{plan.device}: changed since the plan was made. plan again: moulin plan")
        work.protection = work.choose(running)
        facts = {"checkpoint": work.checkpoint, "protection": work.protection}
        work.record.note(plan.device, "arming", detail=work.protection.words, **facts)
    except AgentError:
        session.close()
        raise
    return session


def _read(work: Applying) -> tuple[Transport, str]:
    """A session and what it shows: that which the planning left if it still answers, else a new one."""
    session, work.first = work.first, None
    if session is not None:
        with suppress(UnreachableError):
            return session, session.run(SHOW)
        session.close()
    session = work.open_session()
    try:
        return session, session.run(SHOW)
    except AgentError:
        session.close()
        raise


def _arm(work: Applying, session: Transport) -> None:
    """The dead man first, then the checkpoint that he goes back to: from here on the switch saves itself."""
    if first := clock_lines(work.plan.steps):
        session.configure(first)
    detail = ""
    if work.protection.way is Way.SCHEDULER:
        work.until = work.clock() + work.protection.minutes * 60
        arm(session, work.checkpoint, work.protection.minutes)
        detail = f"at {_now(session)} on its clock, for {work.protection.minutes} minutes"
    if work.protection.way is Way.REPLACE:
        store_whole(cast("Storing", session), file_of(work.checkpoint), work.whole)
        detail = "the switch has checked the whole configuration"
    set_checkpoint(session, work.checkpoint)
    work.record.note(work.plan.device, "armed", detail=detail)


def _now(session: Transport) -> str:
    """The switch's own time of day, for people."""
    words = " ".join(session.run("show clock").split())
    return words.lstrip("*.") or "an unknown hour"


def _send(work: Applying, session: Transport) -> None:
    if work.protection.way is Way.DUAL_STAGE:
        _stage(work, cast("Staging", session))
        return
    if work.protection.way is Way.REPLACE:
        _replace(work, session)
        return
    for steps in _handfuls(protected_steps(work.plan.steps)):
        lines = tuple(line for step in steps for line in step.lines)
        _refuse_late(work)
        _note_sending(work, len(steps), len(lines))
        session.configure(lines)
        work.sent += len(steps)


def _stage(work: Applying, session: Staging) -> None:
    """All lines at once, or none; the timer runs on the switch from the commit on."""
    steps = tuple(protected_steps(work.plan.steps))
    lines = tuple(line for step in steps for line in step.lines)
    _refuse_late(work)
    _note_sending(work, len(steps), len(lines))
    work.until = work.clock() + work.protection.minutes * 60
    session.stage(lines, work.protection.minutes * 60)
    work.sent = len(steps)


def _replace(work: Applying, session: Transport) -> None:
    """The whole configuration at once, or nothing; the timer runs on the switch when it is done."""
    steps = tuple(work.plan.steps)
    _refuse_late(work)
    _note_sending(work, len(steps), sum(len(step.lines) for step in steps))
    seconds = work.protection.minutes * 60
    work.until = work.clock() + seconds
    replace_whole(session, file_of(work.checkpoint), seconds)
    work.until = work.clock() + seconds
    work.sent = len(steps)


def _note_sending(work: Applying, steps: int, lines: int) -> None:
    detail = f"steps {work.sent + 1} to {work.sent + steps}, {lines} lines"
    work.record.note(work.plan.device, "sending", step=work.sent, detail=detail)


def _refuse_late(work: Applying) -> None:
    """Raise when somebody wants it back, or the dead man is about to ring."""
    if work.stop.go_back:
        raise _StoppedError(f"{work.plan.device}: stopped by hand before step {work.sent + 1}")
    if work.left_seconds < NEAR_SECONDS:
        problem = f"{work.protection.minutes} minutes were not enough, step {work.sent + 1} is not sent"
        raise _StoppedError(f"{work.plan.device}: {problem}. plan less at once: moulin plan --limit")


def _handfuls(steps: Iterable[Step]) -> Iterator[tuple[Step, ...]]:
    """Steps in order, a few at a time: each handful is one entry of the journal and one request."""
    hand: list[Step] = []
    for step in steps:
        hand.append(step)
        if sum(len(held.lines) for held in hand) >= HANDFUL:
            yield tuple(hand)
            hand = []
    if hand:
        yield tuple(hand)


def confirm(work: Applying) -> Verdict:
    """Make the change stand: on a new session take the dead man away, read once more, write startup."""
    try:
        return _confirm(work)
    finally:
        work.leave()


def _confirm(work: Applying) -> Verdict:
    device = work.plan.device
    try:
        _refuse_late(work)
        work.record.note(device, "confirming", step=work.sent)
    except AgentError as error:
        return take_back(work, error)
    try:
        if work.protection.by_itself:
            _confirm_stubbornly(work)
    except VerifyError as error:
        return take_back(work, error)
    except AgentError as error:
        return _left_protected(work, error)
    return _save(work)


def _confirm_stubbornly(work: Applying) -> None:
    """A lost session says nothing about whether the confirmation arrived: another one asks again."""
    for attempt in range(1, TRIES + 1):
        try:
            with work.fresh() as session:
                confirm_on(work, session)
        except VerifyError:
            raise
        except AgentError:
            if attempt == TRIES:
                raise
        else:
            return


def confirm_on(work: Applying, session: Transport) -> None:
    """Take the dead man away, then see that he has not rung meanwhile; raises VerifyError when he has."""
    if work.protection.way is Way.SCHEDULER:
        running, work.verified = work.verified or session.run(SHOW), ""
        disarm(session, work.checkpoint, running, keep_feature=work.protection.feature_after)
    elif work.protection.way is Way.DUAL_STAGE:
        cast("Staging", session).confirm_stage()
    elif work.protection.way is Way.REPLACE:
        commit_replace(session)
        drop_file(session, file_of(work.checkpoint))  # a session that was lost has left it there
    work.refuse_unlike_target(session.run(SHOW))
    work.until = 0.0


def _left_protected(work: Applying, error: AgentError) -> Verdict:
    device = work.plan.device
    why = f"verified, but it could not be confirmed: {error}"
    work.note_anyway("protected", why)
    return Verdict(device, Outcome.PROTECTED, why, work.resume, work.sent)


def _save(work: Applying) -> Verdict:
    """The change stands from here on: what fails now is told, not undone."""
    device = work.plan.device
    try:
        work.record.note(device, "confirmed", step=work.sent)
        _save_stubbornly(work)
        work.record.note(device, "saved", step=work.sent)
    except _GoneError as error:
        return take_back(work, error)
    except AgentError as error:
        why = f"applied and verified, but not saved: {error}"
        work.note_anyway("failed", why)
        by_hand = f"on {device}: copy running-config startup-config"
        return Verdict(device, Outcome.FAILED, why, by_hand, work.sent)
    return Verdict(device, Outcome.APPLIED, steps=work.sent)


def _save_stubbornly(work: Applying) -> None:
    """A session that was left open may be gone by now: then a new one saves."""
    for attempt in range(1, TRIES + 1):
        try:
            with work.fresh() as session:
                save_startup(session)
                _refuse_unsaved(work, session)
                with suppress(CommandRejectedError):  # one too many checkpoints hurts nobody
                    drop_checkpoint(session, work.checkpoint)
        except UnreachableError:
            if attempt == TRIES:
                raise
        else:
            return


def _refuse_unsaved(work: Applying, session: Transport) -> None:
    """See that startup is as planned. A switch that restarted just now has saved what it restarted with."""
    try:
        work.refuse_unlike_target(session.run("show startup-config"))
    except VerifyError as error:
        try:
            work.refuse_unlike_target(session.run(SHOW))
        except VerifyError as lost:
            problem = f"{work.plan.device}: lost the change before it was saved, it must have restarted"
            raise _GoneError(problem) from lost
        raise CommandRejectedError(
            work.plan.device, "startup-config reads back differently", hint="see: show startup-config"
        ) from error


def _refused(work: Applying, error: AgentError) -> Verdict:
    work.note_anyway("refused", str(error))
    return Verdict(work.plan.device, Outcome.REFUSED, str(error))
