"""A change of a few lines on top of what a switch runs: all else stays, whatever the intent says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nornir.core import Nornir

from agent.apply.protection import choose_protection
from agent.flows.fleet import Device, Progress, access_of, each
from agent.flows.plan import Planned, stamp_plans
from agent.flows.wanted import Wanted
from agent.plan.build import build_plan
from agent.plan.plan import Plan

Edit = Callable[[str, str], str]
"""Switch and running-config to the configuration that it shall have."""


def plan_overlay(nornir: Nornir, wanted: Wanted, edit: Edit, progress: Progress) -> Planned:
    """Read every running configuration and plan the way to the edited one; nothing is changed."""

    def work(device: Device) -> Plan:
        (running,) = device.ask("show running-config")
        return plan_edited(device, wanted, running, edit(device.name, running))

    return stamp_plans(each(nornir, work, progress=progress), wanted)


def plan_edited(device: Device, wanted: Wanted, running: str, edited: str) -> Plan:
    """Plan of one switch from its running-config to an edited copy of it."""
    platform = wanted.switches[device.name].platform
    plan = build_plan(
        device.name,
        running,
        edited,
        complete=True,
        platform=platform,
        names=wanted.names.get(device.name, {}),
        powered=wanted.powered.get(device.name, frozenset()),
        reached_at=str(device.host.hostname or ""),
    )
    if not plan.steps:
        return plan
    chosen = choose_protection(plan, running, platform=platform, transport=access_of(device.host).transport)
    return plan.model_copy(update={"protection": chosen.words})


def section_lines(config: str, *path: str) -> tuple[str, ...]:
    r"""Lines below the headers of ``path``, nested ones with them, without indent; empty without the section.

    >>> section_lines("router bgp 1\n  neighbor 192.0.2.2\n    shutdown\nvlan 2\n", "router bgp 1")
    ('neighbor 192.0.2.2', 'shutdown')
    """
    rows = config.splitlines()
    span = _span(rows, path)
    return tuple(row.strip() for row in rows[slice(*span)] if row.strip()) if span else ()


def replace_lines(
    config: str, path: Sequence[str], drop: Callable[[str], bool], add: Sequence[str] = ()
) -> str:
    r"""The text where lines directly below the headers of ``path`` that ``drop`` accepts give way to ``add``.

    A text without the section comes back as it is. An empty path means the top level.

    >>> text = "interface Vlan7\n  mtu 9216\n  no shutdown\nvlan 2\n"
    >>> print(replace_lines(text, ["interface Vlan7"], lambda line: line.startswith("mtu"), ["mtu 1500"]))
    interface Vlan7
      no shutdown
      mtu 1500
    vlan 2
    <BLANKLINE>
    """
    rows = config.splitlines()
    span = _span(rows, path)
    if span is None:
        return config
    begin, end = span
    indent = "  " * len(path)
    kept = [row for row in rows[begin:end] if _indent(row) != len(indent) or not drop(row.strip())]
    fresh = [f"{indent}{line}" for line in add]
    while kept and not kept[-1].strip():
        kept.pop()
    return "\n".join([*rows[:begin], *kept, *fresh, *rows[end:]]) + "\n"


def _span(rows: Sequence[str], path: Sequence[str]) -> tuple[int, int] | None:
    """First row below the headers and the one after the last; None when a header is missing."""
    begin, end = 0, len(rows)
    for depth, header in enumerate(path):
        found = next(
            (n for n in range(begin, end) if rows[n].strip() == header and _indent(rows[n]) == 2 * depth),
            None,
        )
        if found is None:
            return None
        begin = found + 1
        end = next((n for n in range(begin, end) if rows[n].strip() and _indent(rows[n]) <= 2 * depth), end)
    return begin, end


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip(" "))
