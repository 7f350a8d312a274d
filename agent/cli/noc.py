"""``moulin noc build``: what the inventory means for those who watch."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.output import out, print_json
from agent.flows.noc import build_city_noc
from agent.noc.rules import RUNBOOKS
from agent.noc.write import NocPlaces
from agent.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the verbs."""
    noc = typer.Typer(
        help="Prometheus rules and Grafana dashboards from the inventory.", no_args_is_help=True
    )
    app.add_typer(noc, name="noc")

    @noc.callback()
    def root() -> None:
        """Prometheus rules and Grafana dashboards from the inventory."""

    @noc.command()
    def build(
        output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the files.")] = Path("noc"),
        moulin_address: Annotated[
            str, typer.Option(help="host:port of 'moulin watch', as Prometheus reaches it.")
        ] = "",
        interval: Annotated[int, typer.Option(min=5, max=3600, help="Seconds between two scrapes.")] = 60,
        runbooks: Annotated[str, typer.Option(help="Address before /<alert>.md.")] = RUNBOOKS,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    ) -> None:
        """Write prometheus.yml, rules with their tests, and dashboards."""
        settings = Settings()
        places = NocPlaces(moulin_address or settings.listen, interval, runbooks)
        files = build_city_noc(settings, output, places)
        if as_json:
            print_json([str(file) for file in files])
        else:
            for file in files:
                out.print(str(file), markup=False)
