"""``moulin history [CHANGE]``: the journal."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from agent.cli.options import AsJson
from agent.cli.output import out, print_json, print_table
from agent.errors import UsageError
from agent.flows.history import open_journal, tell_change, tell_changes
from agent.settings import Settings

Number = Annotated[int | None, typer.Argument(metavar="[CHANGE]", min=1, help="One change, step by step.")]
Replies = Annotated[
    bool,
    typer.Option("--replies", help="With CHANGE: every line that was sent and what the switch answered."),
]
Last = Annotated[int, typer.Option("--last", min=1, help="How many changes.")]


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("history")(history)


def history(
    change: Number = None, *, last: Last = 20, replies: Replies = False, as_json: AsJson = False
) -> None:
    """Show what was changed, when, by whom, and how it ended."""
    if replies and change is None:
        raise UsageError("--replies is about one change. write its number: moulin history CHANGE --replies")
    journal = open_journal(Settings())
    try:
        if change is None:
            _show_all(tell_changes(journal, last), as_json=as_json)
        else:
            _show_one(tell_change(journal, change, replies=replies), as_json=as_json)
    finally:
        journal.close()


def _show_all(changes: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print_json(changes)
        return
    rows = [
        (row["change"], _moment(row["started_at"]), row["verb"], row["who"], _tally(row), row["reason"])
        for row in changes
    ]
    print_table(("change", "when", "verb", "who", "switches", "reason"), rows)


def _show_one(change: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(change)
        return
    words = f"change {change['change']}: {change['verb']} by {change['who']}, {change['state']}"
    words += f", ticket {change['ticket']}" if change["ticket"] else ""
    out.print(f"{words}{', ' + change['reason'] if change['reason'] else ''}", markup=False)
    for run in change["switches"]:
        if run["protection"]:
            out.print(f"\nprotected by {run['protection']}", markup=False, end="")
        out.print(
            f"\n{run['device']}: {run['state']} ({run['steps']} steps) {run['detail']}".rstrip(), markup=False
        )
        rows = [
            (_moment(event["at"]), event["state"], event["steps"], event["detail"]) for event in run["events"]
        ]
        print_table(("when", "state", "accepted", "detail"), rows)
        for reply in run.get("replies", ()):
            _show_reply(reply)
        if run["next"]:
            out.print(f"next: {run['next']}", markup=False)


def _show_reply(reply: dict[str, Any]) -> None:
    """The line, then the switch's own words below it."""
    out.print(f"{_moment(reply['at'])}  {reply['said']}", markup=False, highlight=False)
    for row in reply["reply"].splitlines():
        out.print(f"    | {row}", markup=False, highlight=False)
    if reply["cut"]:
        out.print(f"    | (and {reply['cut']} characters more, not kept)", markup=False)


def _tally(change: dict[str, Any]) -> str:
    states = [run["state"] for run in change["switches"]]
    counted = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    return f"{counted} ({change['state']})" if change["state"] != "done" else counted


def _moment(moment: Any) -> str:
    return str(moment.astimezone().strftime("%Y-%m-%d %H:%M:%S"))
