"""``moulin noc build``: what the inventory means for those who watch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.exits import Exit
from agent.cli.options import AsJson, Inventory, settings_of
from agent.cli.output import out, print_json
from agent.flows.noc import build_city_noc, check_city_noc
from agent.noc.rules import RUNBOOKS
from agent.noc.write import NocPlaces

Output = Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder for the files.")]
Address = Annotated[
    str,
    typer.Option(metavar="HOST:PORT", help="'moulin watch' as Prometheus reaches it; else MOULIN_LISTEN."),
]
Interval = Annotated[
    int | None,
    typer.Option(min=5, max=3600, help="Seconds between two scrapes; else MOULIN_POLL_INTERVAL_SECONDS."),
]
Runbooks = Annotated[str, typer.Option(metavar="URL", help="Address before /<alert>.md.")]

Alertmanager = Annotated[
    str, typer.Option("--alertmanager", metavar="HOST:PORT", help="Alertmanager as Prometheus reaches it.")
]
TokenFile = Annotated[
    str,
    typer.Option(
        "--token-file",
        metavar="PATH",
        help="File with the secret web_alerts_token, where Alertmanager runs, if the watch asks for it.",
    ),
]
SnmpNames = Annotated[
    bool, typer.Option("--snmp-names", help="Record the names of snmp_exporter too (ifHCInOctets, …).")
]

Check = Annotated[
    bool,
    typer.Option("--check", help="Write nothing; exit 3 and name the files that a build would change."),
]

_HOW = {
    "missing": "missing. build it",
    "differs": "edited by hand, or older than the inventory. build it again, the edit is lost",
    "of nobody": "no file of Moulin's any more. remove it, or keep your own files elsewhere",
}


def register(app: typer.Typer) -> None:
    """Add ``noc build``."""
    noc = typer.Typer(no_args_is_help=True, help="Prometheus and Grafana files from the inventory.")
    noc.callback()(_noc)
    noc.command("build")(build)
    app.add_typer(noc, name="noc")


def _noc() -> None:
    """Prometheus and Grafana files from the inventory."""


def build(  # noqa: PLR0913 - the options of a verb
    *,
    output: Output = Path("noc"),
    moulin_address: Address = "",
    interval: Interval = None,
    runbooks: Runbooks = RUNBOOKS,
    snmp_names: SnmpNames = False,
    alertmanager: Alertmanager = "127.0.0.1:9093",
    token_file: TokenFile = "",
    check: Check = False,
    inventory: Inventory = None,
    as_json: AsJson = False,
) -> None:
    """Write Prometheus with rules and their tests, Alertmanager, Grafana's boards, and compose.yaml."""
    settings = settings_of(inventory)
    every = interval or max(5, round(settings.poll_interval_seconds))
    address = moulin_address or settings.listen
    places = NocPlaces(address, every, runbooks, snmp_names, alertmanager, token_file)
    if check:
        _check(check_city_noc(settings, output, places), output, as_json=as_json)
        return
    files = build_city_noc(settings, output, places)
    if as_json:
        print_json([str(file) for file in files])
    else:
        for file in files:
            out.print(str(file), markup=False)


def _check(changed: dict[str, str], folder: Path, *, as_json: bool) -> None:
    """Say which files are not as a build would write them: edited by hand, or older than the inventory."""
    if as_json:
        print_json({str(folder / name): how for name, how in changed.items()})
    else:
        for name, how in changed.items():
            out.print(f"{folder / name}: {_HOW[how]}", markup=False)
    if changed:
        raise typer.Exit(Exit.CHANGES)
