"""``moulin watch``: the daemon that polls the city and serves its pages."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import typer

from agent.cli.exits import Exit
from agent.cli.options import AsJson, Inventory, read_settings
from agent.cli.output import out, print_json, print_table
from agent.collect.poll import Poll
from agent.collect.tables.load import city_tables
from agent.errors import UsageError
from agent.export.discovery import Shard, read_shard
from agent.export.remote.destination import load_destinations
from agent.flows.attend import attend
from agent.flows.chronicle import Chronicle
from agent.flows.glass import read_broken
from agent.flows.reloading import Reloading, join_reloading, read_part
from agent.flows.remote_write import join_remote_write
from agent.flows.streaming import add_streams
from agent.flows.tickets import open_desk
from agent.flows.watch import Watch, WatchOptions
from agent.flows.works import join_works
from agent.intent.load import load_city
from agent.settings import Secrets, Settings, load_secrets
from agent.web.app import Front
from agent.web.guard import Access, access_for
from agent.web.serve import open_listener, read_listen, serve

Listen = Annotated[
    str | None, typer.Option("--listen", metavar="HOST:PORT", help="Where the pages are; else MOULIN_LISTEN.")
]
Interval = Annotated[
    float | None,
    typer.Option("--interval", metavar="SECONDS", min=1.0, help="Time between polls of one switch."),
]
TrapsListen = Annotated[
    str | None,
    typer.Option(
        "--traps-listen",
        metavar="HOST:PORT",
        help="Where traps and informs are heard, or off; else MOULIN_TRAPS_LISTEN, else the trap receiver "
        "of the inventory.",
    ),
]
SyslogListen = Annotated[
    str | None,
    typer.Option(
        "--syslog-listen",
        metavar="HOST:PORT",
        help="Where lines of syslog are heard, or off; else MOULIN_SYSLOG_LISTEN, else the syslog server of "
        "the inventory.",
    ),
]
WorkersOption = Annotated[
    int, typer.Option("--workers", metavar="N", min=1, max=64, help="Processes that poll; one per core.")
]
ShardOption = Annotated[
    str,
    typer.Option("--shard", metavar="I/N", help="Watch one of N equal parts of the switches, from 0/N."),
]
Once = Annotated[bool, typer.Option("--once", help="Poll every switch once, show the outcome, end.")]


@dataclass(frozen=True, slots=True)
class _How:
    """What the options say of polling."""

    interval_seconds: float
    workers: int
    shard: Shard | None


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("watch")(watch)


def watch(  # noqa: PLR0913  # the options of a verb
    *,
    listen: Listen = None,
    interval: Interval = None,
    traps_listen: TrapsListen = None,
    syslog_listen: SyslogListen = None,
    workers: WorkersOption = 1,
    shard: ShardOption = "",
    once: Once = False,
    inventory: Inventory = None,
    as_json: AsJson = False,
) -> None:
    """Poll every switch of the inventory and serve metrics, discovery and a status page until Ctrl-C.

    Changes of the inventory are taken in while it runs, SIGHUP takes them in at once.
    """
    settings, secrets = read_settings(inventory)
    how = _How(interval or settings.poll_interval_seconds, workers, read_shard(shard))
    if once:
        polls = asyncio.run(_poll_once(_make_watch(settings, secrets, how)))
        show_polls(polls, as_json=as_json)
        raise typer.Exit(Exit.OK if all(poll.success for poll in polls.values()) else Exit.FAILED)
    asked = {"traps_listen": traps_listen, "syslog_listen": syslog_listen}
    settings = settings.model_copy(update={name: text for name, text in asked.items() if text is not None})
    watching = _make_watch(settings, secrets, how)
    reloading = _join(watching, settings, secrets, how)
    remarks = add_streams(watching, settings, secrets)
    remarks += attend(watching, load_city(settings.inventory), secrets, settings)
    address = listen or settings.listen
    join_works(watching, settings)
    access = _access(address, settings, secrets)
    front = Front(Chronicle(settings), access, open_desk(watching, settings, secrets))
    asyncio.run(_serve(watching, address, _Beside(remarks, front, reloading.ask)))


def _access(listen: str, settings: Settings, secrets: Secrets) -> Access:
    """Who may read; refuses to show the city to everybody who reaches the address."""
    host, _ = read_listen(listen)
    access = access_for(host, secrets, settings.web_user_header, settings.web_engineers)
    if not (access.open or access.viewer or access.engineer or access.header):
        raise UsageError(
            f"--listen {listen} is not loopback and nobody would be asked who they are. "
            "set the secret web_viewer_token (and web_engineer_token), "
            "or MOULIN_WEB_USER_HEADER behind a proxy"
        )
    return access


def _join(watching: Watch, settings: Settings, secrets: Secrets, how: _How) -> Reloading:
    """Let the watch push, and follow its inventory."""
    if settings.remote_write is not None:
        receivers = load_destinations(settings.remote_write)
        join_remote_write(watching, receivers, settings.state / "remote-write", secrets)
    return join_reloading(
        watching,
        settings.inventory,
        lambda: (read_part(settings.inventory, how.shard), load_secrets(settings.secrets)),
        lambda: city_tables(settings.inventory),
    )


def _make_watch(settings: Settings, secrets: Secrets, how: _How) -> Watch:
    seconds = how.interval_seconds
    options = WatchOptions(
        interval_seconds=seconds,
        deadline_seconds=min(20.0, 0.8 * seconds),
        backend=settings.snmp_backend,
        workers=how.workers,
        series_limit=settings.series_limit,
        tables=city_tables(settings.inventory),
    )
    watching = Watch(read_part(settings.inventory, how.shard), secrets, options)
    watching.health.broken = read_broken(settings)
    return watching


async def _poll_once(watching: Watch) -> dict[str, Poll]:
    await watching.open()
    try:
        return await watching.poll_all()
    finally:
        await watching.close()


@dataclass(frozen=True, slots=True)
class _Beside:
    """What stands beside the watch: remarks for a person, the pages, what a hang-up asks for."""

    remarks: tuple[str, ...]
    front: Front
    reload: Callable[[], None]


async def _serve(watching: Watch, listen: str, beside: _Beside) -> None:
    listener = open_listener(listen)
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    loop.add_signal_handler(signal.SIGHUP, beside.reload)
    host, port = listener.getsockname()[:2]
    out.print(f"watching {len(watching.targets)} switches; pages at http://{host}:{port}/", markup=False)
    for remark in beside.remarks:
        out.print(remark, markup=False, highlight=False, soft_wrap=True)
    await serve(watching, listener, stop, front=beside.front)


def show_polls(polls: Mapping[str, Poll], *, as_json: bool) -> None:
    """Outcome of one round, a line per switch."""
    if as_json:
        print_json([_as_data(poll) for poll in polls.values()])
        return
    print_table(
        ("switch", "state", "series", "seconds", "remark"),
        (
            (poll.device, _state(poll), len(poll.page), f"{poll.seconds:.2f}", poll.problem)
            for poll in polls.values()
        ),
    )


def _as_data(poll: Poll) -> dict[str, object]:
    return {
        "device": poll.device,
        "state": _state(poll),
        "platform": poll.platform,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(poll.at)),
        "seconds": round(poll.seconds, 3),
        "series": len(poll.page),
        "partial": list(poll.partial),
        "problem": poll.problem,
    }


def _state(poll: Poll) -> str:
    if not poll.success:
        return "down"
    return "partial" if poll.partial else "up"
