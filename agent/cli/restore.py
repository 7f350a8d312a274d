"""``moulin restore DEVICE``: a backup back onto its switch, with a preview and the safety of every change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from nornir.core import Nornir

from agent.cli.backup import At, DeviceName, open_backups
from agent.cli.box_change import Wish, restore_other_box
from agent.cli.boxes import boxes_of
from agent.cli.changing import ask, carry_out, plan_as_data, reason_of, show_plans, tell, who
from agent.cli.exits import Exit
from agent.cli.options import (
    AsJson,
    BreakGlass,
    Inventory,
    NoHealth,
    OnFail,
    Reason,
    Ticket,
    Yes,
    read_settings,
)
from agent.cli.output import out, print_error, print_json
from agent.cli.plan import Verify, show_verified, verified_as_data
from agent.cli.progress import watch_fleet
from agent.errors import AgentError, UsageError
from agent.flows.apply import Change, Changed
from agent.flows.around import make_gate
from agent.flows.fleet import Harvest, open_fleet
from agent.flows.govern import Asked, refuse_forbidden
from agent.flows.policy import load_policy
from agent.flows.restore import Order, Restore, plan_restore, what_a_restore_leaves
from agent.flows.verify import Verified, verify_whole
from agent.flows.wanted import Wanted, load_wanted
from agent.settings import Settings
from agent.store.journal import Why
from agent.store.sealing import KEY_NAME, Seal

Maps = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="OLD=NEW", help="Port of the backup on another port; may be given again."),
]
Skip = Annotated[
    bool, typer.Option("--skip-missing", help="Leave out what stands on ports that this hardware has not.")
]
Named = Annotated[
    list[str] | None,
    typer.Option(
        "--secret",
        metavar="LINE=NAME",
        help="Secret of the store for masked lines that begin so; may be given again.",
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show the plan and stop. Exit 3 when it has steps.")]


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("restore")(restore)


def restore(  # noqa: PLR0913 - the options of the verb
    device: DeviceName,
    *,
    at: At = "",
    maps: Maps = None,
    skip_missing: Skip = False,
    named: Named = None,
    dry_run: DryRun = False,
    verify: Verify = False,
    inventory: Inventory = None,
    reason: Reason = "",
    ticket: Ticket = "",
    on_failure: OnFail = None,
    no_health: NoHealth = False,
    break_glass: BreakGlass = "",
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Bring a switch, or the one that took its place, back to a backup: plan, preview, apply, or undo."""
    settings, secrets = read_settings(inventory)
    if boxes := boxes_of(settings, secrets, device):
        why = Why("restore", who(), reason_of(reason, break_glass), "", ticket)
        wish = Wish(why, yes, bool(break_glass), as_json, dry_run, on_failure)
        return restore_other_box(boxes, at, wish)
    wanted = _wanted(settings, secrets, needed=not (break_glass or dry_run))
    values = {line: secrets[name] for line, name in _pairs("--secret", named).items()}
    order = Order(device, at, _pairs("--map", maps), skip_missing, values)
    seal = Seal(secrets[KEY_NAME]) if KEY_NAME in secrets else None
    nornir = open_fleet(settings, secrets, device)
    found = plan_restore(nornir, open_backups(settings), order, wanted, seal)
    plans = {device: found.plan}
    verified = _verify(nornir, device, found) if verify and dry_run and found.plan.steps else None
    if dry_run and as_json:
        print_json(
            {"commit": found.kept.commit, "at": found.kept.at, "lost": found.lost, "secrets": found.taken}
            | plan_as_data(found.plan)
            | ({"verified": verified_as_data(verified)} if verified else {})
        )
    elif not as_json:
        _show(device, found)
        show_plans(plans)
        if verified:
            show_verified(verified)
    if verified and (verified.errors or not all(item.fine for item in verified.values.values())):
        raise typer.Exit(Exit.FAILED)
    if dry_run:
        raise typer.Exit(Exit.CHANGES if found.plan.steps else Exit.OK)
    if not found.plan.steps:
        return tell(Changed(0, ()), {}, as_json=as_json)
    if wanted is not None and not break_glass:
        refuse_forbidden(wanted.city, Asked(plans, who(), datetime.now(UTC)))
    ask(yes, f"bring {device} back to the backup of {found.kept.at}?")
    policy = load_policy(settings.inventory, on_failure)
    note = reason_of(reason or f"backup {found.kept.commit}", break_glass)
    change = Change(
        plans=plans,
        why=Why("restore", who(), note, "", ticket),
        policy=policy,
        gate=make_gate(nornir, wanted.city, secrets, policy, plans) if wanted and not no_health else None,
        remaining=what_a_restore_leaves(wanted, found.text),
        whole={device: found.whole},
    )
    return tell(carry_out(settings, nornir, change), {}, as_json=as_json)


def _wanted(settings: Settings, secrets: Mapping[str, str], *, needed: bool) -> Wanted | None:
    """The intent holds the freeze calendar; only who breaks the glass restores beside a broken one."""
    try:
        return load_wanted(settings, secrets)
    except AgentError as error:
        if needed:
            raise
        print_error(f"{error} (going on without the intent)")
        return None


def _verify(nornir: Nornir, device: str, found: Restore) -> Harvest[Verified]:
    """Ask the switch itself; nothing is configured."""
    with watch_fleet("verifying", 1) as progress:
        return verify_whole(nornir.filter(name=device), {device: found.whole}, progress)


def _show(device: str, found: Restore) -> None:
    out.print(f"{device}: backup {found.kept.commit} of {found.kept.at}", markup=False)
    for source, count in found.taken.items():
        out.print(f"secrets of {count} lines: from the {source}", markup=False)
    for line in found.lost:
        out.print(f"left out, this hardware has not the port: {line}", markup=False)


def _pairs(option: str, given: Sequence[str] | None) -> Mapping[str, str]:
    pairs: dict[str, str] = {}
    for word in given or ():
        left, equal, right = word.rpartition("=")
        if not (left and equal and right):
            raise UsageError(f"{option} {word!r}: write it as LEFT=RIGHT")
        pairs[left] = right
    return pairs
