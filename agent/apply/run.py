"""One switch, top to bottom: read, compare, checkpoint, send, read back on a new session, save; or all the
way back. Whatever happens, the verdict says what the switch is like now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from agent.apply.checkpoint import drop_checkpoint, roll_back, save_startup, set_checkpoint
from agent.apply.verdict import Outcome, Record, Stop, Verdict
from agent.device.transport import Transport
from agent.errors import AgentError, CommandRejectedError, StalePlanError, StoreError, VerifyError
from agent.nxos.digest import digest_config
from agent.plan.plan import Plan, Step

HANDFUL = 40
"""Lines that are sent between two entries of the journal, about."""

TRIES = 3
"""Sessions that are tried for the way back, each with the adapter's own timeout."""


class _StoppedError(AgentError):
    """Somebody asked twice to stop."""


@dataclass(slots=True)
class Applying:
    """What the change of one switch needs: the way to open sessions, the journal, the name of its change."""

    plan: Plan
    open_session: Callable[[], Transport]
    """A new session each time; raises DeviceError."""
    record: Record
    checkpoint: str
    stop: Stop = field(default_factory=Stop)
    remaining: Callable[[str], tuple[str, ...]] | None = None
    """Given the running config afterwards: what still differs from the target, where digests do not agree."""
    digest: Callable[[str], str] = digest_config
    """Digest of a running config, for the platform of the switch."""
    sent: int = 0


def apply_plan(work: Applying) -> Verdict:
    """Carry the plan out on its switch; every expected failure becomes a verdict."""
    plan = work.plan
    if not plan.steps:
        work.record.note(plan.device, "unchanged")
        return Verdict(plan.device, Outcome.UNCHANGED)
    try:
        session = _arm(work)
    except AgentError as error:
        return _refused(work, error)
    try:
        try:
            _send(work, session)
        finally:
            session.close()
        session = work.open_session()
        try:
            _verify(work, session)
            return _save(work, session)
        finally:
            session.close()
    except AgentError as error:
        return _go_back(work, error)


def _arm(work: Applying) -> Transport:
    """The session to send on. Only a checkpoint is new; what raises here leaves the switch as it was."""
    plan = work.plan
    session = work.open_session()
    try:
        if work.digest(session.run("show running-config")) != plan.base:
            raise StalePlanError(f"{plan.device}: changed since the plan was made. plan again: moulin plan")
        set_checkpoint(session, work.checkpoint)
        try:
            work.record.note(plan.device, "armed", checkpoint=work.checkpoint)
        except StoreError:
            drop_checkpoint(session, work.checkpoint)
            raise
    except AgentError:
        session.close()
        raise
    return session


def _send(work: Applying, session: Transport) -> None:
    device = work.plan.device
    for steps in _handfuls(work.plan.steps):
        first, last = work.sent + 1, work.sent + len(steps)
        lines = tuple(line for step in steps for line in step.lines)
        if work.stop.go_back:
            raise _StoppedError(f"{device}: stopped by hand before step {first}")
        detail = f"steps {first} to {last}, {len(lines)} lines"
        work.record.note(device, "sending", step=work.sent, detail=detail)
        session.configure(lines)
        work.sent = last


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


def _verify(work: Applying, session: Transport) -> None:
    """Read back on a session of its own: that it opens proves that the change has not cut our way in."""
    plan = work.plan
    running = session.run("show running-config")
    left = () if work.digest(running) == plan.target else _left(work, running)
    if left:
        few = ", ".join(f"'{line.strip()}'" for line in left[:3])
        problem = f"reads back with {len(left)} lines that differ: {few}"
        hint = "see what the release makes of these lines, then plan again"
        raise VerifyError(plan.device, problem, hint=hint)
    work.record.note(plan.device, "verified", step=work.sent)


def _left(work: Applying, running: str) -> tuple[str, ...]:
    if work.remaining is None:
        return ("(digest of the configuration)",)
    return work.remaining(running)


def _save(work: Applying, session: Transport) -> Verdict:
    """The change stands from here on: what fails now is told, not undone."""
    device = work.plan.device
    try:
        save_startup(session)
        with suppress(CommandRejectedError):  # one too many checkpoints hurts nobody
            drop_checkpoint(session, work.checkpoint)
        work.record.note(device, "saved", step=work.sent)
    except AgentError as error:
        why = f"applied and verified, but not saved: {error}"
        _note_anyway(work, "failed", why)
        by_hand = f"on {device}: copy running-config startup-config"
        return Verdict(device, Outcome.FAILED, why, by_hand, work.sent)
    return Verdict(device, Outcome.APPLIED, steps=work.sent)


def _refused(work: Applying, error: AgentError) -> Verdict:
    _note_anyway(work, "refused", str(error))
    return Verdict(work.plan.device, Outcome.REFUSED, str(error))


def _go_back(work: Applying, error: AgentError) -> Verdict:
    """Return to the start by the checkpoint, else by the plan's own undo; believe only what reads back."""
    device = work.plan.device
    _note_anyway(work, "undoing", str(error))
    last: AgentError = error
    for way in (*[_by_checkpoint] * TRIES, _by_undo):
        try:
            way(work)
            _at_start(work)
        except AgentError as failure:
            last = failure
            continue
        _note_anyway(work, "undone", str(error))
        return Verdict(device, Outcome.UNDONE, str(error), f"moulin plan --limit {device}", work.sent)
    why = f"{error} The way back failed too: {last}"
    _note_anyway(work, "failed", why)
    return Verdict(
        device,
        Outcome.FAILED,
        why,
        f"on {device}: rollback running-config checkpoint {work.checkpoint}",
        work.sent,
    )


def _by_checkpoint(work: Applying) -> None:
    with _session(work) as session:
        roll_back(session, work.checkpoint)


def _by_undo(work: Applying) -> None:
    with _session(work) as session:
        for step in work.plan.undo:
            session.configure(step.lines)


def _at_start(work: Applying) -> None:
    with _session(work) as session:
        if work.digest(session.run("show running-config")) != work.plan.base:
            raise VerifyError(
                work.plan.device, "does not read as before the change", hint="compare: moulin drift"
            )
        with suppress(CommandRejectedError):
            drop_checkpoint(session, work.checkpoint)


def _note_anyway(work: Applying, state: str, detail: str) -> None:
    """A journal that fails now must not stop the way back; the verdict says what happened."""
    with suppress(StoreError):
        work.record.note(work.plan.device, state, step=work.sent, detail=detail)


@contextmanager
def _session(work: Applying) -> Iterator[Transport]:
    session = work.open_session()
    try:
        yield session
    finally:
        session.close()
