"""Two sets of sharded collectors, two scrapers, one store: one of each dies, nothing is missing."""

from __future__ import annotations

import shutil
import subprocess
import time
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from agent import metrics as m
from agent.export.discovery import Shard
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, ExpectedPort, Target
from agent.noc.scale import Collector, build_scraper
from agent.web.serve import RunningWatch
from tests.sim.export.stores import Store, prometheus, running, until, victoria

INTERVAL, SHARDS = 3, 2
NAMES = tuple(f"leaf-{number}" for number in range(4))
RX = f'{m.INTERFACE_RX_BYTES.name}{{interface="Ethernet1/1"}}'


def part(port: int, shard: Shard) -> Expectations:
    """What ``moulin watch --shard`` makes of the city."""
    held = [name for name in NAMES if shard.holds(name)]
    targets = tuple(Target(name, "127.0.0.1", port, "ro", "hall", "leaf", "n9k") for name in held)
    ports = tuple(
        ExpectedPort(name, "Ethernet1/1", "camera", "cctv", "hall", "town", f"CAM-{name}", "x")
        for name in held
    )
    return replace(Expectations(targets, (), (), ()), ports=ports)


def collect(stack: ExitStack, port: int) -> dict[str, tuple[RunningWatch, Collector]]:
    found = {}
    for set_name in "ab":
        for number in range(SHARDS):
            city = part(port, Shard(number, SHARDS))
            options = WatchOptions(interval_seconds=INTERVAL / 2, deadline_seconds=5)
            watch = RunningWatch(
                lambda city=city, options=options: Watch(city, {"ro": "public"}, options), "127.0.0.1:0"
            )
            watch.start()
            stack.callback(watch.stop)
            one = Collector(set_name, number, SHARDS, watch.url.removeprefix("http://"))
            found[one.name] = (watch, one)
    return found


def scraper(folder: Path, collectors: list[Collector], store: str) -> Store:
    config = yaml.safe_dump(build_scraper(collectors, f"{store}/api/v1/write", INTERVAL))
    found = prometheus(folder, config, "--enable-feature=agent", f"--storage.agent.path={folder / 'wal'}")
    promtool = shutil.which("promtool")
    if promtool is not None:
        command = [promtool, "check", "config", "--agent", str(folder / "prometheus.yml")]
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    return found


def test_a_collector_and_a_scraper_die_and_no_gap_is_longer_than_two_intervals(
    snmp_port: int, tmp_path: Path
) -> None:
    assert {Shard(number, SHARDS).holds(name) for number in range(SHARDS) for name in NAMES} == {True, False}
    with ExitStack() as stack:
        watches = collect(stack, snmp_port)
        vm = stack.enter_context(running(victoria(tmp_path / "vm", f"-dedup.minScrapeInterval={INTERVAL}s")))
        collectors = [one for _, one in watches.values()]
        scrapers = [
            stack.enter_context(running(scraper(tmp_path / name, collectors, vm.url)))
            for name in ("one", "two")
        ]

        def rounds(least: int) -> bool:
            times = vm.samples(RX)
            return set(times) == set(NAMES) and min(len(one) for one in times.values()) >= least

        until(lambda: rounds(3), "three rounds of every switch")
        died = time.time()
        watches["a-0"][0].stop()
        scrapers[0].kill()
        until(
            lambda: all(times[-1] > died + 2.5 * INTERVAL for times in vm.samples(RX).values()),
            "rounds after",
        )
        for device, times in vm.samples(RX).items():
            gaps = [later - earlier for earlier, later in pairwise(times)]
            assert max(gaps) <= 2 * INTERVAL, (device, gaps)
            assert len(times) <= (times[-1] - times[0]) / INTERVAL + 2, "what came twice is still there"
        up = {
            (one["metric"]["instance"], one["metric"]["collector"]): one["value"][1] for one in vm.query("up")
        }
        assert up["a-0", "a"] == "0"
        assert up["b-0", "b"] == "1"
        assert all(up[name, "b"] == "1" for name in NAMES)
        meant = vm.query(f"count by (device) ({m.EXPECTED_INTERFACE_UP.name})")
        assert {one["metric"]["device"]: one["value"][1] for one in meant} == dict.fromkeys(NAMES, "1")


@pytest.mark.parametrize("count", [1, 3])
def test_every_collector_is_scraped_once_for_its_switches_and_once_for_itself(count: int) -> None:
    collectors = [Collector(name, number, count, f"h{number}:1") for name in "ab" for number in range(count)]
    jobs = [job["job_name"] for job in build_scraper(collectors, "http://store")["scrape_configs"]]
    assert len(set(jobs)) == len(jobs) == 4 * count
