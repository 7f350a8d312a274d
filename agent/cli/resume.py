"""``moulin resume [CHANGE]``: finish or undo what was interrupted."""

from __future__ import annotations

from typing import Annotated

import typer

from agent.apply.recover import Found, Seen
from agent.cli.box_change import Wish, resume_other_boxes
from agent.cli.changing import ask, show_errors, tell, who
from agent.cli.options import AsJson, Inventory, Limit, Yes, read_settings
from agent.cli.output import out, print_json
from agent.cli.progress import watch_fleet
from agent.flows.boxes import open_boxes
from agent.flows.fleet import open_fleet
from agent.flows.halfway import Halfway
from agent.flows.history import open_journal
from agent.flows.resume import Resume, find_interrupted, look_at, resume_change
from agent.nxos.mask import mask_line
from agent.store.journal import Why

Number = Annotated[
    int | None, typer.Argument(metavar="[CHANGE]", min=1, help="Number that moulin history shows; else all.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Look at the switches, tell, and stop.")]
Undo = Annotated[
    bool,
    typer.Option("--undo", help="Take back also what is as planned, or was changed since by somebody else."),
]


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("resume")(resume)


def resume(  # noqa: PLR0913 - the options of the verb
    change: Number = None,
    *,
    limit: Limit = "*",
    undo: Undo = False,
    inventory: Inventory = None,
    dry_run: DryRun = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Finish or undo an interrupted change: what each switch runs now decides, nothing is guessed."""
    settings, secrets = read_settings(inventory)
    journal = open_journal(settings)
    try:
        found = find_interrupted(journal, change)
        if not found:
            _say_nothing(as_json=as_json)
            return
        for one in found:
            wanted = Resume(one, who(), undo)
            if boxes := open_boxes(settings, secrets, ",".join(run.device for run in one.runs)):
                wish = Wish(Why("resume", who(), "", ""), yes, as_json=as_json, dry_run=dry_run)
                resume_other_boxes(boxes.narrowed(limit), wanted, journal, wish)
                continue
            nornir = open_fleet(settings, secrets, limit)
            with watch_fleet("looking", len(wanted.runs)) as progress:
                seen = look_at(nornir, wanted, journal, progress)
            if not as_json:
                out.print(f"change {one.id}, {one.verb} by {one.who}:", markup=False)
                for row in seen.values.values():
                    _show(row, undo=undo)
                show_errors(seen.errors)
            elif dry_run:
                rows = {name: _as_data(row, undo=undo) for name, row in seen.values.items()}
                errors = {name: str(error) for name, error in seen.errors.items()}
                print_json({"change": one.id, "switches": rows, "errors": errors})
            if dry_run:
                continue
            ask(yes, f"settle {len(wanted.runs)} switches of change {one.id}?")
            with watch_fleet("resume", len(wanted.runs)) as progress:
                changed = resume_change(nornir, wanted, journal, progress)
            tell(changed, {}, as_json=as_json, settled=True)
    finally:
        journal.close()


def _say_nothing(*, as_json: bool) -> None:
    if as_json:
        print_json({"change": 0, "interrupted": False, "switches": {}, "errors": {}})
    else:
        out.print("no change is unfinished", markup=False)


def _intention(seen: Seen, *, undo: bool) -> str:
    if seen.found is Found.BASE:
        return "clean up, it is undone"
    if seen.found is Found.TARGET and not undo:
        return "confirm and save, it is applied"
    return "go back to the checkpoint" if seen.checkpoint else "send the undo of the plan"


def _show(seen: Seen | Halfway, *, undo: bool) -> None:
    if isinstance(seen, Halfway):
        out.print(f"{seen.device}: {seen.install.words}: {seen.stand} ({seen.boots})", markup=False)
        return
    armed = ", its way back is armed" if seen.armed else ""
    out.print(f"{seen.device}: {seen.found}{armed}: {_intention(seen, undo=undo)}", markup=False)
    for line in seen.patch:
        out.print(f"    {mask_line(line)}", markup=False)


def _as_data(seen: Seen | Halfway, *, undo: bool) -> dict[str, object]:
    if isinstance(seen, Halfway):
        return {
            "found": seen.stand.value,
            "install": seen.install.command,
            "release": seen.release,
            "boots": seen.boots,
            "then": "nothing is sent, see next",
        }
    return {
        "found": seen.found.value,
        "armed": seen.armed,
        "checkpoint": seen.checkpoint,
        "then": _intention(seen, undo=undo),
        "patch": [mask_line(line) for line in seen.patch],
    }
