"""``moulin render``: what the inventory means for every switch, as configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.output import out, print_json
from agent.flows.render import render_city, write_configs
from agent.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the verb."""

    @app.command()
    def render(
        limit: Annotated[str, typer.Option(help="Names of switches; globs, separated by commas.")] = "*",
        output: Annotated[
            Path | None, typer.Option("--output", "-o", help="Folder for one file per switch.")
        ] = None,
        show_secrets: Annotated[
            bool, typer.Option("--show-secrets", help="Put the secrets in, instead of <hidden>.")
        ] = False,
        as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
    ) -> None:
        """Render the complete configuration of every switch from the inventory."""
        texts = render_city(Settings(), limit, show_secrets=show_secrets)
        if output is not None:
            files = write_configs(texts, output)
            if as_json:
                print_json([str(file) for file in files])
            else:
                out.print(f"{len(files)} configurations in {output}", markup=False)
        elif as_json:
            print_json(texts)
        else:
            for device, text in texts.items():
                out.print(f"!! {device}\n{text}", markup=False)
