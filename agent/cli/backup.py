"""``moulin backup``: running-configs into their git history; ``show``, ``diff`` and ``log`` look into it."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.check.changed import diff_texts
from agent.cli.box_change import diff_other_box
from agent.cli.boxes import boxes_of
from agent.cli.changing import show_errors, worst
from agent.cli.exits import Exit
from agent.cli.options import AsJson, Inventory, Limit, Reason, read_settings, settings_of
from agent.cli.output import out, print_diff, print_json
from agent.cli.progress import watch_fleet
from agent.errors import UsageError
from agent.flows.backup import Extras, backup_fleet, find_backup, platform_of, read_now
from agent.flows.boxes import fetch_boxes, open_boxes
from agent.flows.fleet import open_fleet
from agent.settings import Settings
from agent.store.backups import Backups
from agent.store.sealing import KEY_NAME, Seal, new_key

DeviceName = Annotated[str, typer.Argument(metavar="DEVICE", help="Name in hosts.yaml.")]
At = Annotated[
    str, typer.Option("--at", metavar="COMMIT", help="Commit that 'moulin backup log' shows, or a date.")
]
To = Annotated[
    str, typer.Option("--to", metavar="COMMIT", help="Compare with this commit or date, not with the switch.")
]
Sealed = Annotated[
    bool, typer.Option("--sealed", help=f"Keep secrets too, sealed with the key in secret {KEY_NAME}.")
]


def register(app: typer.Typer) -> None:
    """Add the verb and what looks into its history."""
    group = typer.Typer(help="Keep configurations in git; restore brings one back.")
    group.callback(invoke_without_command=True)(backup)
    for verb in (show, diff, log, key):
        group.command(verb.__name__)(verb)
    app.add_typer(group, name="backup")


def open_backups(settings: Settings) -> Backups:
    """The history below the state folder; raises StoreError."""
    return Backups(settings.state / "configs")


def backup(  # noqa: PLR0913 - the options of the verb
    context: typer.Context,
    *,
    limit: Limit = "*",
    sealed: Sealed = False,
    inventory: Inventory = None,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """Save running configurations, secrets masked or sealed; a commit names what changed."""
    if context.invoked_subcommand:
        return
    settings, secrets = read_settings(inventory)
    seal = Seal(secrets[KEY_NAME]) if sealed else None
    boxes, backups = open_boxes(settings, secrets, limit), open_backups(settings)
    try:
        nornir = open_fleet(settings, secrets, limit)
    except UsageError:
        if boxes is None:
            raise
        nornir = boxes.nornir.filter(filter_func=lambda host: not host.get("driver"))
    others = boxes.nornir.inventory.hosts if boxes else {}
    with watch_fleet("reading", len(nornir.inventory.hosts) + len(others)) as progress:
        texts = fetch_boxes(boxes, progress) if boxes else None
        done = backup_fleet(nornir, backups, progress, reason, Extras(seal, texts))
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
        folder = settings.state / "configs"
        out.print(f"{len(done.read)} read into {folder}: {changed}{commit}", markup=False)
        show_errors(done.errors)
    if done.errors:
        raise typer.Exit(worst(done.errors))


def show(device: DeviceName, *, at: At = "", inventory: Inventory = None, as_json: AsJson = False) -> None:
    """Print a configuration of the history, secrets masked."""
    kept = find_backup(open_backups(settings_of(inventory)), device, at)
    if as_json:
        print_json({"device": device, "commit": kept.commit, "at": kept.at, "text": kept.text})
    else:
        typer.echo(kept.text, nl=False)


def diff(
    device: DeviceName,
    *,
    at: At = "",
    to: To = "",
    inventory: Inventory = None,
    as_json: AsJson = False,
) -> None:
    """Show what changed on a switch since a backup, by meaning. Exit 3 when something did."""
    settings, secrets = read_settings(inventory)
    if boxes := boxes_of(settings, secrets, device):
        return diff_other_box(boxes, at, to, as_json=as_json)
    backups = open_backups(settings)
    before = find_backup(backups, device, at)
    nornir = open_fleet(settings, secrets, device)
    if to:
        after, platform = find_backup(backups, device, to).text, platform_of(nornir, device)
    else:
        after, platform = read_now(nornir, device)
    rows = diff_texts(before.text, after, platform)
    if as_json:
        print_json({"device": device, "commit": before.commit, "at": before.at, "diff": rows})
    elif rows:
        print_diff(rows)
    else:
        out.print(f"{device}: as in commit {before.commit} of {before.at}", markup=False)
    if rows:
        raise typer.Exit(Exit.CHANGES)
    return None


def log(device: DeviceName, *, inventory: Inventory = None, as_json: AsJson = False) -> None:
    """List the commits that changed a switch, newest first."""
    backups = open_backups(settings_of(inventory))
    find_backup(backups, device)
    rows = backups.history(device)
    if as_json:
        print_json([dict(zip(("commit", "at", "what"), row.split(" ", 2), strict=True)) for row in rows])
    else:
        for row in rows:
            out.print(row, markup=False)


def key() -> None:
    """Print a new key for sealed backups; keep it in the secret store, away from the backups."""
    typer.echo(new_key())
