"""``/snmp?module=if_mib`` and snmp_exporter itself read the same recording and must say the same."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families

from agent.collect import if_mib
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, Target
from agent.metrics import Kind
from agent.web.serve import RunningWatch

EXPORTER = shutil.which("prometheus-snmp-exporter")
FX3 = "nxos_n9k-c93180yc-fx3"
LOOKUPS = {"ifAlias": "31.1.1.1.18", "ifDescr": "2.2.1.2", "ifName": "31.1.1.1.1"}


def exporter_config(community: str) -> dict[str, Any]:
    """The module as its generator writes it: types and lookups, nothing of ours but names and OIDs."""
    lookups = [
        {"labels": ["ifIndex"], "labelname": name, "oid": f"1.3.6.1.2.1.{oid}", "type": "DisplayString"}
        for name, oid in LOOKUPS.items()
    ]
    rows = {"indexes": [{"labelname": "ifIndex", "type": "gauge"}], "lookups": lookups}
    metrics: list[dict[str, Any]] = []
    for metric in if_mib.METRICS:
        about, _, oid = metric.help.rpartition(" - ")
        if metric.name.startswith("snmp_"):
            continue
        entry = {
            "name": metric.name.removesuffix("_info"),
            "oid": oid,
            "help": about,
            "type": metric.kind.value,
        }
        if metric is if_mib.IF_TYPE:
            entry |= {"type": "EnumAsInfo", "enum_values": if_mib._TYPES}
        elif metric is if_mib.IF_MAC:
            entry["type"] = "PhysAddress48"
        if metric.labels:
            entry |= rows
        metrics.append(entry)
    module = {
        "walk": ["1.3.6.1.2.1.2", "1.3.6.1.2.1.31.1.1"],
        "get": ["1.3.6.1.2.1.1.3.0"],
        "metrics": metrics,
        "version": 2,
        "auth": {"community": community},
    }
    return {"if_mib": module}


@contextmanager
def run_exporter(folder: Path, community: str) -> Iterator[str]:
    assert EXPORTER is not None
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
    config = folder / "snmp.yml"
    config.write_text(yaml.safe_dump(exporter_config(community)))
    command = [EXPORTER, f"--config.file={config}", f"--web.listen-address=127.0.0.1:{port}"]
    log = folder / "log"
    with (
        log.open("wb") as out,
        subprocess.Popen(command, stdout=out, stderr=out, env=dict(os.environ)) as process,
    ):
        try:
            limit = time.monotonic() + 20
            while True:
                try:
                    requests.get(f"http://127.0.0.1:{port}/", timeout=2)
                    break
                except requests.ConnectionError:
                    assert process.poll() is None, log.read_text()
                    assert time.monotonic() < limit, log.read_text()
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def read_series(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if not sample.name.startswith(("snmp_scrape", "go_", "process_"))
    }


def read_types(text: str) -> set[str]:
    return {line for line in text.splitlines() if line.startswith("# TYPE if")}


@pytest.mark.skipif(EXPORTER is None, reason="prometheus-snmp-exporter is not installed")
def test_the_same_recording_gives_the_same_series(responder: Any, tmp_path: Path) -> None:
    target = Target(FX3, *responder.address, FX3, "hall", "leaf", "n9k")
    expectations = Expectations((target,), (), (), ())
    query = {"module": "if_mib"}
    options = WatchOptions(deadline_seconds=60, interval_seconds=60)
    with (
        run_exporter(tmp_path, FX3) as exporter,
        RunningWatch(lambda: Watch(expectations, {FX3: FX3}, options), "127.0.0.1:0") as ours,
    ):
        address = f"127.0.0.1:{responder.address[1]}"
        theirs = requests.get(f"{exporter}/snmp", params={"target": address, **query}, timeout=90)
        own = requests.get(f"{ours.url}/snmp", params={"target": FX3, **query}, timeout=90)
        by_address = requests.get(f"{ours.url}/snmp", params={"target": address, **query}, timeout=90)
        wrong = requests.get(f"{ours.url}/snmp", params={"target": FX3, "module": "cisco"}, timeout=30)
        stranger = requests.get(f"{ours.url}/snmp", params={"target": "127.0.0.9"}, timeout=30)
    assert (theirs.status_code, own.status_code) == (200, 200), theirs.text
    expected, found = read_series(theirs.text), read_series(own.text)
    assert len(expected) > 1000
    uptime = ("sysUpTime", frozenset[tuple[str, str]]())
    assert expected.pop(uptime, None) == found.pop(uptime, None)
    assert found.keys() == expected.keys()
    assert {key: value % 2**53 for key, value in found.items()} == expected
    assert read_types(own.text) == read_types(theirs.text)
    assert own.text == by_address.text  # read once for both
    assert (wrong.status_code, stranger.status_code) == (400, 404)
    assert {metric.kind for metric in if_mib.METRICS} == {Kind.GAUGE, Kind.COUNTER}
