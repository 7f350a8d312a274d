"""Answers for Prometheus: made once for who asks together, in the format and the encoding asked for."""

from __future__ import annotations

import asyncio
import gzip
import random
import time
from collections.abc import Awaitable, Callable

import pytest
from starlette.requests import Request
from starlette.responses import Response

from agent import metrics as m
from agent.collect.poll import Clocks, Poll
from agent.errors import UnreachableError, UsageError
from agent.export.exposition import OPENMETRICS, TEXT
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, Target
from agent.metrics import Page, Sample
from agent.web import exposed
from agent.web.exposed import DevicePages, Wanted, find_target


def request(query: str = "", **headers: str) -> Request:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "query_string": query.encode(), "headers": pairs})


def polled(watch: Watch, device: str, value: int = 1, ports: int = 1) -> None:
    page = Page()
    for number in range(ports):
        page.add(Sample(m.INTERFACE_UP, (device, f"Ethernet1/{number}"), value))
    watch.polling.note(Poll(device, watch.clocks.unix(), 0.0, success=True, problem="", page=page))


def use(do: Callable[[Watch, DevicePages], Awaitable[None]], **options: int) -> None:
    async def main() -> None:
        targets = tuple(
            Target(f"sw-{n}", f"127.0.0.{n + 1}", 161, "ro", "hall", "leaf", "n9k") for n in range(3)
        )
        watch = Watch(
            Expectations(targets, (), (), ()),
            {"ro": "public"},
            WatchOptions(**options),
            clocks=Clocks(time.monotonic, time.time),
            chance=random.Random(1),
        )
        async with asyncio.timeout(20):
            await do(watch, DevicePages(watch))

    asyncio.run(main())


def test_who_asks_together_gets_one_page_and_news_make_another(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    make = exposed._make_fleet
    monkeypatch.setattr(exposed, "_make_fleet", lambda *given: made.append(given) or make(*given))

    async def do(watch: Watch, pages: DevicePages) -> None:
        for number in range(3):
            polled(watch, f"sw-{number}")
        answers = await asyncio.gather(*(pages.fleet(request(accept_encoding="gzip")) for _ in range(9)))
        await pages.fleet(request(accept_encoding="gzip"))
        assert len(made) == 1
        assert len({bytes(answer.body) for answer in answers}) == 1
        assert answers[0].headers["content-encoding"] == "gzip"
        assert gzip.decompress(bytes(answers[0].body)).count(b"net_interface_up{") == 3
        polled(watch, "sw-0", value=0)
        again = await pages.fleet(request(accept_encoding="gzip"))
        assert len(made) == 2
        assert b'{device="sw-0",interface="Ethernet1/0"} 0' in gzip.decompress(bytes(again.body))

    use(do)


def test_formats_and_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    async def do(watch: Watch, pages: DevicePages) -> None:
        for number in range(3):
            polled(watch, f"sw-{number}")
        parts = [bytes((await pages.fleet(request(f"shard={n}/2"))).body) for n in range(2)]
        assert sum(part.count(b"net_interface_up{") for part in parts) == 3
        answer = await pages.fleet(request(accept="application/openmetrics-text"))
        assert answer.headers["content-type"] == OPENMETRICS
        assert bytes(answer.body).endswith(b"# EOF\n")
        with pytest.raises(UsageError, match="shard"):
            await pages.fleet(request("shard=2/2"))
        for number in range(40):
            await pages.fleet(request(f"shard=0/{number + 1}"))
        assert len(pages.fleets) == exposed.FLEET_PAGES

    use(do)


def test_limits_of_a_device_and_of_a_page_are_counted() -> None:
    async def do(watch: Watch, pages: DevicePages) -> None:
        polled(watch, "sw-0", ports=50)
        polled(watch, "sw-1", ports=15)
        polled(watch, "sw-2", ports=15)
        text = pages.device(request(), "sw-0").body.decode()
        assert 'moulin_dropped_series{device="sw-0"} 50' in text
        assert watch.health.dropped["device"] == 50
        fleet = (await pages.fleet(request())).body.decode()
        assert "net_interface_up" not in fleet
        assert watch.health.dropped["page"] == 30

    use(do, series_limit=20, page_limit=25)


def test_if_mib_is_read_once_for_all_and_a_failure_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []

    async def read(*_: object) -> Page:
        reads.append(1)
        await asyncio.sleep(0)
        if len(reads) == 1:
            raise UnreachableError("sw-0", "no answer", hint="wait")
        return Page()

    monkeypatch.setattr(exposed, "read_if_mib", read)

    async def do(watch: Watch, pages: DevicePages) -> None:
        await watch.open()
        try:
            found = await asyncio.gather(*(pages.if_mib("sw-0") for _ in range(3)), return_exceptions=True)
            assert [type(one) for one in found] == [UnreachableError] * 3
            texts = await asyncio.gather(*(pages.if_mib("sw-0") for _ in range(3)))
            assert len(set(texts)) == 1
            assert "snmp_scrape_duration_seconds" in texts[0]
            assert await pages.if_mib("sw-0") == texts[0]
            assert len(reads) == 2
        finally:
            await watch.close()

    use(do)


def test_targets_are_found_by_name_and_address() -> None:
    async def do(watch: Watch, _: DevicePages) -> None:
        assert find_target(watch, "sw-1") == "sw-1"
        assert find_target(watch, "127.0.0.3") == "sw-2"
        assert find_target(watch, "127.0.0.3:161") == "sw-2"
        assert find_target(watch, "127.0.0.3:162") is None
        assert find_target(watch, "") is None

    use(do)


def test_an_answer_varies_by_what_was_accepted() -> None:
    answer: Response = Wanted(TEXT, gzip=False).answer(b"x", squeezed=False)
    assert answer.headers["vary"] == "Accept, Accept-Encoding"
    assert "content-encoding" not in answer.headers
