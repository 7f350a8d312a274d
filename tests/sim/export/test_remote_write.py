"""Pushed to a real Prometheus and a real VictoriaMetrics; the writer is killed, the receiver goes away."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import requests

from tests.sim.export.stores import prometheus, running, until, victoria

INTERVAL = 4
DEVICES = ["leaf-1", "leaf-2"]
UP = 'up{job="switches"}'


@contextmanager
def watching(asked: dict[str, Any]) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, str(Path(__file__).with_name("watching.py")), json.dumps(asked)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def own(url: str, name: str) -> dict[str, float]:
    lines = requests.get(f"{url}/metrics", timeout=5).text.splitlines()
    return {
        line.rpartition(" ")[0].removeprefix(name): float(line.rpartition(" ")[2])
        for line in lines
        if line.startswith(name + "{")
    }


def test_killed_in_the_middle_nothing_is_missing_and_nothing_refused(snmp_port: int, tmp_path: Path) -> None:
    storage = f"--storage.tsdb.path={tmp_path / 'prometheus' / 'data'}"
    receiver = prometheus(
        tmp_path / "prometheus", "", storage, "--web.enable-remote-write-receiver", "--log.level=debug"
    )
    with running(receiver) as prom, running(victoria(tmp_path / "victoria")) as vm:
        asked = {
            "snmp": snmp_port,
            "devices": DEVICES,
            "interval": INTERVAL,
            "state": str(tmp_path / "queues"),
            "receivers": {"prom": f"{prom.url}/api/v1/write", "vm": f"{vm.url}/api/v1/write"},
        }
        with watching(asked) as (process, _):
            until(lambda: len(prom.query(UP)) == 2, "samples in Prometheus")
            until(lambda: len(vm.query(UP)) == 2, "samples in VictoriaMetrics")
            prom.kill()  # samples wait on disk from now on
            before = len(vm.samples(UP)["leaf-1"])
            until(lambda: len(vm.samples(UP)["leaf-1"]) >= before + 1, "one more round")
            process.kill()
            process.wait()
            killed = time.monotonic()
        asked["devices"] = DEVICES[:1]
        with watching(asked) as (_, url):
            # a machine that is slow to start a process makes a gap that no queue can fill
            most = max(2 * INTERVAL, INTERVAL + 1 + time.monotonic() - killed)
            prom.start()
            for store in (prom, vm):
                until(lambda store=store: len(store.samples(UP)["leaf-1"]) >= before + 3, "later rounds")
            for store in (prom, vm):
                times = store.samples(UP)["leaf-1"]
                assert max(later - earlier for earlier, later in pairwise(times)) <= most
                assert len(set(times)) == len(times)
            dropped = own(url, "moulin_remote_write_dropped_samples_total")
            assert len(dropped) == 6
            assert set(dropped.values()) == {0.0}
            assert set(own(url, "moulin_remote_write_samples_total")) == {
                '{destination="prom"}',
                '{destination="vm"}',
            }
        log = prom.log.read_text()
        assert "Out of order" not in log
        assert "uplicate" not in log
        assert len(prom.query('net_interface_receive_bytes_total{instance="leaf-1",site="hall"}')) == 48
