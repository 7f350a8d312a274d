"""``moulin state``: what switches are and see now, against what was promised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

import typer

from agent.check.promises import Kept
from agent.cli.boxes import boxes_of, show_other_boxes
from agent.cli.exits import Exit
from agent.cli.options import AsJson, Inventory, Limit, read_settings
from agent.cli.output import print_error, print_table
from agent.cli.progress import watch_fleet
from agent.cli.reading import View, tell_found
from agent.flows.fleet import open_fleet
from agent.flows.state import read_fleet_state
from agent.intent.expect import expect
from agent.intent.load import load_city


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("state")(state)


def state(*, limit: Limit = "*", inventory: Inventory = None, as_json: AsJson = False) -> None:
    """Read facts, ports and neighbours (NAPALM). Exit 4 when a port or neighbour is not as promised."""
    settings, secrets = read_settings(inventory)
    if boxes := boxes_of(settings, secrets, limit):
        return show_other_boxes(boxes, as_json=as_json)
    expected = expect(load_city(settings.inventory))
    nornir = open_fleet(settings, secrets, limit)
    with watch_fleet("reading", len(nornir.inventory.hosts)) as progress:
        harvest = read_fleet_state(nornir, expected, progress)
    return tell_found(harvest, VIEW, as_json=as_json)


def _show(found: Mapping[str, Kept]) -> None:
    print_table(
        ("switch", "model", "release", "serial", "up for", "ports", "neighbours"),
        (
            (
                name,
                kept.state.model,
                kept.state.release,
                kept.state.serial,
                timedelta(seconds=int(kept.state.uptime_seconds)),
                f"{kept.ports - len(kept.ports_down)}/{kept.ports}",
                f"{kept.neighbors - len(kept.neighbors_missing)}/{kept.neighbors}",
            )
            for name, kept in found.items()
        ),
    )
    for name, kept in found.items():
        for port in kept.ports_down:
            print_error(f"{name} {port.interface}: {port.kind} {port.endpoint} at {port.place} is down")
        for missing in kept.neighbors_missing:
            wanted = f"{missing.neighbor} {missing.neighbor_interface}"
            print_error(
                f"{name} {missing.interface}: does not see {wanted}. compare the cable with links.yaml"
            )


VIEW = View(
    data=lambda kept: asdict(kept) | {"kept": kept.all},
    show=_show,
    fine=lambda kept: kept.all,
    code=Exit.FAILED,
)
