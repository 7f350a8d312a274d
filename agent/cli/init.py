"""``moulin init DIR``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.output import out, print_json
from agent.flows.init import write_scaffold, write_schemas


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("init")(init)


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write; must be new or empty.")],
    *,
    schemas_only: Annotated[
        bool, typer.Option("--schemas-only", help="Rewrite only the JSON Schemas in DIR.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Write a small valid inventory: two cores, one building, a few cameras and telephones."""
    written = write_schemas(folder) if schemas_only else write_scaffold(folder)
    if as_json:
        print_json({"written": [str(path) for path in written]})
    else:
        out.print(f"{len(written)} files written to {folder}", markup=False)
        if not schemas_only:
            out.print(f"next: moulin check {folder}", markup=False)
