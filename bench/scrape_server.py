"""Moulin's pages of many devices at one responder.

``python -m bench.scrape_server COUNT PORT SECRET [TABLES]`` prints the port of its pages.
``/probe?target=sw-0`` polls and answers, as snmp_exporter does. With a folder of tables, these are read, and
nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from dataclasses import replace
from pathlib import Path

import uvicorn

from agent.collect.tables.load import load_tables, standard_tables
from agent.collect.tables.table import Tables
from agent.flows.watch import Watch, WatchOptions
from agent.intent.calm import calm_collector
from agent.intent.expectation import Expectations, Target
from agent.web.app import create_app


def every_time(tables: Tables) -> Tables:
    """The same tables, all read at every poll: entity names and optics too."""
    return replace(tables, groups=tuple(replace(group, every_seconds=0.0) for group in tables.groups))


async def main() -> None:
    count, port, secret = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    tables = load_tables([Path(sys.argv[4])]) if len(sys.argv) > 4 else every_time(standard_tables())
    targets = tuple(
        Target(f"sw-{number}", "127.0.0.1", port, "bench", "bench", "leaf", "nxos") for number in range(count)
    )
    expectations = Expectations(targets, (), (), ())
    options = WatchOptions(cache_seconds=0.0, deadline_seconds=60.0, tables=tables)
    watch = Watch(expectations, {"bench": secret}, options)
    await watch.open()
    server = uvicorn.Server(
        uvicorn.Config(create_app(watch), port=0, log_level="warning", lifespan="off", access_log=False)
    )
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110  # uvicorn has no event for it
        await asyncio.sleep(0.01)
    print(server.servers[0].sockets[0].getsockname()[1], flush=True)
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await watch.close()


if __name__ == "__main__":
    calm_collector()  # as the command does
    asyncio.run(main())
