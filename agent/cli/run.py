"""``moulin run playbooks/X.py …``: a runbook with the exit codes and one-line errors of every verb."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from agent.cli.exits import Exit, exit_for
from agent.cli.output import print_error
from agent.errors import AgentError, UsageError
from agent.records import InventoryError

Script = Annotated[Path, typer.Argument(metavar="FILE", help="A runbook; what follows is its own.")]


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    settings = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
    app.command("run", context_settings=settings)(run)


def run(context: typer.Context, script: Script) -> None:
    """Run a runbook of playbooks/ with its own arguments; try --help after its name."""
    if not script.is_file():
        raise UsageError(f"{script}: no such file. runbooks are in playbooks/")
    before = sys.argv
    sys.argv = [str(script), *context.args]
    try:
        runpy.run_path(str(script), run_name="__main__")
    finally:
        sys.argv = before


def run_script(main: Callable[[], int]) -> None:
    """End a runbook that was called by itself as a verb would end: one line, the right code."""
    try:
        code = main()
    except InventoryError as error:
        for finding in error.findings:
            print_error(str(finding))
        code = Exit.USAGE
    except AgentError as error:
        print_error(str(error))
        code = exit_for(error)
    except typer.Exit as leaving:
        code = leaving.exit_code
    except typer.Abort:
        print_error("stopped: nothing was changed")
        code = Exit.CRASH
    sys.exit(code)
