"""Boxes that are no Nexus (``data.driver`` in ``hosts.yaml``): the same verbs, as far as their drivers go."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any, cast

from napalm.base import helpers
from napalm.base.constants import EOS_SANITIZE_FILTERS
from nornir.core import Nornir
from nornir.core.inventory import Host

from agent.apply.verdict import Outcome, Verdict
from agent.device.box import Box, BoxAccess, BoxFacts, DriverName, shield_of
from agent.errors import AgentError, DeviceError, StalePlanError, StoreError, UsageError
from agent.flows.apply import renewing
from agent.flows.fleet import Device, Harvest, Progress, each, read_nornir
from agent.flows.limit import choose_names
from agent.nxos.mask import mask_text
from agent.plan.plan import Plan, Step
from agent.render.box import render_box
from agent.settings import Settings
from agent.store.journal import Journal, NewRun, Why

_Note = Callable[..., None]
"""Writes a state of a box into the journal."""

KEPT = "as after the change"
"""State whose detail is the digest of the box's configuration then."""

TRIAL_SECONDS = 300
"""How long a box waits for our confirmation; whole minutes, for IOS and Junos count so."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """The boxes that a verb is about, and what it needs to reach and to fill them."""

    nornir: Nornir
    settings: Settings
    secrets: Mapping[str, str]

    def open(self, host: Host) -> Box:
        """A new session; raises DeviceError."""
        return Box(self._access(host))

    def text(self, host: Host) -> str:
        """Wanted text; raises UsageError, RenderError."""
        places = (self.settings.inventory, self.settings.templates)
        return render_box(places, _driver(host), {"name": host.name, **dict(host.items())}, self.secrets)

    def _access(self, host: Host) -> BoxAccess:
        given = host.get_connection_parameters("napalm")
        extras: dict[str, Any] = given.extras or {}
        username = given.username or "admin"
        arguments = dict(extras.get("optional_args") or {})
        if given.port:
            arguments.setdefault("port", given.port)
        return BoxAccess(
            name=host.name,
            driver=_driver(host),
            host=given.hostname or host.name,
            username=username,
            password=given.password or self.secrets[str(extras.get("secret") or f"{username}_password")],
            timeout_seconds=self.settings.timeout_seconds,
            arguments=arguments,
        )


def open_boxes(settings: Settings, secrets: Mapping[str, str], limit: str = "*") -> Boxes | None:
    """The boxes whose names match; None when none does. Raises UsageError for an inventory with mistakes."""
    files = (settings.inventory / f"{name}.yaml" for name in ("hosts", "groups", "defaults"))
    if not any(file.is_file() and "driver:" in file.read_text(encoding="utf-8") for file in files):
        return None  # the common case, at the price of a look
    nornir = read_nornir(settings).filter(filter_func=lambda host: bool(host.get("driver")))
    try:
        chosen = frozenset(choose_names(nornir.inventory.hosts, limit))
    except UsageError:
        return None
    return Boxes(nornir.filter(filter_func=lambda host: host.name in chosen), settings, secrets)


def _driver(host: Host) -> DriverName:
    return cast("DriverName", host["driver"])


def mask_box(text: str) -> str:
    """A text or a diff of any of the drivers without secrets.

    >>> mask_box("+username ana secret sha512 $6$abc$def")
    '+username ana secret sha512 <removed>'
    """
    rows = []
    for row in mask_text(text).split("\n"):
        sign = row[:1] if row[:1] in {"+", "-"} else ""
        body = helpers.sanitize_config(row[len(sign) :], _FILTERS)
        rows.append(sign + body)
    return "\n".join(rows)


_FILTERS = {
    **EOS_SANITIZE_FILTERS,
    r"^(.*\b(?:secret|password) (?:sha512|sha-512|encrypted)) \S+(.*)$": r"\1 <removed>\2",
    r"^(.*\b(?:encrypted-password|authentication-key|pre-shared-key \S+)) \S+(.*)$": r"\1 <removed>\2",
    r"^(.*) \S+(;? ## SECRET-DATA)$": r"\1 <removed>\2",
}


def read_boxes(boxes: Boxes, progress: Progress) -> Harvest[BoxFacts]:
    """What every box is."""

    def work(device: Device) -> BoxFacts:
        box = boxes.open(device.host)
        try:
            return box.facts()
        finally:
            box.close()

    return each(boxes.nornir, work, progress=progress)


def fetch_boxes(boxes: Boxes, progress: Progress) -> Harvest[tuple[str, str]]:
    """(masked, whole) running configuration of every box."""

    def work(device: Device) -> tuple[str, str]:
        box = boxes.open(device.host)
        try:
            return mask_box(_quiet(box.running(masked=True))), _quiet(box.running())
        finally:
            box.close()

    return each(boxes.nornir, work, progress=progress)


def plan_boxes(boxes: Boxes, progress: Progress) -> Harvest[Plan]:
    """The box's own diff of the wanted text, from a candidate that is thrown away; nothing is changed."""

    def work(device: Device) -> Plan:
        text = boxes.text(device.host)
        box = boxes.open(device.host)
        try:
            running = box.running()
            diff = box.load(text)
            box.discard()
        finally:
            box.close()
        steps = (Step(lines=tuple(text.splitlines())),) if diff else ()
        return Plan(
            device=device.name,
            base=_digest(running),
            target="",
            steps=steps,
            undo=(),
            diff=tuple(mask_box(diff).splitlines()),
            protection=shield_of(_driver(device.host), running).words,
        )

    return each(boxes.nornir, work, progress=progress)


def apply_boxes(
    boxes: Boxes, plans: Mapping[str, Plan], why: Why, journal: Journal, progress: Progress
) -> tuple[int, tuple[Verdict, ...]]:
    """Carry the plans out, each box alone: on trial where the box can, then confirmed over a proven path.

    (number of the change, verdicts). Raises StoreError or LockedError before any box is touched.
    """
    busy = {name: plan for name, plan in plans.items() if plan.steps}
    if not busy:
        return 0, tuple(Verdict(name, Outcome.UNCHANGED) for name in plans)
    runs = (NewRun(name, p.base, "", len(p.steps), p.model_dump_json(), 1) for name, p in busy.items())
    number = journal.begin(why, tuple(runs))
    fleet = boxes.nornir.filter(filter_func=lambda host: host.name in busy)
    with renewing(journal, number):
        work = partial(_apply, boxes, busy, partial(journal.note, number))
        harvest = each(fleet, work, progress=progress)
    return number, _conclude(journal, number, harvest)


def roll_back_boxes(
    boxes: Boxes, change: int, why: Why, journal: Journal, progress: Progress
) -> tuple[int, tuple[Verdict, ...]]:
    """Undo a change of boxes by their drivers' own rollback; refused where somebody changed the box since.

    A driver goes back one commit, no further. (number of the new change, verdicts); raises StoreError.
    """
    told = {run.device: journal.events(change, run.device) for run in journal.change(change).runs}
    after = {name: next((e.detail for e in events if e.state == KEPT), "") for name, events in told.items()}
    before = {name: Plan.model_validate_json(journal.plan(change, name)).base for name in after}
    runs = tuple(NewRun(name, after[name], before[name], 1, journal.plan(change, name), 1) for name in after)
    number = journal.begin(why, runs)

    def work(device: Device) -> Verdict:
        name = device.name
        box = boxes.open(device.host)
        try:
            if not after[name] or _digest(box.running()) != after[name]:
                changed = f"somebody changed it since change {change}, or it is undone already"
                return Verdict(name, Outcome.REFUSED, changed, f"moulin plan --limit {name}")
            box.go_back()
        finally:
            box.close()
        fresh = boxes.open(device.host)
        same = _digest(fresh.running()) == before[name]
        fresh.close()
        if not same:
            return Verdict(name, Outcome.FAILED, "rolled back, but it does not read as before", "look at it")
        return Verdict(name, Outcome.APPLIED, steps=1)

    fleet = boxes.nornir.filter(filter_func=lambda host: host.name in after)
    with renewing(journal, number):
        harvest = each(fleet, work, progress=progress)
    return number, _conclude(journal, number, harvest)


def _conclude(journal: Journal, number: int, harvest: Harvest[Verdict]) -> tuple[Verdict, ...]:
    verdicts = dict(harvest.values)
    for name, error in harvest.errors.items():
        verdicts[name] = Verdict(name, Outcome.FAILED, str(error), f"moulin plan --limit {name}")
    with suppress(StoreError):
        for name, verdict in verdicts.items():
            journal.note(number, name, "saved" if verdict.outcome is Outcome.APPLIED else "refused")
            journal.conclude(number, name, verdict.outcome.value, verdict.next)
        journal.end(number, "done")
    return tuple(verdicts[name] for name in sorted(verdicts))


def _apply(boxes: Boxes, plans: Mapping[str, Plan], note: _Note, device: Device) -> Verdict:
    name, plan = device.name, plans[device.name]
    again = f"moulin plan --limit {name}"
    try:
        box = boxes.open(device.host)
    except DeviceError as error:
        return Verdict(name, Outcome.REFUSED, str(error), again)
    try:
        try:
            running = box.running()
            if _digest(running) != plan.base:
                raise StalePlanError(f"{name}: changed since the plan was made. plan again: {again}")
            shield = shield_of(_driver(device.host), running)
            box.load("\n".join(plan.steps[0].lines) + "\n")
            note(name, "committing")
            box.commit(TRIAL_SECONDS if shield.by_itself else None)
        except AgentError as error:
            with suppress(DeviceError):
                box.discard()
            return _after_refusal(boxes, device, plan, error)
        try:
            if left := _prove(boxes, device, running):
                raise DeviceError(name, left, hint=again)
            if shield.by_itself:
                box.confirm()
        except AgentError as error:
            return _go_back(box, device, error, by_itself=shield.by_itself)
    finally:
        box.close()
    return _verify(boxes, device, plan, note)


def _after_refusal(boxes: Boxes, device: Device, plan: Plan, error: AgentError) -> Verdict:
    """Whether a commit that failed has left something is read from the box, not guessed."""
    name, again = device.name, f"moulin plan --limit {device.name}"
    if isinstance(error, StalePlanError):
        return Verdict(name, Outcome.REFUSED, str(error), again)
    try:
        box = boxes.open(device.host)
        try:
            untouched = _digest(box.running()) == plan.base
        finally:
            box.close()
    except DeviceError:
        return Verdict(name, Outcome.FAILED, f"{error}; and it cannot be read now", again)
    if untouched:
        return Verdict(name, Outcome.REFUSED, str(error), again)
    return Verdict(name, Outcome.FAILED, f"{error}; its configuration is not as before", again)


def _prove(boxes: Boxes, device: Device, before: str) -> str:
    """Empty when a new session gets in and sees a changed configuration."""
    fresh = boxes.open(device.host)
    same = _digest(fresh.running()) == _digest(before)
    fresh.close()
    return "took the commit without a change" if same else ""


def _go_back(box: Box, device: Device, error: AgentError, *, by_itself: bool) -> Verdict:
    name, again = device.name, f"moulin plan --limit {device.name}"
    try:
        box.go_back()
    except DeviceError as second:
        if by_itself:
            why = f"{error}; it goes back by itself within {TRIAL_SECONDS} seconds"
            return Verdict(name, Outcome.PROTECTED, why, again)
        return Verdict(name, Outcome.FAILED, f"{error}; and the way back failed: {second}", again)
    return Verdict(name, Outcome.UNDONE, str(error), again)


def _verify(boxes: Boxes, device: Device, plan: Plan, note: _Note) -> Verdict:
    """On a new session: a candidate of the same text must be empty now."""
    name, again = device.name, f"moulin plan --limit {device.name}"
    try:
        box = boxes.open(device.host)
        try:
            left = box.load("\n".join(plan.steps[0].lines) + "\n")
            box.discard()
            note(name, KEPT, detail=_digest(box.running()))
        finally:
            box.close()
    except AgentError as error:
        return Verdict(name, Outcome.FAILED, f"confirmed, but not verified: {error}", again, 1)
    if left:
        first = mask_box(left).splitlines()[0]
        why = f"confirmed, but still differs: '{first.strip()}'. the text may not be as the box writes it"
        return Verdict(name, Outcome.FAILED, why, again, 1)
    return Verdict(name, Outcome.APPLIED, steps=1)


def _digest(text: str) -> str:
    return sha256(_quiet(text).encode()).hexdigest()


def _quiet(text: str) -> str:
    """Without comments, which hold times, and blanks at line ends."""
    rows = (row.rstrip() for row in text.splitlines())
    return "\n".join(row for row in rows if row and not row.startswith(("!", "## Last"))) + "\n"
