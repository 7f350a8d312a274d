"""``moulin top``: the city live in a terminal."""

from __future__ import annotations

import sys
import time
from typing import Annotated

import typer

from agent.cli.options import read_settings
from agent.cli.status import Url
from agent.errors import UsageError
from agent.terminal.following import Following
from agent.terminal.line import WatchLine, open_line

Every = Annotated[
    float,
    typer.Option("--every", metavar="SECONDS", min=0.5, max=3600, help="Time between two looks."),
]


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("top")(top)


def top(*, url: Url = None, every: Every = 3.0) -> None:
    """Follow the city live: services, incidents, sites, switches, ports. Keys: ? lists them, q quits."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("moulin top needs a terminal. for scripts there is: moulin status --json")
    settings, secrets = read_settings(None)
    with open_line(url, settings.listen, secrets) as line:
        _show(line, every)


def _show(line: WatchLine, every: float) -> None:
    first = line.status()
    # textual costs other verbs more time than they take themselves
    from agent.terminal.top import TopApp  # noqa: PLC0415

    TopApp(Following(line, first, every, time.monotonic)).run()
