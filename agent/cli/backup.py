"""``moulin backup``: running-configs into their git history."""

from __future__ import annotations

import typer

from agent.cli.changing import show_errors, worst
from agent.cli.options import AsJson, Inventory, Limit, Reason, read_settings
from agent.cli.output import out, print_json
from agent.cli.progress import watch_fleet
from agent.flows.backup import backup_fleet
from agent.flows.fleet import open_fleet
from agent.store.backups import Backups


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("backup")(backup)


def backup(
    *, limit: Limit = "*", inventory: Inventory = None, reason: Reason = "", as_json: AsJson = False
) -> None:
    """Save running configurations, secrets masked; a commit names the switches that changed."""
    settings, secrets = read_settings(inventory)
    nornir = open_fleet(settings, secrets, limit)
    folder = settings.state / "configs"
    backups = Backups(folder)
    with watch_fleet("reading", len(nornir.inventory.hosts)) as progress:
        done = backup_fleet(nornir, backups, progress, reason)
    if as_json:
        print_json(
            {
                "read": done.read,
                "changed": done.saved.changed,
                "commit": done.saved.commit,
                "errors": {name: str(error) for name, error in done.errors.items()},
            }
        )
    else:
        changed = ", ".join(done.saved.changed) or "nothing changed"
        commit = f", commit {done.saved.commit}" if done.saved.commit else ""
        out.print(f"{len(done.read)} read into {folder}: {changed}{commit}", markup=False)
        show_errors(done.errors)
    if done.errors:
        raise typer.Exit(worst(done.errors))
