"""May this change be made now? Freezes, windows and approvals, asked before any switch is touched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from agent.errors import ForbiddenError, NotApprovedError, OutsideWindowError, UsageError
from agent.flows.affected import find_affected
from agent.flows.freeze import refuse_frozen, refuse_frozen_boxes
from agent.intent.city import City
from agent.intent.expect import expect
from agent.intent.risk import Risk
from agent.intent.window import Window
from agent.plan.digest import digest_plan
from agent.plan.plan import Plan

_ROUNDS = 500
"""Openings that are compared before no common window is admitted."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A change that wants to begin: plans by switch (those without steps do not count), who, when."""

    plans: Mapping[str, Plan]
    who: str
    now: datetime
    """Aware."""
    sites: Mapping[str, str] = field(default_factory=dict)
    """Of boxes that are no part of the city: where they stand; empty where nobody says."""

    def site_of(self, city: City, device: str) -> str | None:
        """None for what nobody knows; empty for a box of no site, to which what holds everywhere holds."""
        host = city.hosts.get(device)
        return host.site if host else self.sites.get(device)

    @property
    def busy(self) -> tuple[Plan, ...]:
        return tuple(plan for plan in self.plans.values() if plan.steps)


def refuse_forbidden(city: City, asked: Asked) -> None:
    """Raise ForbiddenError, whose text says what to do, when the city's own rules forbid the change now.

    In this order: the freeze calendar, the maintenance windows, the approvals of marked risks.
    """
    boxes = {plan.device: asked.sites[plan.device] for plan in asked.busy if plan.device in asked.sites}
    _refuse_unknown_sites(city, boxes)
    refuse_frozen(city, (plan.device for plan in asked.busy), asked.now)
    refuse_frozen_boxes(city, boxes, asked.now)
    _refuse_outside_windows(city, asked)
    _refuse_unapproved(city, asked)


def _refuse_unknown_sites(city: City, boxes: Mapping[str, str]) -> None:
    for name, site in boxes.items():
        if site and site not in city.sites:
            raise UsageError(f"{name}: there is no site {site!r}. mend data.site in hosts.yaml")


def what_forbids(city: City, asked: Asked) -> str:
    """The same as one line of text for a plan's reader; empty when ``apply`` would begin."""
    try:
        refuse_forbidden(city, asked)
    except ForbiddenError as error:
        return str(error)
    return ""


def _refuse_outside_windows(city: City, asked: Asked) -> None:
    if not city.windows:
        return
    for plan in asked.busy:
        site = asked.site_of(city, plan.device)
        if site is None:
            continue
        groups = tuple(_groups(city, site, plan))
        opens, windows = _common_opening(groups, asked.now)
        if opens is None:
            titles = "; ".join(window.title for window in windows)
            raise OutsideWindowError(
                f"{plan.device}: there is no time at which all its windows are open ({titles}). "
                "plan less at once, or mend windows.yaml"
            )
        if opens > asked.now:
            local = opens.astimezone(ZoneInfo(windows[0].timezone)).strftime("%A %Y-%m-%d %H:%M %Z")
            titles = "; ".join(dict.fromkeys(window.title for window in windows))
            raise OutsideWindowError(
                f"{plan.device}: no maintenance window is open; the next is {local} ({titles}). "
                "wait, or say why it cannot wait: --break-glass REASON"
            )


def _groups(city: City, site: str, plan: Plan) -> Iterator[tuple[Window, ...]]:
    """Groups of windows of which one each must be open; a site without any may be changed at all times."""
    here = [window for window in city.windows if window.covers(site)]
    services = find_affected([plan], expect(city)).services
    own = {service for window in here for service in window.services}
    for service in services:
        if service in own:
            yield tuple(window for window in here if service in window.services)
    general = tuple(window for window in here if not window.services)
    rest = any(not step.touches for step in plan.steps) or not own.issuperset(services)
    if general and rest:
        yield general


def _common_opening(
    groups: Sequence[tuple[Window, ...]], now: datetime
) -> tuple[datetime | None, tuple[Window, ...]]:
    """(first instant from ``now`` at which one window of every group is open, those windows)."""
    moment, chosen = now, list[Window]()
    for _ in range(_ROUNDS):
        chosen = []
        latest = moment
        for group in groups:
            spans = [(*span, window) for window in group if (span := next(window.openings(moment), None))]
            if not spans:
                return None, group
            begins, _, window = min(spans, key=lambda span: span[0])
            chosen.append(window)
            latest = max(latest, begins)
        if latest == moment:
            return moment, tuple(chosen)
        moment = latest
    return None, tuple(chosen)


def risks_to_approve(city: City, plan: Plan) -> tuple[Risk, ...]:
    """Marks of the plan that ``policy.yaml`` wants approved."""
    return tuple(risk for risk in plan.risks if risk in city.policy.approvals.needed_for)


def _refuse_unapproved(city: City, asked: Asked) -> None:
    wanting = {plan.device: risks_to_approve(city, plan) for plan in asked.busy}
    missing: dict[str, list[Risk]] = {}
    own = False
    for plan in asked.busy:
        left = set(wanting[plan.device])
        digest = digest_plan(plan)
        for approval in city.approvals.values():
            if approval.plans.get(plan.device) != digest or approval.until < asked.now:
                continue
            if city.policy.approvals.four_eyes and approval.approved_by == asked.who:
                own = own or bool(left & set(approval.risks))
                continue
            left -= set(approval.risks)
        if left:
            missing[plan.device] = [risk for risk in wanting[plan.device] if risk in left]
    if not missing:
        return
    told = "; ".join(f"{device} ({', '.join(risks)})" for device, risks in missing.items())
    why = f"; {asked.who} cannot approve what {asked.who} applies" if own else ""
    raise NotApprovedError(
        f"nobody has approved the risk on {told}{why}. save the plan with moulin plan -o plan.json, "
        "let somebody else read it and run: moulin approve plan.json"
    )


def until_of(city: City, now: datetime) -> datetime:
    """When an approval that is given now ends, unless its giver says otherwise."""
    return now + timedelta(days=city.policy.approvals.longest_days)
