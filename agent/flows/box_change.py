"""Changes of boxes that are no Nexus: one after the other, each on trial where it can, all written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from agent.apply.policy import OnFailure, Policy
from agent.apply.verdict import Outcome, Stop, Verdict
from agent.device.box import Box
from agent.errors import AgentError, DeviceError, StalePlanError, StoreError
from agent.flows.apply import HARMLESS, Changed, Notes, renewing
from agent.flows.boxes import WHOLE, Boxes, digest_box, mask_box, shield
from agent.flows.fleet import Device, Progress, each
from agent.plan.plan import Plan, Step
from agent.store.journal import Journal, NewRun, Why

KEPT = "as after the change"
"""State whose detail is the digest of the box's configuration then."""

TRIAL_SECONDS = 300
"""How long a box waits for our confirmation; whole minutes, for IOS and Junos count so."""

STATES: Mapping[Outcome, str] = {
    Outcome.APPLIED: "saved",
    Outcome.UNDONE: "undone",
    Outcome.REFUSED: "refused",
    Outcome.FAILED: "failed",
    Outcome.PROTECTED: "protected",
}
"""What the journal calls the end of a box."""


class StoppedError(AgentError):
    """Somebody asked twice to stop."""


@dataclass(slots=True)
class Ride:
    """A change of boxes under way."""

    boxes: Boxes
    plans: Mapping[str, Plan]
    notes: Notes
    stop: Stop = field(default_factory=Stop)

    def note(self, name: str, state: str, detail: str = "") -> None:
        """Raises StoreError."""
        self.notes.note(name, state, detail=detail)

    def hear(self, name: str, said: str, reply: str) -> None:
        """For the journal, with its next entry."""
        self.notes.heard.keep(name, said, mask_box(reply))


@dataclass(frozen=True, slots=True)
class BoxChange:
    """What is to be done with boxes, and how."""

    plans: Mapping[str, Plan]
    why: Why
    policy: Policy = field(default_factory=Policy)


def apply_boxes(boxes: Boxes, change: BoxChange, journal: Journal, stop: Stop, progress: Progress) -> Changed:
    """Carry the plans out, never two boxes at once; what fails ends it, as the policy says.

    The intent knows no pairs of boxes, so any two may stand in for each other. Raises StoreError or
    LockedError before any box is touched.
    """
    plans = change.plans
    idle = tuple(Verdict(name, Outcome.UNCHANGED) for name, plan in plans.items() if not plan.steps)
    busy = {name: plan for name, plan in plans.items() if plan.steps}
    if not busy:
        return Changed(0, idle)
    runs = (
        NewRun(name, p.base, p.target, len(p.steps), p.model_dump_json(), place)
        for place, (name, p) in enumerate(busy.items(), 1)
    )
    number = journal.begin(change.why, tuple(runs))
    ride = Ride(boxes, busy, Notes(journal, number, progress), stop)
    verdicts: dict[str, Verdict] = {}
    with renewing(journal, number):
        for name in busy:
            verdicts[name] = carry(ride, name)
            harmed = verdicts[name].outcome not in HARMLESS or not any(v.fine for v in verdicts.values())
            if stop.no_new or (harmed and change.policy.on_failure is not OnFailure.CONTINUE):
                break
    for name in busy:
        words = "stopped before its turn"
        verdicts.setdefault(name, Verdict(name, Outcome.NOT_STARTED, words, "moulin plan"))
    end(ride, verdicts.values(), interrupted=stop.no_new)
    failed = any(verdict.outcome not in {*HARMLESS, Outcome.NOT_STARTED} for verdict in verdicts.values())
    if failed and change.policy.on_failure is OnFailure.UNDO_ALL:
        verdicts |= _undo(ride, verdicts, change.why)
    return Changed(number, (*idle, *verdicts.values()), interrupted=stop.no_new)


def end(ride: Ride, verdicts: Iterable[Verdict], *, interrupted: bool = False) -> None:
    """Write the verdicts down and give the boxes free; the verdicts matter more than the journal."""
    number, journal = ride.notes.number, ride.notes.journal
    with suppress(StoreError):
        for verdict in verdicts:
            if state := STATES.get(verdict.outcome):
                ride.note(verdict.device, state, verdict.why)
            ride.notes.conclude(verdict)
        journal.end(number, "interrupted" if interrupted else "done")


def carry(ride: Ride, name: str) -> Verdict:
    """One box, top to bottom; every failure becomes a verdict."""
    harvest = each(ride.boxes.only(name), lambda device: _apply(ride, device), progress=ride.notes.progress)
    if error := harvest.errors.get(name):
        return Verdict(name, Outcome.FAILED, str(error), f"moulin resume {ride.notes.number}")
    return harvest.values[name]


def way_back(journal: Journal, change: int) -> dict[str, Plan]:
    """Plans that bring the boxes of a change back to what they had, each from what it had after the change.

    Boxes that do not have the change are left out. Raises StoreError.
    """
    plans = {}
    for run in journal.change(change).runs:
        events = journal.events(change, run.device)
        after = next((event.detail for event in reversed(events) if event.state == KEPT), "")
        plan = Plan.model_validate_json(journal.plan(change, run.device))
        if run.state == "saved" and after and plan.undo:
            plans[run.device] = _reversed(plan, after)
    return plans


def _reversed(plan: Plan, after: str) -> Plan:
    signs = {"+": "-", "-": "+"}
    return plan.model_copy(
        update={
            "base": after,
            "target": plan.base,
            "steps": plan.undo,
            "undo": (),
            "diff": tuple(signs.get(row[:1], row[:1]) + row[1:] for row in plan.diff),
        }
    )


def _undo(ride: Ride, verdicts: Mapping[str, Verdict], why: Why) -> dict[str, Verdict]:
    """Bring the boxes that took the change back, as a change of its own."""
    journal, number = ride.notes.journal, ride.notes.number
    plans = {
        name: plan
        for name, plan in reversed(way_back(journal, number).items())
        if verdicts[name].outcome is Outcome.APPLIED
    }
    because = Why("rollback", why.who, f"change {number} failed elsewhere", why.intent, why.ticket)
    back = BoxChange(plans, because, Policy(on_failure=OnFailure.CONTINUE))
    done = apply_boxes(ride.boxes, back, journal, Stop(), ride.notes.progress)
    told = {}
    for verdict in done.verdicts:
        words = f"undone by change {done.number}, for change {number} failed elsewhere"
        if verdict.outcome is Outcome.APPLIED:
            told[verdict.device] = Verdict(verdict.device, Outcome.UNDONE, words, "moulin plan")
        else:
            told[verdict.device] = Verdict(
                verdict.device, Outcome.FAILED, verdict.why, f"moulin rollback {number}"
            )
    return told


def is_whole(step: Step) -> bool:
    """Whether its lines are all that the box shall have."""
    return WHOLE in step.meaning


def load(box: Box, plan: Plan) -> str:
    """The candidate of the plan; the box's own diff."""
    step = plan.steps[0]
    return box.load("\n".join(step.lines) + "\n", whole=is_whole(step))


def _apply(ride: Ride, device: Device) -> Verdict:
    name, plan = device.name, ride.plans[device.name]
    try:
        box = ride.boxes.open(device.host)
    except DeviceError as error:
        return Verdict(name, Outcome.REFUSED, str(error), _again(name))
    try:
        try:
            running = box.running()
            if digest_box(running) != plan.base:
                raise StalePlanError(f"{name}: changed since the plan was made. plan again: {_again(name)}")
            by_itself = shield(device.host, running).by_itself
            diff = load(box, plan)
            ride.hear(name, "candidate (replace)" if is_whole(plan.steps[0]) else "candidate (merge)", diff)
            ride.note(name, "sending", "on trial" if by_itself else "without a trial")
            box.commit(TRIAL_SECONDS if by_itself else None)
            ride.hear(name, "commit on trial" if by_itself else "commit", "")
        except AgentError as error:
            with suppress(DeviceError):
                box.discard()
            return _after_refusal(ride, device, error)
        try:
            _prove(ride, device, running)
            if by_itself:
                box.confirm()
                ride.hear(name, "confirm", "")
        except AgentError as error:
            return _go_back(ride, box, device, error, by_itself=by_itself)
    finally:
        box.close()
    return verify(ride, device)


def _again(name: str) -> str:
    return f"moulin plan --limit {name}"


def _after_refusal(ride: Ride, device: Device, error: AgentError) -> Verdict:
    """Whether a commit that failed has left something is read from the box, not guessed."""
    name, resume = device.name, f"moulin resume {ride.notes.number}"
    if isinstance(error, StalePlanError):
        return Verdict(name, Outcome.REFUSED, str(error), _again(name))
    try:
        box = ride.boxes.open(device.host)
        try:
            untouched = digest_box(box.running()) == ride.plans[name].base
        finally:
            box.close()
    except DeviceError:
        return Verdict(name, Outcome.FAILED, f"{error}; and it cannot be read now", resume)
    if untouched:
        return Verdict(name, Outcome.REFUSED, str(error), _again(name))
    return Verdict(name, Outcome.FAILED, f"{error}; its configuration is not as before", resume)


def _prove(ride: Ride, device: Device, before: str) -> None:
    """Raise unless a new session gets in and sees a changed configuration, and nobody wants it back."""
    fresh = ride.boxes.open(device.host)
    try:
        same = digest_box(fresh.running()) == digest_box(before)
    finally:
        fresh.close()
    if same:
        raise DeviceError(device.name, "took the commit without a change", hint=_again(device.name))
    if ride.stop.go_back:
        raise StoppedError(f"{device.name}: stopped by hand before it was confirmed")
    ride.note(device.name, "confirming")


def _go_back(ride: Ride, box: Box, device: Device, error: AgentError, *, by_itself: bool) -> Verdict:
    name, resume = device.name, f"moulin resume {ride.notes.number}"
    try:
        box.go_back()
        fresh = ride.boxes.open(device.host)
        try:
            same = digest_box(fresh.running()) == ride.plans[name].base
        finally:
            fresh.close()
    except DeviceError as second:
        if by_itself:
            why = f"{error}; it goes back by itself within {TRIAL_SECONDS} seconds"
            return Verdict(name, Outcome.PROTECTED, why, resume)
        return Verdict(name, Outcome.FAILED, f"{error}; and the way back failed: {second}", resume)
    if not same:
        return Verdict(name, Outcome.FAILED, f"{error}; rolled back, but not as before", resume)
    return Verdict(name, Outcome.UNDONE, str(error), _again(name))


def verify(ride: Ride, device: Device) -> Verdict:
    """On a new session: a candidate of the same text must be empty now."""
    name, plan = device.name, ride.plans[device.name]
    try:
        box = ride.boxes.open(device.host)
        try:
            left = load(box, plan)
            box.discard()
            now = digest_box(box.running())
            ride.note(name, KEPT, now)
        finally:
            box.close()
    except AgentError as error:
        resume = f"moulin resume {ride.notes.number}"
        return Verdict(name, Outcome.FAILED, f"confirmed, but not verified: {error}", resume, 1)
    if plan.target and now != plan.target:
        return Verdict(name, Outcome.FAILED, "confirmed, but it does not read as before", _again(name), 1)
    if left:
        first = mask_box(left).splitlines()[0]
        why = f"confirmed, but still differs: '{first.strip()}'. the text may not be as the box writes it"
        return Verdict(name, Outcome.FAILED, why, _again(name), 1)
    return Verdict(name, Outcome.APPLIED, steps=1)
