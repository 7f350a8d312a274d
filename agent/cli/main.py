"""The ``moulin`` command: lists the verbs, turns expected failures into one line and an exit code."""

from __future__ import annotations

import importlib
import logging
import sys
from typing import Protocol, cast

import typer
from typer.exceptions import TyperException

from agent import __version__
from agent.cli.exits import Exit, exit_for
from agent.cli.output import print_error
from agent.errors import AgentError
from agent.intent.calm import calm_collector
from agent.records import InventoryError

VERBS: tuple[str, ...] = (
    "demo",
    "init",
    "adopt",
    "check",
    "render",
    "plan",
    "approve",
    "apply",
    "rollback",
    "resume",
    "history",
    "drift",
    "comply",
    "state",
    "backup",
    "restore",
    "run",
    "watch",
    "status",
    "top",
    "snmp",
    "doctor",
    "pin",
    "noc",
    "lab",
)
"""Modules of ``agent.cli``, in the order of ``moulin --help``; each has ``register(app)``."""


class _Verb(Protocol):
    def register(self, app: typer.Typer) -> None: ...


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"moulin {__version__}")
        raise typer.Exit


def build_app() -> typer.Typer:
    """The Typer application with every verb."""
    app = typer.Typer(
        name="moulin",
        help="One intent of a city's network, three outputs: configure, watch, report.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )

    @app.callback()
    def root(
        version: bool = typer.Option(
            False, "--version", callback=_show_version, is_eager=True, help="Show the version."
        ),
    ) -> None:
        """One intent of a city's network, three outputs: configure, watch, report."""

    for name in VERBS:
        cast("_Verb", importlib.import_module(f"agent.cli.{name}")).register(app)
    return app


def run(arguments: list[str]) -> int:
    """Run one verb and give its exit code; every expected failure is one line on stderr.

    A verb ends with ``raise typer.Exit(Exit.CHANGES)`` when its code is not 0.
    """
    logging.getLogger("napalm").setLevel(logging.CRITICAL)  # it logs what it then works around
    try:
        code = build_app()(arguments, prog_name="moulin", standalone_mode=False)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else Exit.OK
    except TyperException as error:
        if error.format_message():  # else a group was called by itself, and has shown its verbs
            print_error(_tell_usage(error))
        return Exit.USAGE
    except typer.Abort:
        print_error("not answered: nothing was done")
        return Exit.CRASH
    except InventoryError as error:
        for finding in error.findings:
            print_error(str(finding))
        return Exit.USAGE
    except AgentError as error:
        print_error(str(error))
        return exit_for(error)
    return code if isinstance(code, int) else Exit.OK


def _tell_usage(error: TyperException) -> str:
    """One line: the verb, what is wrong with its words, where to look."""
    context = getattr(error, "ctx", None)
    verb = context.command_path if context is not None else "moulin"
    problem = " ".join(error.format_message().split()).removesuffix(".")
    return f"{verb}: {problem[:1].lower()}{problem[1:]}. see: {verb} --help"


def main() -> None:
    """Entry point of the ``moulin`` command."""
    calm_collector()
    sys.exit(run(sys.argv[1:]))
