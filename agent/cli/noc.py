"""``moulin noc build``: what the inventory means for those who watch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import AsJson, Inventory, settings_of
from agent.cli.output import out, print_json
from agent.flows.noc import build_city_noc
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
    inventory: Inventory = None,
    as_json: AsJson = False,
) -> None:
    """Write prometheus.yml, alertmanager.yml, rules with their tests, and dashboards."""
    settings = settings_of(inventory)
    every = interval or max(5, round(settings.poll_interval_seconds))
    places = NocPlaces(
        moulin_address or settings.listen, every, runbooks, snmp_names, alertmanager, token_file
    )
    files = build_city_noc(settings, output, places)
    if as_json:
        print_json([str(file) for file in files])
    else:
        for file in files:
            out.print(str(file), markup=False)
