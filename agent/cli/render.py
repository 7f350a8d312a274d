"""``moulin render``: what the inventory means for every switch, as configuration."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.options import AsJson, Inventory, Limit, settings_of
from agent.cli.output import out, print_json
from agent.flows.render import render_city, write_configs

Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="DIR", help="Folder for one file per switch.")
]
ShowSecrets = Annotated[bool, typer.Option("--show-secrets", help="Put the secrets in, instead of <hidden>.")]


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("render")(render)


def render(
    *,
    limit: Limit = "*",
    output: Output = None,
    show_secrets: ShowSecrets = False,
    inventory: Inventory = None,
    as_json: AsJson = False,
) -> None:
    """Render the complete configuration of every switch from the inventory."""
    texts = render_city(settings_of(inventory), limit, show_secrets=show_secrets)
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
