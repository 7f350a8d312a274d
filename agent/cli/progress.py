"""Live progress on stderr, and Ctrl-C as a request instead of a crash."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from agent.apply.verdict import Stop
from agent.cli.output import err
from agent.flows.fleet import Progress as Report

LAST = frozenset({"done", "failed"})


@contextmanager
def watch_fleet(title: str, total: int) -> Iterator[Report]:
    """A bar on a terminal, silence elsewhere; hands out what flows call from their workers."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[words]}"),
    )
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(title, total=total, words="")

        def report(device: str, words: str) -> None:
            bar.update(task, advance=1 if words in LAST else 0, words=f"{device} {words}"[:60])

        yield report


@contextmanager
def stoppable() -> Iterator[Stop]:
    """While inside, Ctrl-C asks to stop: once lets the switches in hand finish, twice takes them back."""
    stop = Stop()

    def asked(_signal: int, _frame: FrameType | None) -> None:
        if stop.ask() == 1:
            err.print(
                "stopping: switches in hand are finished, no new one begins; Ctrl-C again takes them back"
            )
        else:
            err.print("stopping: switches in hand go back to where they were")

    before = signal.signal(signal.SIGINT, asked)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)
