"""``moulin apply``: plans to the fleet in waves, each judged before it is confirmed, all written down."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from math import ceil
from typing import Any, Protocol

from nornir.core import Nornir

from agent.apply.back import take_back
from agent.apply.policy import OnFailure, Policy
from agent.apply.protection import Protection, choose_for_whole, choose_protection
from agent.apply.run import carry_out, confirm
from agent.apply.verdict import Outcome, Stop, Verdict
from agent.apply.waves import plan_waves
from agent.apply.work import FRESH_SECONDS, Applying
from agent.device.transport import Transport
from agent.errors import AgentError, StoreError
from agent.flows.fleet import Device, Progress, access_of, each
from agent.flows.heard import Heard
from agent.flows.protection import write_protection
from agent.flows.rollback import reverse_plan
from agent.nxos.digest import digest_config
from agent.plan.plan import Plan
from agent.store.journal import Journal, NewRun, Why
from agent.store.locks import LOCK_SECONDS

HARMLESS = frozenset({Outcome.APPLIED, Outcome.UNCHANGED, Outcome.REFUSED})
"""Outcomes that leave a switch as somebody wanted it, or as it was before we came."""


DEFAULTS = Policy()


class WaveError(AgentError):
    """A wave goes back for what it did to the others."""


class Gate(Protocol):
    """The health of the network around a wave."""

    def look(self, wave: Sequence[str]) -> None:
        """Remember how things are before the wave."""

    def broken(self, wave: Sequence[str], stop: Stop) -> tuple[str, ...]:
        """What was well before the wave and is not now, in words; waits until it is well or time is over."""

    @property
    def hold_seconds(self) -> float:
        """How long ``broken`` may take."""

    @property
    def head(self) -> str:
        """What the words of ``broken`` mean, for the journal."""


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done and how."""

    plans: Mapping[str, Plan]
    why: Why
    pairs: tuple[frozenset[str], ...] = ()
    """Switches that must not be changed at the same time."""
    policy: Policy = DEFAULTS
    gate: Gate | None = None
    remaining: Callable[[Device, str], tuple[str, ...]] | None = None
    """Given a switch and its running config afterwards: what still differs, where digests do not agree."""
    whole: Mapping[str, str] = field(default_factory=dict)
    """Configurations from the first to the last line, of switches whose plan leads to one known so."""


@dataclass(frozen=True, slots=True)
class Changed:
    """How a change ended; ``number`` is its place in the journal, 0 when there was nothing to do."""

    number: int
    verdicts: tuple[Verdict, ...]
    interrupted: bool = False

    @property
    def fine(self) -> bool:
        return not self.interrupted and all(verdict.fine for verdict in self.verdicts)


@dataclass(slots=True)
class Notes:
    """The journal, for one change; satisfies ``Record``."""

    journal: Journal
    number: int
    progress: Progress
    heard: Heard = field(default_factory=Heard)

    def note(self, device: str, state: str, **facts: Any) -> None:
        protection = facts.pop("protection", None)
        if isinstance(protection, Protection):
            facts["protection"] = write_protection(protection)
        self.journal.note(self.number, device, state, **facts, replies=self.heard.take(device))
        self.progress(device, f"{state} {facts.get('detail', '')}".strip())

    def opener(self, device: Device) -> Callable[[], Transport]:
        """How sessions with the switch are opened whose replies the journal keeps."""
        return self.heard.listening(device.name, device.open_session)

    def kept(self, device: Device) -> Transport | None:
        """The session that the planning left open just now; the journal keeps its replies from here on."""
        session = device.left_open(FRESH_SECONDS)
        if session is not None:
            session.hear = partial(self.heard.keep, device.name)
        return session

    def conclude(self, verdict: Verdict) -> None:
        """The last word about a switch; raises StoreError."""
        device, last = verdict.device, self.heard.take(verdict.device)
        self.journal.conclude(self.number, device, verdict.outcome.value, verdict.next, last)


@dataclass(slots=True)
class _Work:
    change: Change
    notes: Notes
    stop: Stop
    token: str
    hold_seconds: float = 0.0
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    waiting: dict[str, Applying] = field(default_factory=dict)
    """Switches of the wave that are as planned, still armed."""

    def carry(self, device: Device) -> Verdict | None:
        left, plan = self.change.remaining, self.change.plans[device.name]
        whole = self.change.whole.get(device.name, "")
        work = Applying(
            plan=plan,
            open_session=self.notes.opener(device),
            first=self.notes.kept(device),
            record=self.notes,
            checkpoint=f"moulin-{self.token}",
            change=self.notes.number,
            stop=self.stop,
            remaining=partial(left, device) if left else None,
            digest=lambda text: digest_config(text, device.platform),
            whole=whole,
            choose=partial(
                choose_for_whole if whole else choose_protection,
                plan,
                platform=device.platform,
                transport=access_of(device.host).transport,
                hold_seconds=self.hold_seconds,
            ),
        )
        verdict = carry_out(work)
        if verdict is None:
            self.waiting[device.name] = work
        return verdict

    def settle(self, device: Device, error: AgentError | None) -> Verdict:
        """Confirm, or take back for the error; on sessions of the worker's own."""
        work = self.waiting[device.name]
        work.open_session = self.notes.opener(device)
        return confirm(work) if error is None else take_back(work, error)

    @property
    def harmed(self) -> tuple[str, ...]:
        """Switches that failed; all that were refused count when nobody was changed."""
        bad = tuple(name for name, verdict in self.verdicts.items() if verdict.outcome not in HARMLESS)
        if bad or any(verdict.fine for verdict in self.verdicts.values()) or self.waiting:
            return bad
        return tuple(self.verdicts)


def apply_change(nornir: Nornir, change: Change, journal: Journal, stop: Stop, progress: Progress) -> Changed:
    """Carry out the plans that have steps, canary first; switches of the plan that Nornir has not are left.

    Raises StoreError before any switch is touched when the journal cannot be written, LockedError when
    somebody works on one of the switches. Every switch has a verdict.
    """
    names = [name for name in change.plans if name in nornir.inventory.hosts]
    idle = [Verdict(name, Outcome.UNCHANGED) for name in names if not change.plans[name].steps]
    busy = [name for name in names if change.plans[name].steps]
    if not busy:
        return Changed(0, tuple(idle))
    policy = change.policy
    waves = plan_waves(
        busy, change.pairs, canaries=policy.canaries, growth=policy.growth, widest=policy.widest
    )
    runs = (_new_run(change.plans[name], place) for place, wave in enumerate(waves, 1) for name in wave)
    number = journal.begin(change.why, tuple(runs))
    token = f"{number}-{int(journal.change(number).started_at.timestamp()):x}"
    work = _Work(change, Notes(journal, number, progress), stop, token)
    with renewing(journal, number):
        for place, wave in enumerate(waves):
            _ride(nornir, work, wave)
            if stop.no_new or (work.harmed and policy.on_failure is not OnFailure.CONTINUE):
                break
            if place + 1 < len(waves):
                _pause(stop, policy.pause_seconds)
    for name in busy:
        if name not in work.verdicts:
            work.verdicts[name] = Verdict(name, Outcome.NOT_STARTED, "stopped before its turn", "moulin plan")
    with suppress(StoreError):  # the verdicts matter more; the change then reads as interrupted
        for verdict in work.verdicts.values():
            work.notes.conclude(verdict)
        journal.end(number, "interrupted" if stop.no_new else "done")
    if work.harmed and policy.on_failure is OnFailure.UNDO_ALL:
        _undo_all(nornir, work, journal, progress)
    ordered = sorted([*idle, *work.verdicts.values()], key=lambda verdict: names.index(verdict.device))
    return Changed(number, tuple(ordered), interrupted=stop.no_new)


def _ride(nornir: Nornir, work: _Work, wave: Sequence[str]) -> None:
    """One wave: look, change all, judge, then confirm all that are well or take them back."""
    gate, policy = work.change.gate, work.change.policy
    if gate is not None:
        gate.look(wave)
    work.hold_seconds = _hold(nornir, work, wave)
    work.waiting = {}
    before = set(work.verdicts)
    _on(nornir, work, wave, work.carry, keep=lambda verdict: verdict is None)
    failed = [name for name in work.harmed if name not in before]
    error: AgentError | None = None
    if failed and work.waiting and policy.on_failure in {OnFailure.UNDO_WAVE, OnFailure.UNDO_ALL}:
        error = WaveError(f"goes back with its wave: {work.verdicts[failed[0]].why or failed[0]}")
    elif gate is not None and work.waiting and (broken := gate.broken(tuple(work.waiting), work.stop)):
        more = f" and {len(broken) - 3} more" if len(broken) > 3 else ""
        error = WaveError(f"{gate.head}: {'; '.join(broken[:3])}{more}")
    _on(nornir, work, tuple(work.waiting), lambda device: work.settle(device, error))
    work.waiting = {}


def _on(
    nornir: Nornir,
    work: _Work,
    wave: Iterable[str],
    do: Callable[[Device], Verdict | None],
    keep: Callable[[Verdict | None], bool] = lambda _: False,
) -> None:
    chosen = frozenset(wave)
    if not chosen:
        return
    fleet = nornir.filter(filter_func=lambda host: host.name in chosen)
    begun = chosen & work.waiting.keys()
    skip = (lambda: False) if begun else (lambda: work.stop.no_new)
    harvest = each(fleet, do, progress=work.notes.progress, skip=skip, keep=keep)
    work.verdicts.update({name: verdict for name, verdict in harvest.values.items() if verdict is not None})
    for name, error in harvest.errors.items():
        work.waiting.pop(name, None)
        resume = f"moulin resume {work.notes.number}"
        work.verdicts[name] = Verdict(name, Outcome.FAILED, str(error), resume)


def _hold(nornir: Nornir, work: _Work, wave: Sequence[str]) -> float:
    """How long a switch of the wave waits for the others and for the judgement, at worst."""
    lines = max(sum(len(step.lines) for step in work.change.plans[name].steps) for name in wave)
    workers = int(nornir.config.runner.options.get("num_workers", 1))
    rounds = ceil(len(wave) / workers)
    settle = work.change.gate.hold_seconds if work.change.gate else 0.0
    return settle + (rounds - 1) * (lines * 0.5 + 60.0)


def _pause(stop: Stop, seconds: float) -> None:
    """Wait, unless somebody asks to stop."""
    stop.wait(seconds)


def _undo_all(nornir: Nornir, work: _Work, journal: Journal, progress: Progress) -> None:
    """Walk the plans of the waves that stand back, as a change of its own."""
    standing = [name for name, verdict in work.verdicts.items() if verdict.outcome is Outcome.APPLIED]
    plans = {name: reverse_plan(work.change.plans[name]) for name in reversed(standing)}
    if not plans:
        return
    number, why = work.notes.number, work.change.why
    back = Change(
        plans,
        Why("rollback", why.who, f"change {number} failed elsewhere", why.intent, why.ticket),
        work.change.pairs,
        work.change.policy.model_copy(update={"on_failure": OnFailure.CONTINUE}),
    )
    done = apply_change(nornir, back, journal, Stop(), progress)
    for verdict in done.verdicts:
        if verdict.outcome is Outcome.APPLIED:
            why_back = f"undone by change {done.number}, for change {number} failed elsewhere"
            told = Verdict(verdict.device, Outcome.UNDONE, why_back, "moulin plan", verdict.steps)
        else:
            told = Verdict(verdict.device, Outcome.FAILED, verdict.why, f"moulin rollback {number}")
        work.verdicts[verdict.device] = told


@contextmanager
def renewing(journal: Journal, number: int) -> Iterator[None]:
    """Hold the locks of a change while inside."""
    over = threading.Event()

    def renew() -> None:
        while not over.wait(LOCK_SECONDS / 4):
            with suppress(StoreError):  # the next note finds out whether the lock is lost
                journal.renew(number)

    keeper = threading.Thread(target=renew, name=f"locks of change {number}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


def _new_run(plan: Plan, wave: int) -> NewRun:
    return NewRun(plan.device, plan.base, plan.target, len(plan.steps), plan.model_dump_json(), wave)
