"""``moulin approve plan.json``: somebody's word for the risks of a plan, in a file of the inventory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from agent.errors import StoreError, UsageError
from agent.flows.govern import risks_to_approve, until_of
from agent.intent.city import City
from agent.plan.digest import digest_plan
from agent.plan.plan import Plan

FOLDER = "approvals"


@dataclass(frozen=True, slots=True)
class Word:
    """Who approves, why, and until when (aware; None: as long as policy lets it)."""

    who: str
    reason: str
    now: datetime
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Approved:
    """``text`` is the YAML of the approval; ``risky`` is what it is about."""

    name: str
    text: str
    risky: dict[str, tuple[str, ...]]


def approve_plans(city: City, plans: Sequence[Plan], word: Word) -> Approved | None:
    """The approval of every plan with a risk that policy wants approved; None when there is none.

    Raises UsageError when ``until`` is past or later than policy lets an approval hold.
    """
    latest = until_of(city, word.now)
    until = word.until or latest
    if not word.now < until <= latest:
        raise UsageError(
            f"an approval holds from now to {latest:%Y-%m-%d %H:%M %Z} at most. "
            "give a date in between: --until"
        )
    risky = {plan.device: risks_to_approve(city, plan) for plan in plans if plan.steps}
    risky = {device: risks for device, risks in risky.items() if risks}
    if not risky:
        return None
    data = {
        "approved_by": word.who,
        "reason": word.reason,
        "until": until.astimezone(UTC).isoformat(timespec="seconds"),
        "risks": sorted({risk.value for risks in risky.values() for risk in risks}),
        "plans": {plan.device: digest_plan(plan) for plan in plans if plan.device in risky},
    }
    head = "# yaml-language-server: $schema=../schema/approval.json\n"
    text = head + yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=110)
    name = f"{word.now.astimezone(UTC):%Y-%m-%dt%H%M%Sz}-{next(iter(risky))}.yaml"
    return Approved(name, text, {device: tuple(risks) for device, risks in risky.items()})


def write_approval(inventory: Path, approved: Approved) -> Path:
    """Write ``approvals/NAME`` and give its place; raises StoreError."""
    file = inventory / FOLDER / approved.name
    try:
        file.parent.mkdir(exist_ok=True)
        file.write_text(approved.text, encoding="utf-8")
    except OSError as exc:
        raise StoreError(f"{file}: cannot be written ({exc.strerror}). check the folder") from exc
    return file
