"""The inventory changes under a running watch: no gap for who stays, an end for who goes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from agent import metrics as m
from agent.collect.tables.load import city_tables
from agent.errors import UsageError
from agent.export.remote.destination import Destination
from agent.flows import reloading as module
from agent.flows.reloading import Reloading, join_reloading, read_part
from agent.flows.remote_write import join_remote_write
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, Target
from tests.sim.export.stores import prometheus, running, until

INVENTORY = Path(__file__).parents[3] / "inventory"


def city(port: int, names: str) -> Expectations:
    targets = (Target(name, "127.0.0.1", port, "ro", "hall", "leaf", "n9k") for name in names.split())
    return Expectations(tuple(targets), (), (), ())


def use(port: int, file: Path, do: Callable[[Watch, Reloading], Awaitable[None]], url: str = "") -> None:
    """A watch whose inventory is one file with names of switches."""

    def read() -> tuple[Expectations, Mapping[str, str]]:
        names = file.read_text()
        if "?" in names:
            raise UsageError(f"{file.name}:1: {names!r} is not a name")
        return city(port, names), {"ro": "public"}

    async def main() -> None:
        watch = Watch(*read(), WatchOptions(interval_seconds=1, deadline_seconds=5))
        reloading = join_reloading(watch, file.parent, read)
        if url:
            join_remote_write(watch, [Destination(name="p", url=url)], file.parent / "queue", {})
        stop = asyncio.Event()
        await watch.open()
        task = asyncio.create_task(watch.run(stop))
        try:
            async with asyncio.timeout(60):
                await do(watch, reloading)
        finally:
            stop.set()
            await task
            await watch.close()

    asyncio.run(main())


async def wait(condition: Callable[[], object]) -> None:
    while not condition():  # noqa: ASYNC110  # the timeout of the test bounds it
        await asyncio.sleep(0.02)


def test_files_and_signal_are_followed_and_mistakes_told_once(
    snmp_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.1)
    file = tmp_path / "names.yaml"
    file.write_text("leaf-1 leaf-2")

    async def do(watch: Watch, reloading: Reloading) -> None:
        await wait(lambda: len(watch.polling.devices()) == 2)
        poller = watch.polling._pollers["leaf-1"]
        file.write_text("leaf-1 leaf-3")
        await wait(lambda: "leaf-3" in watch.targets)
        assert watch.block("leaf-1").families.keys() > {m.INTERFACE_UP.name}  # what is known stays known
        assert watch.polling._pollers["leaf-1"] is poller
        await wait(lambda: watch.polling.last_good("leaf-3"))
        assert watch.devices() == ["leaf-1", "leaf-3"]
        assert reloading.page().value(m.RELOAD_SUCCESS) == 1
        with caplog.at_level(logging.WARNING):
            file.write_text("leaf-1 ?")
            await wait(lambda: not reloading.success)
            reloading.ask()
            await wait(lambda: not reloading._asked.is_set())
        assert caplog.text.count("names.yaml:1") == 1
        assert reloading.page().value(m.RELOAD_SUCCESS) == 0
        assert watch.devices() == ["leaf-1", "leaf-3"]
        file.write_text("leaf-1")
        reloading.ask()
        await wait(lambda: reloading.success)
        assert watch.devices() == ["leaf-1"]

    use(snmp_port, file, do)


def test_tables_of_the_city_are_read_again_without_a_gap(
    snmp_port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.1)
    (tmp_path / "names.yaml").write_text("leaf-1 leaf-2")
    (tmp_path / "tables").mkdir()
    file = tmp_path / "tables" / "quiet.yaml"

    async def do(watch: Watch, reloading: Reloading) -> None:
        def ports() -> int:
            return len(watch.known("leaf-1").families[m.INTERFACE_UP.name])  # a gap is a KeyError

        reloading.tables = lambda: city_tables(tmp_path)
        await wait(lambda: len(watch.polling.devices()) == 2)
        assert ports() == 48
        before = watch.polling._pollers["leaf-1"]
        await reloading.reload()
        assert watch.polling._pollers["leaf-1"] is before  # the same tables, read again
        file.write_text("leave_out: {interface: 'Ethernet1/(?!1$)'}")
        await wait(lambda: ports() == 1)
        with caplog.at_level(logging.WARNING):
            file.write_text("leave_out: {interface: '('}")
            await wait(lambda: not reloading.success)
        assert "quiet.yaml:1" in caplog.text
        assert ports() == 1
        file.unlink()
        await wait(lambda: ports() == 48)

    use(snmp_port, tmp_path / "names.yaml", do)


def test_a_switch_that_leaves_ends_at_once_in_the_store(snmp_port: int, tmp_path: Path) -> None:
    """Stale markers: its series are gone from instant queries long before the look-back of 5 minutes."""
    file = tmp_path / "names.yaml"
    file.write_text("leaf-1 leaf-2")
    options = (f"--storage.tsdb.path={tmp_path / 'data'}", "--web.enable-remote-write-receiver")
    with running(prometheus(tmp_path / "prometheus", "", *options)) as prom:

        def ports(device: str) -> int:
            return len(prom.query(f'net_interface_up{{instance="{device}"}}'))

        async def do(watch: Watch, reloading: Reloading) -> None:
            await asyncio.to_thread(until, lambda: ports("leaf-2") == 48, "its ports")
            file.write_text("leaf-1")
            await reloading.reload()
            await asyncio.to_thread(until, lambda: ports("leaf-2") == 0, "their end", 20)
            assert await asyncio.to_thread(ports, "leaf-1") == 48

        use(snmp_port, file, do, f"{prom.url}/api/v1/write")


def test_a_shard_of_the_inventory_expects_its_own_switches_only() -> None:
    whole = read_part(INVENTORY, None)
    parts = [read_part(INVENTORY, module.Shard(number, 3)) for number in range(3)]
    for what in ("targets", "ports", "neighbors", "sessions"):
        split = [one for part in parts for one in getattr(part, what)]
        assert sorted(split, key=str) == sorted(getattr(whole, what), key=str)
    assert all(part.targets for part in parts)
