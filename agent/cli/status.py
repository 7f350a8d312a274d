"""``moulin status``: is the city well, on one screen, with an exit code for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.text import Text

from agent.cli.exits import Exit
from agent.cli.options import AsJson, read_settings
from agent.cli.output import out, print_json, print_table
from agent.terminal.line import open_line
from agent.terminal.verdict import Health, Verdict, judge, narrow, tell_age, tell_share
from agent.web.told import StatusTold

Url = Annotated[
    str | None,
    typer.Option("--url", metavar="URL", help="Where a watch answers; else where MOULIN_LISTEN says."),
]
Where = Annotated[str, typer.Argument(metavar="[SITE|DEVICE]", help="Only this site or this switch.")]
INCIDENTS = 20
"""So many stand on the screen; the rest is counted."""
_STYLES = {Health.WELL: "green", Health.DEGRADED: "red", Health.UNKNOWN: "yellow", Health.STALE: "magenta"}


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("status")(status)


def status(where: Where = "", *, url: Url = None, as_json: AsJson = False) -> None:
    """Ask a running watch whether the city is well. Exit 0: it is; 4: it is not, or nobody knows."""
    settings, secrets = read_settings(None)
    with open_line(url, settings.listen, secrets) as line:
        told = line.status()
    if where:
        told = narrow(told, where)
    verdict = judge(told)
    if as_json:
        said = {"state": verdict.health, "well": verdict.health is Health.WELL, "reasons": verdict.reasons}
        print_json(said | {"stale": told.stale} | told.model_dump())
    else:
        _show(told, verdict, where)
    raise typer.Exit(Exit.OK if verdict.health is Health.WELL else Exit.FAILED)


def _show(told: StatusTold, verdict: Verdict, where: str) -> None:
    head = Text(f"{where or told.town or 'the city'}: ", style="bold")
    head.append(verdict.health.upper(), style=f"bold {_STYLES[verdict.health]}")
    up = sum(one.state in {"up", "partial"} for one in told.switches)
    head.append(
        f"   {up} of {len(told.switches)} switches answer   data {tell_age(told.age_seconds)} old", style=""
    )
    out.print(head)
    for reason in verdict.reasons:
        out.print(Text(f"  {reason}"))
    for title, columns, rows in _tables(told):
        if rows:
            out.print()
            print_table(columns, rows, title=title)


def _tables(told: StatusTold) -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
    yield (
        "Services",
        ("service", "state", "up/meant", "owner", "objective", "left", "not well at"),
        [
            (
                *(one.service, one.state, f"{one.working}/{one.meant}", one.owner),
                *(tell_share(one.objective_ratio), tell_share(one.left_ratio), ", ".join(one.sites)),
            )
            for one in told.services
        ],
    )
    yield (
        "Sites not well",
        ("site", "state", "switches", "ports up/meant"),
        [
            (one.site, one.state, f"{one.switches_up}/{one.switches}", f"{one.ports_up}/{one.ports_meant}")
            for one in told.sites
            if one.state != "well"
        ],
    )
    yield (
        "Switches",
        ("switch", "state", "polled", "remark"),
        [
            (
                one.device,
                one.state,
                f"{tell_age(one.age_seconds)} ago" if one.age_seconds is not None else "-",
                one.problem,
            )
            for one in told.switches
            if one.state != "up" or len(told.switches) == 1
        ],
    )
    rest = len(told.incidents) - INCIDENTS
    yield (
        "Incidents" + (f" (the latest {INCIDENTS}; {rest} more in --json)" if rest > 0 else ""),
        ("since", "what", "where", "switch", "port", "owner"),
        [
            (tell_age(one.seconds), one.kind, one.place, one.device, one.interface, one.owner)
            for one in told.incidents[:INCIDENTS]
        ],
    )
