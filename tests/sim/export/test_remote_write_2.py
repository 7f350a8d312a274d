"""Remote write 2.0 into a real Prometheus 3; into one of 1.0 only, the same samples arrive as 1.0."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
import requests

from agent import metrics as m
from agent.export.remote.destination import Destination
from agent.flows.remote_write import join_remote_write
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, Target
from tests.sim.export.stores import Store, prometheus, running, until


def push(store: Store, port: int, state: Path) -> tuple[int, float]:
    """(version that was spoken in the end, samples given up) after a device's ports have arrived."""

    async def main() -> tuple[int, float]:
        target = Target("leaf-1", "127.0.0.1", port, "ro", "hall", "leaf", "n9k")
        options = WatchOptions(interval_seconds=1, deadline_seconds=5)
        watch = Watch(Expectations((target,), (), (), ()), {"ro": "public"}, options)
        receiver = Destination(name="p", url=f"{store.url}/api/v1/write")
        feed = join_remote_write(watch, [receiver], state, {})
        stop = asyncio.Event()
        await watch.open()
        task = asyncio.create_task(watch.run(stop))
        query = 'count_over_time(net_interface_receive_bytes_total{instance="leaf-1"}[1m]) >= 2'
        try:
            await asyncio.to_thread(until, lambda: len(store.query(query)) == 48, "two rounds of its ports")
        finally:
            stop.set()
            await task
            await watch.close()
        sender = feed.senders[0]
        return sender.version, float(sum(sender.sent.dropped.values()))

    return asyncio.run(main())


def test_version_2_with_types_and_help(snmp_port: int, tmp_path: Path) -> None:
    binary = os.environ.get("MOULIN_PROMETHEUS_3", "")
    if not binary:
        pytest.skip("MOULIN_PROMETHEUS_3 does not name a Prometheus of version 3")
    storage = f"--storage.tsdb.path={tmp_path / 'data'}"
    store = prometheus(tmp_path / "prometheus", "", storage, "--web.enable-remote-write-receiver")
    store.command[0] = binary
    with running(store) as prom:
        assert push(prom, snmp_port, tmp_path / "queues") == (2, 0.0)
        assert "Out of order" not in prom.log.read_text()


def test_a_receiver_of_version_1_misses_nothing(snmp_port: int, tmp_path: Path) -> None:
    storage = f"--storage.tsdb.path={tmp_path / 'data'}"
    store = prometheus(tmp_path / "prometheus", "", storage, "--web.enable-remote-write-receiver")
    with running(store) as prom:
        build = requests.get(f"{prom.url}/api/v1/status/buildinfo", timeout=5).json()["data"]["version"]
        version, dropped = push(prom, snmp_port, tmp_path / "queues")
        assert dropped == 0
        assert version == (1 if build.startswith("2.") else 2)
        up = prom.query('up{job="switches",instance="leaf-1",site="hall",role="leaf",platform="n9k"}')
        assert [one["value"][1] for one in up] == ["1"]
        assert len(prom.query(m.POLL_SUCCESS.name)) == 1
