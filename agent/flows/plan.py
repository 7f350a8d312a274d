"""``moulin plan``: from the intent and the running configurations to plans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from nornir.core import Nornir

from agent.apply.protection import choose_protection
from agent.errors import AgentError, StalePlanError
from agent.flows.fleet import Device, Harvest, Progress, access_of, each
from agent.flows.wanted import Wanted
from agent.plan.build import build_plan
from agent.plan.plan import Plan, PlanSet


@dataclass(frozen=True, slots=True)
class Planned:
    """Plans of the switches that answered, and why the others have none."""

    plans: PlanSet
    errors: dict[str, AgentError]

    @property
    def changes(self) -> tuple[str, ...]:
        """Switches that have something to do."""
        return tuple(name for name, plan in self.plans.plans.items() if plan.steps)


def plan_fleet(
    nornir: Nornir,
    wanted: Wanted,
    progress: Progress,
    now: datetime | None = None,
    *,
    stay: bool = False,
) -> Planned:
    """Read every running configuration and plan the way to the intent; nothing is changed.

    ``stay`` leaves the sessions with switches that have something to do open, for a change that begins at
    once: see ``fleet.closing``.
    """

    def work(device: Device) -> Plan:
        text = wanted.text(device.name)
        (running,) = device.begin("show running-config")
        return plan_device(device, wanted, running, text)

    harvest = each(nornir, work, progress=progress, keep=lambda plan: stay and bool(plan.steps))
    return stamp_plans(harvest, wanted, now)


def stamp_plans(harvest: Harvest[Plan], wanted: Wanted, now: datetime | None = None) -> Planned:
    """Plans of a fleet with what they were made from."""
    plans = PlanSet(
        made_at=(now or datetime.now(UTC)).isoformat(timespec="seconds"),
        intent=wanted.intent_digest,
        templates=wanted.templates_digest,
        commit=wanted.commit,
        only=wanted.owned.only,
        plans=dict(sorted(harvest.values.items())),
    )
    return Planned(plans, dict(sorted(harvest.errors.items())))


def plan_device(device: Device, wanted: Wanted, running: str, text: str) -> Plan:
    """Plan of one switch from texts, with the protection that the switch has for it."""
    platform = wanted.switches[device.name].platform
    plan = build_plan(
        device.name,
        running,
        text,
        owned=wanted.owned,
        platform=platform,
        names=wanted.names.get(device.name, {}),
        powered=wanted.powered.get(device.name, frozenset()),
        reached_at=str(device.host.hostname or ""),
    )
    if not plan.steps:
        return plan
    transport = access_of(device.host).transport
    chosen = choose_protection(plan, running, platform=platform, transport=transport)
    return plan.model_copy(update={"protection": chosen.words})


def refuse_stale(plans: PlanSet, intent: str, templates: str) -> None:
    """Raise StalePlanError when the inventory or the templates are no longer those of the plan."""
    for what, before, after in (
        ("inventory", plans.intent, intent),
        ("templates", plans.templates, templates),
    ):
        if before != after:
            raise StalePlanError(
                f"the {what} changed since the plan of {plans.made_at}. plan again: moulin plan"
            )


def what_is_left(wanted: Wanted) -> Callable[[Device, str], tuple[str, ...]]:
    """For ``Change.remaining``: the diff that a new plan would still show after a change."""

    def left(device: Device, running: str) -> tuple[str, ...]:
        return plan_device(device, wanted, running, wanted.text(device.name)).diff

    return left
