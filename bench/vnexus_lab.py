"""How fast and how large a lab of virtual switches is: ``python bench/vnexus_lab.py [NODES] [--write]``.

Starts ``vnexus run`` with that many switches of 48 ports, each with the configuration of a building of the
city, about a thousand lines, names and addresses of its own. A second process (``vnexus_load.py``) polls
all of them over SNMP, round after round, and opens 500 SSH sessions at once. Printed are the seconds until
the lab is ready, its memory, and variable bindings per CPU second of the lab's one thread.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from section import write_section

from agent.flows.lab import make_secrets
from agent.intent.expand import expand_switches
from agent.intent.load import load_city
from agent.render.env import Templates
from agent.render.render import render_switch

ROOT = Path(__file__).parents[1]
NETWORK = 100 + os.getpid() % 100
"""Second number of the lab's addresses: two benches do not meet."""
BUILDING = "sw-mairie"
KINDS = (("camera", 20, 6.5, 4_000_000), ("phone", 20, 3.0, 90_000), ("access-point", 4, 13.0, 5_000_000))
SESSIONS = 500
MARK = "Virtual Nexus"


def building_lines() -> list[str]:
    """The rendered configuration of a building, without its users and what sends by itself."""
    city = load_city(ROOT / "inventory")
    switch = expand_switches(city)[BUILDING]
    text = render_switch(switch, make_secrets(city), Templates(ROOT / "templates"))
    kept = text.partition("\ntelemetry\n")[0].splitlines()
    sends = ("username ", "snmp-server host", "snmp-server community", "feature telemetry", "feature grpc")
    return [line for line in kept if not line.startswith(sends)]


def node_lines(base: list[str], name: str, number: int) -> list[str]:
    """The building's lines with names and addresses of its own, more VLANs and an access list."""
    lines = [re.sub(r"\b(CAM|TEL|AP)-", rf"\1-{number}-", line).replace(BUILDING, name) for line in base]
    lines += [
        line for vlan in range(300, 360) for line in (f"vlan {vlan}", f"  name service-{number}-{vlan}")
    ]
    lines.append("ip access-list CITY-IN")
    lines += [
        f"  {10 * n} permit tcp 10.{number % 200}.{n}.0/24 10.66.2.0/24 eq {8000 + n}" for n in range(1, 160)
    ]
    return [*lines, "snmp-server community public group network-operator"]


def lab_file(count: int) -> str:
    """Two cores, building switches behind them."""
    opened = [line for slot in (3, 4) for line in (f"interface Ethernet{slot}/1-48", "  no shutdown")]
    common = ["feature lldp", "snmp-server community public group network-operator"]
    nodes = [
        {"name": f"core-{n}", "profile": "n7k-7.3", "model": "N7K-C7009", "address": f"127.{NETWORK}.0.{n}",
         "startup": common + opened}
        for n in (1, 2)
    ]  # fmt: skip
    base = building_lines()
    links, endpoints = [], []
    for number in range(1, count - 1):
        name = f"hall-{number}"
        address = f"127.{NETWORK}.{1 + number // 250}.{1 + number % 250}"
        nodes.append(
            {"name": name, "profile": "n9k-10", "model": "N9K-C9348GC-FX3PH", "address": address,
             "startup": node_lines(base, name, number)}
        )  # fmt: skip
        if number <= 94:
            port = f"Ethernet{3 + (number - 1) // 47}/{(number - 1) % 47 + 1}"
            links += [[f"{name}:Ethernet1/{49 + core}", f"core-{1 + core}:{port}"] for core in (0, 1)]
        kinds = [entry for entry in KINDS for _ in range(entry[1])]
        for port_number, (kind, _, watts, bps) in enumerate(kinds, 1):
            endpoints.append(
                {"node": name, "port": f"Ethernet1/{port_number}", "kind": kind,
                 "name": f"{kind}-{number}-{port_number}", "mac": f"00aa.{number:04x}.{port_number:04x}",
                 "watts": watts, "transmit_bps": bps}
            )  # fmt: skip
    dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return str(
        yaml.dump({"name": "bench", "nodes": nodes, "links": links, "endpoints": endpoints}, Dumper=dumper)
    )


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


class Load:
    """The other process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def order(self, **words: object) -> Any:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def measure(lab: subprocess.Popen[str], load: Load, say: list[str]) -> None:
    begun = time.perf_counter()
    assert lab.stdout is not None
    ready = json.loads(lab.stdout.readline())
    took, spent = time.perf_counter() - begun, cpu_seconds(lab.pid)
    say.append(f"| ready | {took:.1f} s wall, {spent:.1f} s CPU, {memory_mib(lab.pid):.0f} MiB |")
    addresses = [node["address"] for node in ready["nodes"].values()]
    for what, repetitions, rounds in (("whole", 25, 3), ("counters", 25, 10)):
        before = cpu_seconds(lab.pid)
        total = load.order(do="learn", addresses=addresses, what=what, repetitions=repetitions)
        rate = total / (cpu_seconds(lab.pid) - before)
        say.append(f"| {what}, first poll, {total:,} bindings | {rate:,.0f} per CPU second |")
        before = cpu_seconds(lab.pid)
        polled = load.order(do="poll", rounds=rounds)
        spent = cpu_seconds(lab.pid) - before
        total, wall = polled["variables"], polled["seconds"]
        rates = f"{total / spent:,.0f} per CPU second, {total / wall:,.0f} per second of wall"
        say.append(f"| {what}, {rounds} more polls, {total:,} bindings | {rates} |")
    say.append(f"| after the polls | {memory_mib(lab.pid):.0f} MiB |")
    before = cpu_seconds(lab.pid)
    logged = load.order(do="log in", addresses=addresses, sessions=SESSIONS)
    spent = cpu_seconds(lab.pid) - before
    say.append(
        f"| {SESSIONS} SSH logins at once, with a command | "
        f"{logged['seconds']:.1f} s wall, {spent:.1f} s CPU of the lab, {logged['failures']} failed |"
    )
    one = load.order(do="log in", addresses=addresses[:1], sessions=SESSIONS)
    say.append(f"| {SESSIONS} of one switch | {one['seconds']:.1f} s wall, {one['failures']} failed |")
    say.append(f"| afterwards | {memory_mib(lab.pid):.0f} MiB |")


def main() -> None:
    """Print the table; with --write put it into RESULTS.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nodes", type=int, nargs="?", default=300)
    parser.add_argument("--write", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "lab.yaml")
        file.write_text(lab_file(wanted.nodes), "utf-8")
        lines = sum(
            map(len, (node["startup"] for node in yaml.load(file.read_text(), yaml.CSafeLoader)["nodes"]))
        )
        head = (
            f"`python bench/vnexus_lab.py {wanted.nodes}`: {wanted.nodes} switches with {lines:,} lines of "
            f"configuration in one process, Python {platform.python_version()}; load from a second process."
        )
        say = ["", "| what | figure |", "|---|---|"]
        load_file = str(Path(__file__).with_name("vnexus_load.py"))
        with started("-m", "vnexus", "run", str(file)) as lab, started(load_file) as load:
            measure(lab, Load(load), say)
    text = "\n".join([head, *say])
    print(text)
    if wanted.write:
        write_section(MARK, text)


if __name__ == "__main__":
    main()
