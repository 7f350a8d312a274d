"""How long the pages take on the server: 300 switches with 10,200 ports that are meant to be up.

Behind them 400 days of availability by the hour, and 10,000 events.

.venv/bin/python bench/pages.py            # prints the table
.venv/bin/python bench/pages.py --write    # and puts it into bench/RESULTS.md
"""

from __future__ import annotations

import argparse
import asyncio
import platform
import statistics
import time
from typing import Any

from section import write_section

from agent import metrics as m
from agent.collect.poll import Poll
from agent.collect.source import Holding
from agent.flows.watch import Watch
from agent.intent.expectation import Expectations, ExpectedNeighbor, ExpectedPort, ExpectedService, Target
from agent.metrics import Page, Sample
from agent.metrics.roll import Rolls, Tally
from agent.records import Event, Observed
from agent.settings import Secrets
from agent.web.app import create_app

SWITCHES, PORTS, ROUNDS = 300, 34, 15
SERVICES = ("cctv", "voice", "wifi", "doors")
PATHS = (
    "/",
    "/map",
    "/switch/sw-007",
    "/events",
    "/find?kind=camera&q=rue",
    "/public",
    "/api/city",
    "/api/services",
)


def build_city() -> Expectations:
    """Switches at 60 sites under two cores."""
    names = [f"sw-{number:03}" for number in range(SWITCHES)]
    targets = tuple(
        Target(name, "127.0.0.1", 161, "ro", f"site-{n % 60:02}", "core" if n < 2 else "building", "n9k")
        for n, name in enumerate(names)
    )
    ports = tuple(
        ExpectedPort(
            name, f"Ethernet1/{port}", "camera" if port % 4 == 0 else "phone", SERVICES[port % 4],
            f"site-{n % 60:02}", "town", f"E-{n}-{port}", f"rue {n} {port}", 3.0,
        )
        for n, name in enumerate(names)
        for port in range(1, PORTS + 1)
    )  # fmt: skip
    neighbors = tuple(
        ExpectedNeighbor(*ends)
        for n, name in enumerate(names[2:])
        for core in names[:2]
        for ends in (
            (core, f"Ethernet3/{n + 1}", name, f"Ethernet1/{49 + int(core[-1])}"),
            (name, f"Ethernet1/{49 + int(core[-1])}", core, f"Ethernet3/{n + 1}"),
        )
    )
    services = tuple(ExpectedService(name, "team", 0.995) for name in SERVICES)
    return Expectations(targets, ports, neighbors, (), services=services)


def build_pages(city: Expectations) -> dict[str, Page]:
    """What every switch says: 52 ports, of 10 metrics; one in a hundred is dark."""
    pages, rolls = {}, Rolls()
    for number, target in enumerate(city.targets):
        page = pages[target.device] = Page()
        page.add(Sample(m.UPTIME, (target.device,), 1e6))
        for port in range(1, 53):
            where = (target.device, f"Ethernet1/{port}")
            up = int((number * 52 + port) % 100 != 0)
            for metric, value in (
                (m.INTERFACE_UP, up),
                (m.INTERFACE_ADMIN_UP, 1),
                (m.INTERFACE_LAST_CHANGE, 5e5),
                (m.INTERFACE_SPEED, 125e6),
                (m.INTERFACE_RX_BYTES, 7e9),
                (m.INTERFACE_TX_BYTES, 7e9),
                (m.INTERFACE_RX_ERRORS, 0),
                (m.INTERFACE_TX_ERRORS, 0),
                (m.POE_WATTS, 6.5 * up),
                (m.POE_DELIVERING, up),
            ):
                page.add(Sample(metric, where, value))
        page.families = {name: Tally.of(name, family, rolls) for name, family in page.families.items()}
    return pages


class Told:
    """A source that holds the pages."""

    name = "told"

    def __init__(self, pages: dict[str, Page], at: float) -> None:
        self._pages, self._at = pages, at

    def devices(self) -> list[str]:
        """All of them."""
        return list(self._pages)

    def holding(self, device: str) -> Holding:
        """What the switch says, as if polled every 30 s."""
        return Holding(self._pages[device].families, self._at, 30)


async def ask(app: Any, path: str) -> tuple[float, int]:
    """(seconds on the server, bytes that left it) of one GET with gzip."""
    where, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": where, "raw_path": where.encode(), "query_string": query.encode(),
        "headers": [(b"accept-encoding", b"gzip")], "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
    }  # fmt: skip
    size, status = 0, 0
    over = asyncio.Event()

    async def receive() -> dict[str, Any]:
        if over.is_set():
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        nonlocal size, status
        status = message.get("status", status)
        size += len(message.get("body", b""))

    start = time.perf_counter()
    await app(scope, receive, send)
    spent = time.perf_counter() - start
    assert status == 200, (path, status)
    return spent, size


async def measure() -> list[str]:
    """Rows of the table."""
    city = build_city()
    pages = build_pages(city)
    now = time.time()
    polls = {name: Poll(name, now, 0.1, success=True, problem="", page=page) for name, page in pages.items()}
    watch = Watch(city, Secrets({"ro": "x"}))
    watch.add_source(Told(pages, now))
    watch.last = polls.get  # type: ignore[method-assign]  # no SNMP here
    hours = {
        (name, int(now // 3600 - n) * 3600): Observed(9e6, 1, 9) for name in SERVICES for n in range(1, 9600)
    }
    watch.accounts.start(hours, now - 30)
    watch.accounts.book(dict.fromkeys(SERVICES, (2550, 25, 0)), now, 75)
    for number in range(10_000):
        event = Event(now + number, f"sw-{number % 300:03}", "link-down", "Ethernet1/7", f"down {number}")
        watch.timeline.add(event)
    app = create_app(watch)
    rows = []
    for path in PATHS:
        asked = [await ask(app, path) for _ in range(ROUNDS)]
        times = sorted(spent for spent, _ in asked)
        rows.append(
            f"| `{path}` | {1000 * statistics.median(times):.1f} | {1000 * times[-1]:.1f} | {asked[0][1]:,} |"
        )
    return rows


def main() -> None:
    """Print the table; with --write put it into RESULTS.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    head = (
        f"`python bench/pages.py --write`: {SWITCHES} switches, {SWITCHES * PORTS:,} ports meant to be up, "
        f"{ROUNDS} requests each,\nPython {platform.python_version()}; gzip included."
    )
    table = ["| page | ms, median | ms, worst | bytes |", "|---|---|---|---|", *asyncio.run(measure())]
    body = "\n".join([head, "", *table])
    print(body)
    if options.write:
        write_section("Pages", body)


if __name__ == "__main__":
    main()
