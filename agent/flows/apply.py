"""``moulin apply``: plans to the fleet in waves, written down step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from nornir.core import Nornir

from agent.apply.run import Applying, apply_plan
from agent.apply.verdict import Outcome, Stop, Verdict
from agent.apply.waves import plan_waves
from agent.errors import StoreError
from agent.flows.fleet import Device, Progress, each
from agent.nxos.digest import digest_config
from agent.plan.plan import Plan
from agent.store.journal import Journal, NewRun, Why


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be done and how."""

    plans: Mapping[str, Plan]
    why: Why
    pairs: tuple[frozenset[str], ...] = ()
    """Switches that must not be changed at the same time."""
    stop_on_failure: bool = False
    """No further wave begins after a switch that failed."""
    remaining: Callable[[Device, str], tuple[str, ...]] | None = None
    """Given a switch and its running config afterwards: what still differs, where digests do not agree."""


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
class _Notes:
    """The journal, for one change; satisfies ``Record``."""

    journal: Journal
    number: int
    progress: Progress

    def note(self, device: str, state: str, *, step: int = 0, detail: str = "", checkpoint: str = "") -> None:
        facts = {"step": step, "detail": detail} | ({"checkpoint": checkpoint} if checkpoint else {})
        self.journal.note(self.number, device, state, **facts)
        self.progress(device, f"{state} {detail}".strip())


@dataclass(slots=True)
class _Work:
    change: Change
    notes: _Notes
    stop: Stop
    token: str
    verdicts: dict[str, Verdict] = field(default_factory=dict)

    def on(self, device: Device) -> Verdict:
        left = self.change.remaining
        return apply_plan(
            Applying(
                plan=self.change.plans[device.name],
                open_session=device.open_session,
                record=self.notes,
                checkpoint=f"moulin-{self.token}",
                stop=self.stop,
                remaining=partial(left, device) if left else None,
                digest=lambda text: digest_config(text, device.platform),
            )
        )


def apply_change(nornir: Nornir, change: Change, journal: Journal, stop: Stop, progress: Progress) -> Changed:
    """Carry out the plans that have steps, canary first; switches of the plan that Nornir has not are left.

    Raises StoreError before any switch is touched when the journal cannot be written. Every switch has a
    verdict; one that fails holds up no other unless ``stop_on_failure``.
    """
    names = [name for name in change.plans if name in nornir.inventory.hosts]
    idle = [Verdict(name, Outcome.UNCHANGED) for name in names if not change.plans[name].steps]
    busy = [name for name in names if change.plans[name].steps]
    if not busy:
        return Changed(0, tuple(idle))
    number = journal.begin(change.why, tuple(_new_run(change.plans[name]) for name in busy))
    token = f"{number}-{int(journal.change(number).started_at.timestamp()):x}"
    work = _Work(change, _Notes(journal, number, progress), stop, token)
    for wave in plan_waves(busy, change.pairs):
        _ride(nornir, work, wave)
        failed = any(not verdict.fine for verdict in work.verdicts.values())
        if stop.no_new or (failed and change.stop_on_failure):
            break
    for name in busy:
        if name not in work.verdicts:
            work.verdicts[name] = Verdict(name, Outcome.NOT_STARTED, "stopped before its turn", "moulin plan")
    with suppress(StoreError):  # the verdicts matter more; the change then reads as interrupted
        journal.end(number, "interrupted" if stop.no_new else "done")
    ordered = sorted([*idle, *work.verdicts.values()], key=lambda verdict: names.index(verdict.device))
    return Changed(number, tuple(ordered), interrupted=stop.no_new)


def _ride(nornir: Nornir, work: _Work, wave: Iterable[str]) -> None:
    chosen = frozenset(wave)
    fleet = nornir.filter(filter_func=lambda host: host.name in chosen)
    harvest = each(fleet, work.on, progress=work.notes.progress, skip=lambda: work.stop.no_new)
    work.verdicts.update(harvest.values)
    for name, error in harvest.errors.items():
        by_hand = f"on {name}: rollback running-config checkpoint moulin-{work.token}"
        work.verdicts[name] = Verdict(name, Outcome.FAILED, str(error), by_hand)


def _new_run(plan: Plan) -> NewRun:
    return NewRun(plan.device, plan.base, plan.target, len(plan.steps), plan.model_dump_json())
