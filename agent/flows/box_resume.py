"""A change of boxes whose process is gone: each box is asked what it has; nothing is guessed."""

from __future__ import annotations

from contextlib import suppress

from agent.apply.recover import Found
from agent.apply.verdict import Outcome, Verdict
from agent.errors import AgentError, StoreError
from agent.flows.apply import Changed, Notes, renewing
from agent.flows.box_change import Ride, carry, end, load, verify
from agent.flows.boxes import Boxes, digest_box
from agent.flows.fleet import Device, Harvest, Progress, each
from agent.flows.resume import Resume
from agent.flows.rollback import read_plan
from agent.plan.plan import Plan
from agent.store.journal import Journal


def plans_of(boxes: Boxes, resume: Resume, journal: Journal) -> dict[str, Plan]:
    """Plans of those of the boxes that came to no end; raises StoreError."""
    names = [run.device for run in resume.runs if run.device in boxes.names]
    return {name: read_plan(journal, resume.change.id, name) for name in names}


def look_at_boxes(boxes: Boxes, plans: dict[str, Plan], progress: Progress) -> Harvest[tuple[Found, bool]]:
    """(what each box has, whether it is still on trial); nothing is changed."""
    fleet = boxes.nornir.filter(filter_func=lambda host: host.name in plans)
    return each(fleet, lambda device: _look(boxes, plans[device.name], device), progress=progress)


def _look(boxes: Boxes, plan: Plan, device: Device) -> tuple[Found, bool]:
    box = boxes.open(device.host)
    try:
        waiting = box.on_trial()
        if digest_box(box.running()) == plan.base:
            return Found.BASE, waiting
        left = load(box, plan)
        box.discard()
    finally:
        box.close()
    return (Found.BETWEEN if left else Found.TARGET), waiting


def resume_boxes(boxes: Boxes, resume: Resume, journal: Journal, progress: Progress) -> Changed:
    """Settle every open box of the change, one after the other.

    Raises LockedError when the change is still at work, or somebody works on one of its boxes.
    """
    number = resume.change.id
    ride = Ride(boxes, plans_of(boxes, resume, journal), Notes(journal, number, progress))
    journal.adopt(number, ride.plans, resume.who)
    with renewing(journal, number):
        verdicts = [_settle(ride, name, undo=resume.undo) for name in ride.plans]
    open_runs = {run.device for run in resume.runs} - ride.plans.keys()
    left = bool(open_runs) or any(verdict.outcome is Outcome.PROTECTED for verdict in verdicts)
    words = "the change ended before its turn"
    late = [Verdict(run.device, Outcome.NOT_STARTED, words, "moulin plan") for run in resume.change.runs
            if run.state == "planned"]  # fmt: skip
    end(ride, [*verdicts, *late], interrupted=left)
    return Changed(number, (*verdicts, *late))


def _settle(ride: Ride, name: str, *, undo: bool) -> Verdict:
    resume = f"moulin resume {ride.notes.number}"
    harvest = look_at_boxes(ride.boxes, {name: ride.plans[name]}, ride.notes.progress)
    if error := harvest.errors.get(name):
        return Verdict(name, Outcome.FAILED, str(error), resume)
    found, waiting = harvest.values[name]
    if waiting:
        return Verdict(name, Outcome.PROTECTED, "a commit is on trial there: it goes back by itself", resume)
    if found is Found.BASE:
        why = "the change was interrupted, the box is as before"
        return Verdict(name, Outcome.UNDONE, why, f"moulin plan --limit {name}")
    if undo:
        return _take_back(ride, name)
    if found is Found.TARGET:
        done = each(ride.boxes.only(name), lambda device: _finish(ride, device))
        return done.values.get(name) or Verdict(name, Outcome.FAILED, str(done.errors[name]), resume)
    return Verdict(name, Outcome.FAILED, f"found {found}: somebody must look", f"{resume} --undo")


def _finish(ride: Ride, device: Device) -> Verdict:
    """As planned, and nobody waits for a confirmation: it stands. Whether it is saved, the box says."""
    verdict = verify(ride, device)
    box = ride.boxes.open(device.host)
    try:
        startup, running = box.startup(), box.running()
    finally:
        box.close()
    if verdict.fine and startup and digest_box(startup) != digest_box(running):
        why = "as planned and verified, but not saved"
        return Verdict(device.name, Outcome.FAILED, why, f"on {device.name}: write memory", 1)
    return verdict


def _take_back(ride: Ride, name: str) -> Verdict:
    """Put the whole configuration back that the box had before, from what it has now."""
    plan = ride.plans[name]
    try:
        harvest = each(ride.boxes.only(name), lambda device: _running(ride.boxes, device))
        if error := harvest.errors.get(name):
            raise error
        back = plan.model_copy(update={"base": harvest.values[name], "target": plan.base, "steps": plan.undo})
    except AgentError as error:
        return Verdict(name, Outcome.FAILED, str(error), f"moulin resume {ride.notes.number} --undo")
    with suppress(StoreError):
        ride.note(name, "undoing")
    verdict = carry(Ride(ride.boxes, {name: back}, ride.notes), name)
    if verdict.outcome is not Outcome.APPLIED:
        return verdict
    return Verdict(name, Outcome.UNDONE, "taken back", f"moulin plan --limit {name}")


def _running(boxes: Boxes, device: Device) -> str:
    box = boxes.open(device.host)
    try:
        return digest_box(box.running())
    finally:
        box.close()
