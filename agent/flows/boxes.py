"""Boxes that are no Nexus (``data.driver`` in ``hosts.yaml``): the same verbs, as far as their drivers go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import unified_diff
from hashlib import sha256
from typing import Any, cast

from napalm.base import helpers
from napalm.base.constants import EOS_SANITIZE_FILTERS
from nornir.core import Nornir
from nornir.core.inventory import Host

from agent.device.box import Box, BoxAccess, BoxFacts, DriverName, Shield, shield_of
from agent.errors import CommandRejectedError, UsageError
from agent.flows.commit import read_commit
from agent.flows.fleet import Device, Harvest, Progress, each, read_nornir
from agent.flows.limit import choose_names
from agent.intent.digest import digest_inventory
from agent.nxos.mask import mask_text
from agent.plan.box_risk import mark_box
from agent.plan.plan import Plan, PlanSet, Step
from agent.render.box import render_box
from agent.render.render import digest_templates
from agent.settings import Settings

WHOLE = "the whole configuration is replaced"
"""Meaning of a step whose lines are all that the box shall have; else they are merged."""


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

    def only(self, name: str) -> Nornir:
        """Nornir over one of them."""
        return self.nornir.filter(filter_func=lambda host: host.name == name)

    def narrowed(self, limit: str) -> Boxes:
        """Those of them that match; raises UsageError when none does."""
        chosen = frozenset(choose_names(self.nornir.inventory.hosts, limit))
        return replace(self, nornir=self.nornir.filter(filter_func=lambda host: host.name in chosen))

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.nornir.inventory.hosts)

    @property
    def sites(self) -> dict[str, str]:
        """Where they stand, as far as ``data.site`` tells."""
        return {name: str(host.get("site") or "") for name, host in self.nornir.inventory.hosts.items()}

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
            return mask_box(quiet_box(box.running(masked=True))), quiet_box(box.running())
        finally:
            box.close()

    return each(boxes.nornir, work, progress=progress)


def plan_boxes(boxes: Boxes, progress: Progress) -> Harvest[Plan]:
    """The box's own diff of the wanted text, from a candidate that is thrown away; nothing is changed."""

    def work(device: Device) -> Plan:
        return plan_box(boxes, device, boxes.text(device.host))

    return each(boxes.nornir, work, progress=progress)


def plan_whole(boxes: Boxes, texts: Mapping[str, str], progress: Progress) -> Harvest[Plan]:
    """The way of boxes to texts that are all that they shall have; nothing is changed."""
    fleet = boxes.nornir.filter(filter_func=lambda host: host.name in texts)

    def work(device: Device) -> Plan:
        return plan_box(boxes, device, texts[device.name], whole=True)

    return each(fleet, work, progress=progress)


def stamp_boxes(boxes: Boxes, plans: Mapping[str, Plan]) -> PlanSet:
    """Plans of boxes with what they were made from, to be saved."""
    return PlanSet(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        intent=digest_inventory(boxes.settings.inventory),
        templates=digest_templates(boxes.settings.templates),
        commit=read_commit(boxes.settings.inventory),
        plans=dict(plans),
    )


def plan_box(boxes: Boxes, device: Device, text: str, *, whole: bool = False) -> Plan:
    """The way of one box to a text that is merged, or that is all it shall have; nothing is changed.

    The way back is its whole configuration of now. Raises DeviceError.
    """
    box = boxes.open(device.host)
    try:
        if box.on_trial():
            hint = "wait, or see whose it is: moulin resume"
            raise CommandRejectedError(device.name, "a commit is on trial there", hint=hint)
        running = box.running()
        rows = tuple(mask_box(box.load(text, whole=whole)).splitlines())
        box.discard()
    finally:
        box.close()
    wanted = Step(
        lines=tuple(text.splitlines()),
        risks=mark_box(rows, device.host.hostname or ""),
        meaning=(WHOLE,) if whole else (),
    )
    before = Step(lines=tuple(running.splitlines()), meaning=(WHOLE,))
    return Plan(
        device=device.name,
        base=digest_box(running),
        target="",
        steps=(wanted,) if rows else (),
        undo=(before,) if rows else (),
        diff=rows,
        protection=shield(device.host, running).words,
    )


def shield(host: Host, running: str) -> Shield:
    """What the box does by itself when we vanish."""
    return shield_of(_driver(host), running)


@dataclass(frozen=True, slots=True)
class BoxDrift:
    """The box's own diffs, masked: running against the wanted text, startup against running."""

    unplanned: tuple[str, ...]
    unsaved: tuple[str, ...]

    @property
    def clean(self) -> bool:
        return not self.unplanned and not self.unsaved


def drift_boxes(boxes: Boxes, progress: Progress) -> Harvest[BoxDrift]:
    """What differs from the wanted text, and what a restart would lose; nothing is changed."""

    def work(device: Device) -> BoxDrift:
        plan = plan_box(boxes, device, boxes.text(device.host))
        box = boxes.open(device.host)
        try:
            running, startup = box.running(), box.startup()
        finally:
            box.close()
        return BoxDrift(plan.diff, diff_boxes(startup, running) if startup else ())

    return each(boxes.nornir, work, progress=progress)


def diff_boxes(before: str, after: str) -> tuple[str, ...]:
    r"""Rows that went and came, masked, with two of context.

    >>> diff_boxes("vlan 2\n", "! made now\nvlan 3\n")
    ('-vlan 2', '+vlan 3')
    """
    old, new = (mask_box(quiet_box(text)).splitlines() for text in (before, after))
    rows = tuple(unified_diff(old, new, n=2, lineterm=""))[2:]
    return tuple(row for row in rows if not row.startswith("@@"))


def read_box(boxes: Boxes, name: str, *, masked: bool = False) -> str:
    """The running configuration of one box, secrets in clear unless ``masked``; raises AgentError."""
    harvest = each(boxes.only(name), lambda device: _read(boxes, device, masked=masked))
    if error := harvest.errors.get(name):
        raise error
    return harvest.values[name]


def _read(boxes: Boxes, device: Device, *, masked: bool) -> str:
    box = boxes.open(device.host)
    try:
        return box.running(masked=masked)
    finally:
        box.close()


def digest_box(text: str) -> str:
    """Of what a configuration says, comments left out."""
    return sha256(quiet_box(text).encode()).hexdigest()


def quiet_box(text: str) -> str:
    """Without comments, which hold times, and blanks at line ends."""
    rows = (row.rstrip() for row in text.splitlines())
    return "\n".join(row for row in rows if row and not row.startswith(("!", "## Last"))) + "\n"
