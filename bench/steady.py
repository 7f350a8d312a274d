"""A real Prometheus scrapes many switches: ``python -m bench.steady [--devices 300] [--write]``.

``load_target.py`` answers for all switches; one watch (or ``--workers`` processes) polls them every
``--interval`` seconds, and Prometheus scrapes each through ``/probe`` at the same interval, found by ``/sd``.
Then Prometheus is asked: how many scrapes there were, how many were missed or failed, how long they took;
and the system, how much CPU and memory each process used. Exit code 1 when a scrape is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import requests
import yaml

from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, Target
from agent.noc.prometheus import build_prometheus
from agent.web.serve import open_listener, serve
from bench.section import write_section

MARK = "Ten minutes of Prometheus"
WARM_INTERVALS = 3
"""Prometheus spreads its first scrapes over an interval; counted from then on."""


@dataclass(frozen=True, slots=True)
class Used:
    """CPU seconds so far and resident MiB of a process and its children."""

    cpu: float
    mib: float

    @classmethod
    def of(cls, pid: int) -> Used:
        """As the kernel has it now."""
        cpu = mib = 0.0
        for one in (pid, *_children(pid)):
            stat = Path(f"/proc/{one}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            cpu += (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
            mib += int(stat[21]) * os.sysconf("SC_PAGE_SIZE") / 2**20
        return cls(cpu, mib)


def _children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [int(child) for child in found]


async def watch_all(port: int, asked: argparse.Namespace) -> None:
    """The watch, until it is told to end; prints its address."""
    names = (f"sw-{number}" for number in range(asked.devices))
    targets = tuple(Target(name, "127.0.0.1", port, "ro", "hall", "leaf", "n9k") for name in names)
    options = WatchOptions(
        interval_seconds=asked.interval, deadline_seconds=0.8 * asked.interval, workers=asked.workers
    )
    watch = Watch(Expectations(targets, (), (), ()), {"ro": "public"}, options)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    listener = open_listener("127.0.0.1:0")
    host, number = listener.getsockname()[:2]
    await serve(watch, listener, stop, lambda: print(f"{host}:{number}", flush=True))


def start(stack: ExitStack, command: list[str]) -> tuple[int, str]:
    """(process id, first line) of a process that ends with the stack."""
    process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
    stack.callback(process.terminate)
    assert process.stdout is not None
    return process.pid, process.stdout.readline().strip()


def start_prometheus(stack: ExitStack, room: Path, moulin: str, interval: int) -> tuple[int, str]:
    """(process id, URL)."""
    config = build_prometheus(moulin, interval)
    config.pop("rule_files")
    (room / "prometheus.yml").write_text(yaml.safe_dump(config), encoding="utf-8")
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{sock.getsockname()[1]}"
    log = stack.enter_context((room / "prometheus.log").open("wb"))
    command = ["prometheus", f"--config.file={room / 'prometheus.yml'}", f"--web.listen-address={address}"]
    process = stack.enter_context(
        subprocess.Popen([*command, f"--storage.tsdb.path={room / 'data'}"], stdout=log, stderr=log)
    )
    stack.callback(process.terminate)
    return process.pid, f"http://{address}"


def query(url: str, text: str) -> list[dict[str, Any]]:
    answer = requests.get(f"{url}/api/v1/query", params={"query": text}, timeout=60).json()
    assert answer["status"] == "success", json.dumps(answer)
    found: list[dict[str, Any]] = answer["data"]["result"]
    return found


def number(url: str, text: str) -> float:
    found = query(url, text)
    return float(found[0]["value"][1]) if found else 0.0


def judge(url: str, asked: argparse.Namespace, seconds: int) -> dict[str, float]:
    """What Prometheus saw in the last so many seconds."""
    jobs, span = 'job="switches"', f"[{seconds}s]"
    times = {
        one["metric"]["instance"]: [float(at) for at, _ in one["values"]]
        for one in query(url, f"up{{{jobs}}}{span}")
    }
    gaps = [later - earlier for one in times.values() for earlier, later in pairwise(one)]
    return {
        "switches": len(times),
        "scrapes": sum(len(one) for one in times.values()),
        "missed": sum(max(0, round(gap / asked.interval) - 1) for gap in gaps)
        + (asked.devices - len(times)) * (seconds // asked.interval),
        "failed": number(
            url, f"sum(count_over_time(up{{{jobs}}}{span}) - sum_over_time(up{{{jobs}}}{span}))"
        ),
        "polls_failed": number(url, f"sum(changes(moulin_polls_total{{outcome!='complete'}}{span}))"),
        "seconds_most": number(url, f"max(max_over_time(scrape_duration_seconds{{{jobs}}}{span}))"),
        "seconds_mean": number(url, f"avg(avg_over_time(scrape_duration_seconds{{{jobs}}}{span}))"),
        "series": number(url, f"sum(scrape_samples_scraped{{{jobs}}})"),
        "late": max(gaps, default=0.0),
    }


def run(asked: argparse.Namespace) -> tuple[dict[str, float], dict[str, tuple[Used, Used]], float]:
    """(what Prometheus saw, use of each process at start and end, wall seconds between)."""
    with ExitStack() as stack:
        room = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        target, line = start(stack, [sys.executable, "-m", "bench.load_target"])
        command = [sys.executable, "-m", "bench.steady", "--watch", line, "--devices", str(asked.devices)]
        command += ["--interval", str(asked.interval), "--workers", str(asked.workers)]
        moulin, address = start(stack, command)
        prometheus, url = start_prometheus(stack, room, address, asked.interval)
        pids = {"moulin watch": moulin, "Prometheus": prometheus, "load_target.py": target}
        time.sleep(WARM_INTERVALS * asked.interval)
        before, started = {name: Used.of(pid) for name, pid in pids.items()}, time.monotonic()
        time.sleep(asked.minutes * 60)
        after, wall = {name: Used.of(pid) for name, pid in pids.items()}, time.monotonic() - started
        seen = judge(url, asked, int(wall))
        return seen, {name: (before[name], after[name]) for name in pids}, wall


def report(
    asked: argparse.Namespace, outcome: tuple[dict[str, float], dict[str, tuple[Used, Used]], float]
) -> str:
    """The section of RESULTS.md."""
    seen, used, wall = outcome
    options = f"--devices {asked.devices} --interval {asked.interval} --minutes {asked.minutes:g}"
    mean, most = 1000 * seen["seconds_mean"], 1000 * seen["seconds_most"]
    lines = [
        f"`python -m bench.steady {options} --workers {asked.workers} --write` on {os.cpu_count()} cores.",
        "",
        f"{seen['scrapes']:.0f} scrapes of {seen['switches']:.0f} switches, {seen['series']:,.0f} series:",
        f"**{seen['missed']:.0f} missed, {seen['failed']:.0f} failed**.",
        f"A scrape took {mean:.1f} ms, the longest {most:.0f} ms;",
        f"two of one switch were at most {seen['late']:.1f} s apart.",
        "",
        "| process | CPU, of one core | CPU ms per switch and interval | resident MiB, first | last |",
        "|---|---|---|---|---|",
    ]
    for name, (before, after) in used.items():
        cpu = after.cpu - before.cpu
        each = 1000 * cpu / (wall / asked.interval) / asked.devices
        lines.append(f"| {name} | {cpu / wall:.1%} | {each:.2f} | {before.mib:.0f} | {after.mib:.0f} |")
    return "\n".join(lines)


def main() -> None:
    """Run it; exit 1 when a scrape is missing or failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=300)
    parser.add_argument("--interval", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--watch", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.watch:
        asyncio.run(watch_all(asked.watch, asked))
        return
    if shutil.which("prometheus") is None:
        parser.error("prometheus is not installed")
    outcome = run(asked)
    body = report(asked, outcome)
    print(body)
    if asked.write:
        write_section(MARK, body)
    sys.exit(bool(outcome[0]["missed"] or outcome[0]["failed"]))


if __name__ == "__main__":
    main()
