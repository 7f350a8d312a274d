"""``moulin demo``: the whole loop on the embedded city, live."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.text import Text

from agent.cli.exits import Exit
from agent.cli.output import out, print_error
from agent.cli.waiting import await_stop
from agent.errors import AgentError
from agent.flows.attend import attend
from agent.flows.chronicle import Chronicle
from agent.flows.demo import Demo, Stage, demo_settings
from agent.flows.streaming import add_streams
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations
from agent.intent.load import load_city
from agent.settings import Settings
from agent.web.app import Front
from agent.web.serve import RunningWatch


def register(app: typer.Typer) -> None:
    """Add the verb."""
    app.command("demo")(demo)


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="Run to the end and exit; 0 only when all held.")
    ] = False,
    listen: Annotated[
        str, typer.Option(help="Address of the pages; port 0 takes a free one.")
    ] = "127.0.0.1:9469",
) -> None:
    """Show the embedded city: planned, applied, watched, broken, alarmed. Stays until Ctrl-C."""
    base = Settings()
    settings = demo_settings(base.inventory, base.templates, base.state / "demo")
    address = "127.0.0.1:0" if once else listen

    @contextmanager
    def open_watch(city: Expectations, secrets: Mapping[str, str], interval: float) -> Iterator[str]:
        options = WatchOptions(interval_seconds=interval)
        front = Front(Chronicle(settings))

        def make() -> Watch:
            watching = Watch(city, secrets, options)
            # the certificates of the lab are made anew each time: there is nothing to compare them with
            lax = {"gnmi_trust": "anything", "stream_interval_seconds": interval}
            add_streams(watching, settings.model_copy(update=lax), secrets)
            attend(watching, load_city(settings.inventory), secrets, settings)
            return watching

        with RunningWatch(make, address, front) as watch:
            yield watch.url

    with out.status("") as status:
        play = Demo(settings, open_watch, lambda words: status.update(Text(f"  {words}"[:100], style="dim")))
        for asked in (signal.SIGINT, signal.SIGTERM):  # a shell's background job ignores the first
            signal.signal(asked, signal.default_int_handler)
        try:
            held = all(_show(stage) for stage in play.stages())
            if held:
                status.stop()
                _stay(play, once=once)
        except KeyboardInterrupt:
            held = False  # asked to stop before every stage held; the live city ends another way
        finally:
            status.update("ending")
            play.close()
    raise typer.Exit(Exit.OK if held else Exit.FAILED)


def _show(stage: Stage) -> bool:
    begun = time.monotonic()
    try:
        seen = stage.run()
    except AgentError as error:
        out.print(Text(f"✗ {stage.title}", style="red"))
        print_error(f"  {error}")
        return False
    spent = time.monotonic() - begun
    out.print(Text.assemble(("✓", "green"), f" {stage.title} ", (f"({spent:.1f} s)", "dim")))
    out.print(Text(f"  {seen}", style="cyan"))
    return True


def _stay(play: Demo, *, once: bool) -> None:
    out.print()
    for what, where in play.addresses():
        out.print(f"{what:>18}  {where}", markup=False)
    if not once:
        out.print("\nCtrl-C ends the city.")
        await_stop()
