"""``moulin drift``: what nobody planned, and what nobody saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from shlex import quote
from typing import Any

import typer

from agent.check.drift import Drift
from agent.cli.boxes import boxes_of, drift_other_boxes
from agent.cli.exits import Exit
from agent.cli.options import AsJson, Inventory, Limit, read_settings
from agent.cli.output import out, print_diff, print_error
from agent.cli.progress import watch_fleet
from agent.cli.reading import View, tell_found
from agent.errors import StoreError
from agent.flows.asleep import Asleep, find_asleep
from agent.flows.drift import drift_fleet
from agent.flows.fleet import open_fleet
from agent.flows.history import has_journal, open_journal
from agent.flows.wanted import load_wanted
from agent.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("drift")(drift)


def drift(*, limit: Limit = "*", inventory: Inventory = None, as_json: AsJson = False) -> None:
    """Compare running with the intent, and startup with running. Exit 3 when anything differs."""
    settings, secrets = read_settings(inventory)
    if boxes := boxes_of(settings, secrets, limit):
        return drift_other_boxes(boxes, as_json=as_json)
    wanted = load_wanted(settings, secrets)
    nornir = open_fleet(settings, secrets, limit)
    with watch_fleet("reading", len(nornir.inventory.hosts)) as progress:
        harvest = drift_fleet(nornir, wanted, progress, _asleep(settings))
    return tell_found(harvest, VIEW, as_json=as_json)


def _asleep(settings: Settings) -> dict[str, Asleep]:
    """By the journal, where there is one; one that cannot be read makes drift louder, not silent."""
    if not has_journal(settings):
        return {}
    try:
        journal = open_journal(settings)
    except StoreError as error:
        print_error(str(error))
        return {}
    try:
        return find_asleep(journal)
    except StoreError as error:
        print_error(str(error))
        return {}
    finally:
        journal.close()


def _show(found: Mapping[str, Drift]) -> None:
    for name, drift in found.items():
        if drift.unplanned:
            out.print(f"{name}: differs from the intent (+ is meant, - is there)", markup=False)
            print_diff(drift.unplanned)
            out.print(f"make it as meant: {_remedy(drift)}", markup=False)
        if drift.unsaved:
            out.print(f"{name}: not saved (+ would be lost by a reload)", markup=False)
            print_diff(drift.unsaved)
        for author in drift.authors:
            out.print(f"who: {author}", markup=False)
        if not drift.clean and not drift.authors:
            out.print("who: the accounting log does not tell", markup=False)
        if drift.asleep:
            out.print(f"{name}: {drift.asleep}", markup=False)
        for line in drift.left:
            out.print(f"{name}: left by a test client, not counted: {line}", markup=False)
    dirty = sum(not drift.clean for drift in found.values())
    out.print(f"{dirty} of {len(found)} switches differ", markup=False)


def _remedy(drift: Drift) -> str:
    """What to type for this switch alone, piece by piece when the pieces are few."""
    pieces = "".join(f" --only {quote(line)}" for line in drift.sections) if len(drift.sections) <= 3 else ""
    return f"moulin apply --limit {drift.device}{pieces}"


def _data(drift: Drift) -> dict[str, Any]:
    told = asdict(drift) | {"clean": drift.clean}
    del told["paths"]
    return told


VIEW = View(
    data=_data,
    show=_show,
    fine=lambda drift: drift.clean,
    code=Exit.CHANGES,
)
