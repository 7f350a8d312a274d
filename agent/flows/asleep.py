"""Ports that the night schedule put out: the journal knows them, and they are no drift while they sleep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.flows.overlay import replace_lines, section_lines
from agent.flows.power import OFF, is_power
from agent.flows.rollback import DONE, read_plan
from agent.plan.plan import Plan
from agent.store.journal import Journal

NIGHT = "night power "
"""The verb of the runbook's changes begins so; ``off`` or ``on`` follows."""

CHANGES = 300
"""How far back the last night is looked for."""


@dataclass(frozen=True, slots=True)
class Asleep:
    """Ports of one switch that a change put out."""

    change: int
    ports: tuple[str, ...]


def find_asleep(journal: Journal) -> dict[str, Asleep]:
    """By switch, what the latest night put out, where no morning came since; raises StoreError."""
    found: dict[str, Asleep] = {}
    for change in journal.changes(CHANGES):
        if not change.verb.startswith(NIGHT):
            continue
        for run in change.runs:
            if run.state not in DONE or run.device in found:
                continue
            dark = change.verb == f"{NIGHT}off"
            ports = tuple(_put_out(read_plan(journal, change.id, run.device))) if dark else ()
            found[run.device] = Asleep(change.id, ports)
    return {device: asleep for device, asleep in found.items() if asleep.ports}


def _put_out(plan: Plan) -> Iterator[str]:
    for step in plan.steps:
        port = ""
        for line in step.lines:
            port = line.removeprefix("interface ") if line.startswith("interface ") else port
            if line.strip() == OFF:
                yield port


def let_sleep(wanted: str, running: str, asleep: Asleep | None) -> tuple[str, tuple[str, ...]]:
    """(wanted text in which those ports are dark that are dark, these ports)."""
    dark = []
    for port in asleep.ports if asleep else ():
        header = f"interface {port}"
        if OFF in section_lines(running, header) and OFF not in section_lines(wanted, header):
            wanted = replace_lines(wanted, [header], is_power, [OFF])
            dark.append(port)
    return wanted, tuple(dark)


def say_asleep(asleep: Mapping[str, Asleep], device: str, ports: tuple[str, ...]) -> str:
    """One line for people; empty when nothing sleeps.

    >>> say_asleep({"sw-1": Asleep(7, ("Ethernet1/45",))}, "sw-1", ("Ethernet1/45",))
    'asleep by the night schedule (change 7): Ethernet1/45'
    """
    return (
        f"asleep by the night schedule (change {asleep[device].change}): {', '.join(ports)}" if ports else ""
    )
