"""Upgrade NX-OS: canary first, one side of a vPC at a time, each switch compared with what it was before."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from nornir.core import Nornir

from agent.apply.health import find_broken
from agent.apply.policy import Policy
from agent.apply.verdict import Outcome, Stop, Verdict
from agent.apply.waves import plan_waves
from agent.check.install import read_release
from agent.device.transport import Transport
from agent.errors import (
    AgentError,
    CommandRejectedError,
    DeviceError,
    StoreError,
    UnreachableError,
    VerifyError,
)
from agent.flows.apply import Changed, Notes, renewing
from agent.flows.fleet import Device, Progress, each
from agent.flows.survey import Ahead, Images, ahead_of, as_plan, ask_vpc, peer_of, refuse_sick_peer, survey
from agent.flows.wanted import Wanted
from agent.plan.plan import Plan
from agent.store.journal import Journal, NewRun, Why

SUCCESS = ("Finishing the upgrade", "Install has been successful")


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What is to be done; ``aheads`` hold only switches that need it."""

    wanted: Wanted
    images: Images
    aheads: Mapping[str, Ahead]
    why: Why
    policy: Policy = field(default_factory=Policy)
    patience_seconds: float = 1800.0
    """How long a switch may be away."""
    probe_seconds: float = 5.0
    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep


def upgrade_fleet(
    nornir: Nornir, upgrade: Upgrade, journal: Journal, stop: Stop, progress: Progress
) -> Changed:
    """Every switch has a verdict; the first that fails ends it. Raises StoreError, LockedError before any."""
    plans = {name: as_plan(ahead, upgrade.wanted) for name, ahead in upgrade.aheads.items()}
    policy = upgrade.policy
    waves = plan_waves(
        tuple(plans),
        upgrade.wanted.pairs(),
        canaries=policy.canaries,
        growth=policy.growth,
        widest=policy.widest,
    )
    runs = [_new_run(plans[name], place) for place, wave in enumerate(waves, 1) for name in wave]
    number = journal.begin(upgrade.why, tuple(runs))
    notes = Notes(journal, number, progress)
    verdicts: dict[str, Verdict] = {}
    with renewing(journal, number):
        for wave in waves:
            verdicts |= _ride(nornir, upgrade, notes, wave, stop)
            if stop.no_new or not all(verdict.fine for verdict in verdicts.values()):
                break
    for name in plans:
        words = "stopped before its turn"
        verdicts.setdefault(name, Verdict(name, Outcome.NOT_STARTED, words, "run it again"))
    with suppress(StoreError):
        for verdict in verdicts.values():
            notes.conclude(verdict)
        journal.end(number, "interrupted" if stop.no_new else "done")
    return Changed(number, tuple(verdicts[name] for name in plans), interrupted=stop.no_new)


def _ride(
    nornir: Nornir, upgrade: Upgrade, notes: Notes, wave: Sequence[str], stop: Stop
) -> dict[str, Verdict]:
    """One wave, its switches side by side; the peers of none of them are in it."""
    fleet = nornir.filter(filter_func=lambda host: host.name in wave)

    def work(device: Device) -> Verdict:
        peer = nornir.inventory.hosts.get(peer_of(upgrade.wanted, device.name))
        return _One(device, Device(peer.name, peer, nornir) if peer else None, upgrade, notes).carry_out()

    harvest = each(fleet, work, progress=notes.progress, skip=lambda: stop.no_new)
    failed = {
        name: Verdict(name, Outcome.FAILED, str(error), f"moulin resume {notes.number}")
        for name, error in harvest.errors.items()
    }
    return dict(harvest.values) | failed


@dataclass(slots=True)
class _One:
    """The upgrade of one switch, top to bottom."""

    device: Device
    peer: Device | None
    upgrade: Upgrade
    notes: Notes

    def carry_out(self) -> Verdict:
        name = self.device.name
        try:
            before = self._begin()
        except AgentError as error:
            self._note("refused", str(error))
            return Verdict(name, Outcome.REFUSED, str(error), "mend it, then run it again")
        try:
            self.notes.note(name, "sending", detail=before.command)
            self._install(before.command)
            self._await_release(before.impact.new)
            self._settle(before)
            self.notes.note(name, "verified", detail=f"runs {before.impact.new}, as well as before")
            self.notes.note(name, "saved", step=1)  # install all has copied running to startup itself
        except AgentError as error:
            self._note("failed", str(error))
            return Verdict(name, Outcome.FAILED, str(error), _way_back(self.device, before))
        return Verdict(name, Outcome.APPLIED, steps=1)

    def _begin(self) -> Ahead:
        """Look once more: the peer may have fallen ill, or somebody was faster."""
        self.notes.note(self.device.name, "planned", detail="looks at the switch and its peer")
        before = ahead_of(self.device, self.upgrade.wanted, self.upgrade.images)
        seen = self.upgrade.aheads[self.device.name]
        if before.digest != seen.digest or before.impact != seen.impact:
            raise VerifyError(self.device.name, "is not as it was when it was looked at", hint="look again")
        if self.peer is not None:
            refuse_sick_peer(before.survey, self.peer.name, ask_vpc(self.peer))
        return before

    def _install(self, command: str) -> None:
        """Raises CommandRejectedError; a session that ends is what an upgrade looks like."""
        session: Transport = self.notes.opener(self.device)()
        try:
            reply = session.run(command)
        except UnreachableError:
            return
        finally:
            session.close()
        if not any(words in reply for words in SUCCESS):
            last = next((row.strip() for row in reversed(reply.splitlines()) if row.strip()), "no words")
            raise CommandRejectedError(
                self.device.name, f"'{command}' did not end well: {last}", hint="see: show install all status"
            )

    def _await_release(self, wanted: str) -> None:
        """Ask until the switch answers with the release; raises VerifyError when patience is over."""
        end = self.upgrade.clock() + self.upgrade.patience_seconds
        last = "does not answer"
        while True:
            try:
                found = read_release(self.device.ask("show version")[0])
            except DeviceError as error:
                last = f"does not answer yet ({error.problem})"
            else:
                if found == wanted:
                    return
                last = f"runs {found or 'an unknown release'}"
            if self.upgrade.clock() >= end:
                waited = f"{self.upgrade.patience_seconds:.0f} s after the installation"
                raise VerifyError(
                    self.device.name, f"{last} {waited}, not {wanted}", hint="look at its console"
                )
            self.upgrade.pause(self.upgrade.probe_seconds)

    def _settle(self, before: Ahead) -> None:
        """Wait until all that was well is well again; raises VerifyError that names what is not."""
        meant = before.survey.facts(self.upgrade.wanted)
        end = self.upgrade.clock() + self.upgrade.policy.settle_seconds
        while True:
            try:
                lost = find_broken(meant, survey(self.device, self.upgrade.wanted).facts(self.upgrade.wanted))
            except DeviceError as error:
                lost = (error.problem,)
            if not lost:
                return
            if self.upgrade.clock() >= end:
                few = "; ".join(lost[:3]) + (f" and {len(lost) - 3} more" if len(lost) > 3 else "")
                problem = f"runs {before.impact.new}, but not as well as before: {few}"
                raise VerifyError(self.device.name, problem, hint="no further switch is begun")
            self.upgrade.pause(self.upgrade.probe_seconds)

    def _note(self, state: str, detail: str) -> None:
        with suppress(StoreError):
            self.notes.note(self.device.name, state, detail=detail)


def _way_back(device: Device, before: Ahead) -> str:
    """What to type to return to the old release, once somebody has looked."""
    what = "system" if device.platform == "n7k" else "nxos"
    return f"on {device.name}, to go back: install all {what} {before.boots}"


def _new_run(plan: Plan, wave: int) -> NewRun:
    return NewRun(plan.device, plan.base, plan.target, len(plan.steps), plan.model_dump_json(), wave)
