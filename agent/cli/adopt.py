"""``moulin adopt HOST…``: from switches that run already to an inventory and an ownership table."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.changing import show_errors, worst
from agent.cli.exits import Exit
from agent.cli.options import AsJson, read_settings
from agent.cli.output import err, out, print_json
from agent.cli.progress import watch_fleet
from agent.flows.adopt import Adopted, adopt, open_strangers, parse_way, read_witnesses

Ways = Annotated[
    list[str],
    typer.Argument(
        metavar="HOST…", help="Running switches: ADDRESS[:PORT] by SSH, https://ADDRESS by NX-API."
    ),
]
Into = Annotated[Path, typer.Option("--into", metavar="DIR", help="New folder for the inventory.")]
User = Annotated[
    str, typer.Option("--username", "-u", help="Who logs in; the password is the secret NAME_password.")
]
Own = Annotated[
    list[str] | None,
    typer.Option("--own", metavar="GLOB", help="Own these lines too, whatever the plan then says."),
]
Title = Annotated[str, typer.Option("--title", help="Name of the city.")]


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("adopt")(adopt_switches)


def adopt_switches(  # noqa: PLR0913 - the options of the verb
    hosts: Ways,
    *,
    into: Into,
    username: User = "admin",
    own: Own = None,
    title: Title = "Adopted city",
    as_json: AsJson = False,
) -> None:
    """Read running switches and propose their inventory; nothing on them is changed."""
    settings, secrets = read_settings(None)
    nornir = open_strangers([parse_way(host, username) for host in hosts], settings, secrets)
    with watch_fleet("reading", len(hosts)) as progress:
        harvest = read_witnesses(nornir, progress)
    if harvest.errors:
        show_errors(harvest.errors)
        err.print("nothing was written. leave them out, or make them answer", markup=False)
        raise typer.Exit(worst(harvest.errors))
    witnesses = [harvest.values[name] for name in nornir.inventory.hosts]
    tell(adopt(witnesses, into, settings, title=title, also=tuple(own or ())), as_json=as_json)


def tell(adopted: Adopted, *, as_json: bool) -> None:
    """What was written and what to do next; leaves with FAILED when the proposal must be mended first."""
    if as_json:
        print_json(
            {
                "folder": str(adopted.folder),
                "switches": list(adopted.switches),
                "owns": list(adopted.owns),
                "remarks": list(adopted.remarks),
                "findings": [str(finding) for finding in adopted.findings],
                "secrets": str(adopted.secrets) if adopted.secrets else None,
            }
        )
    else:
        _show(adopted)
    if adopted.findings:
        raise typer.Exit(Exit.FAILED)


def _show(adopted: Adopted) -> None:
    names = ", ".join(adopted.switches)
    out.print(f"{len(adopted.switches)} switches adopted into {adopted.folder}: {names}", markup=False)
    for remark in adopted.remarks:
        out.print(f"  {remark}", markup=False)
    if adopted.secrets:
        out.print(f"secrets that stood in clear: {adopted.secrets}, for MOULIN_SECRETS", markup=False)
    if adopted.findings:
        for finding in adopted.findings:
            err.print(str(finding), markup=False)
        then = f"nothing is owned until {len(adopted.findings)} places are mended"
        err.print(f"{then}: moulin check {adopted.folder}", markup=False)
    else:
        owns = f"owned from now on: {len(adopted.owns)} kinds of lines, see ownership.yaml"
        out.print(owns, markup=False)
        out.print(f"next: moulin plan --inventory {adopted.folder}", markup=False)
