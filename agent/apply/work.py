"""The change of one switch in hand: its plan, its sessions, its journal, its protection."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from agent.apply.deadman import bare
from agent.apply.protection import FEATURE, Protection, Way
from agent.apply.verdict import Record, Stop
from agent.device.transport import Transport
from agent.errors import StoreError, VerifyError
from agent.nxos.digest import digest_config
from agent.plan.plan import Plan, Step

SHOW = "show running-config"

_CLOCK = re.compile(r"(?:no )?clock (?:timezone|summer-time)\b")
"""Lines that move the switch's clock are sent before the dead man is wound up, or it would ring wrong."""

FRESH_SECONDS = 10.0
"""A session that was opened longer ago proves nothing about the way in now: another one is opened."""

_HEAD = re.compile(r"\A(?:!.*\n|\s*\n)+")

PLAIN = Protection(Way.CHECKPOINT, because="nothing else was asked for")


def plain_checkpoint(running: str) -> Protection:  # noqa: ARG001 - the form of every choice
    """The choice where nobody chose: a checkpoint."""
    return PLAIN


@dataclass(slots=True)
class Applying:
    """What the change of one switch needs: the way to open sessions, the journal, the name of its change."""

    plan: Plan
    open_session: Callable[[], Transport]
    """A new session each time; raises DeviceError."""
    record: Record
    checkpoint: str
    """Name of the checkpoint, and of the job and the schedule where there are some."""
    change: int = 0
    """Number in the journal, for what a person is told to type."""
    stop: Stop = field(default_factory=Stop)
    remaining: Callable[[str], tuple[str, ...]] | None = None
    """Given the running config afterwards: what still differs from the target, where digests do not agree."""
    digest: Callable[[str], str] = digest_config
    """Digest of a running config, for the platform of the switch."""
    choose: Callable[[str], Protection] = plain_checkpoint
    """Given the running config before: how the switch comes back by itself."""
    clock: Callable[[], float] = time.monotonic
    protection: Protection = PLAIN
    until: float = 0.0
    """By ``clock``: when the switch goes back by itself; 0 when it does not."""
    sent: int = 0
    first: Transport | None = None
    """A session that the planning left open just now: it is read, armed and sent on."""
    held: Transport | None = None
    """The session that was opened last after the lines had been sent, while it is open."""
    held_at: float = 0.0
    """By ``clock``: when it was opened."""
    whole: str = ""
    """The configuration from its first to its last line, where the plan leads to one that is known so."""
    verified: str = ""
    """The running config as it was read back, until somebody has made use of it."""
    as_planned: str = ""
    """Running config that was found to be the target: the same text is not read for its meaning again."""

    @property
    def resume(self) -> str:
        """What to type when the switch cannot be asked now."""
        return f"moulin resume {self.change}" if self.change else f"moulin drift --limit {self.plan.device}"

    @property
    def left_seconds(self) -> float:
        """Until the switch goes back by itself; infinite when it does not."""
        return self.until - self.clock() if self.until else float("inf")

    def note_anyway(self, state: str, detail: str) -> None:
        """A journal that fails now must not stop the way back; the verdict says what happened."""
        with suppress(StoreError):
            self.record.note(self.plan.device, state, step=self.sent, detail=detail)

    @contextmanager
    def session(self) -> Iterator[Transport]:
        """A new session, closed after; raises DeviceError."""
        session = self.open_session()
        try:
            yield session
        finally:
            session.close()

    @contextmanager
    def fresh(self) -> Iterator[Transport]:
        """A session opened after the lines were sent, and not long ago; raises DeviceError.

        It stays open for the next that asks for one, unless something fails on it; ``leave`` closes it.
        """
        session, self.held = self.held, None
        if session is not None and self.clock() - self.held_at > FRESH_SECONDS:
            session.close()
            session = None
        if session is None:
            session = self.open_session()
            self.held_at = self.clock()
        try:
            yield session
        except BaseException:
            session.close()
            raise
        self.held = session

    def leave(self) -> None:
        """Close what was left open."""
        for session in (self.first, self.held):
            if session is not None:
                session.close()
        self.first = self.held = None

    def is_base(self, running: str) -> bool:
        """Whether a running config is that before the change, our arming left out."""
        return self.digest(bare(running, self.checkpoint, self.protection, after=False)) == self.plan.base

    def refuse_unlike_target(self, running: str) -> None:
        """Raise VerifyError when a running config, our arming left out, is not what was planned."""
        text = bare(running, self.checkpoint, self.protection, after=True)
        body = _body(text)
        if body == self.as_planned or self.digest(text) == self.plan.target:
            self.as_planned = body
            return
        left = self.remaining(text) if self.remaining else ("(digest of the configuration)",)
        if left:
            few = ", ".join(f"'{line.strip()}'" for line in left[:3])
            problem = f"reads back with {len(left)} lines that differ: {few}"
            hint = "see what the release makes of these lines, then plan again"
            raise VerifyError(self.plan.device, problem, hint=hint)


def _body(running: str) -> str:
    r"""What follows the head of comments, which says when it was shown.

    >>> _body("\n!Time: now\n\nversion 10.3(5)\nvlan 1\n")
    'version 10.3(5)\nvlan 1\n'
    """
    return _HEAD.sub("", running)


def clock_lines(steps: Iterable[Step]) -> tuple[str, ...]:
    """Lines that move the clock, which are sent before the arming."""
    return tuple(line for step in steps for line in step.lines if _CLOCK.match(line))


def protected_steps(steps: Iterable[Step]) -> Iterator[Step]:
    """The steps without what is sent before the arming or, ``no feature scheduler``, with the disarming."""
    for step in steps:
        lines = tuple(line for line in step.lines if not _CLOCK.match(line) and line != f"no {FEATURE}")
        if lines:
            yield step.model_copy(update={"lines": lines})
