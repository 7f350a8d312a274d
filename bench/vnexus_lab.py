"""How fast and how large a lab of virtual switches is: ``python bench/vnexus_lab.py [NODES]``.

Starts ``vnexus run`` with that many switches (48 ports each, 44 endpoints per building), walks up to 40 of
them with net-snmp's snmpbulkwalk, and prints start time, memory and variable bindings per CPU second.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

NETWORK = 100 + os.getpid() % 100
"""Second number of the lab's addresses: two benches do not meet."""
COMMON = ["feature lldp", "snmp-server community public group network-operator"]
KINDS = (("camera", 20, 6.5, 4_000_000), ("phone", 20, 3.0, 90_000), ("access-point", 4, 13.0, 5_000_000))


def lab_file(count: int) -> str:
    """Two cores, building switches behind them."""
    opened = [line for slot in (3, 4) for line in (f"interface Ethernet{slot}/1-48", "  no shutdown")]
    nodes = [
        {"name": f"core-{n}", "profile": "n7k-7.3", "model": "N7K-C7009", "address": f"127.{NETWORK}.0.{n}",
         "startup": COMMON + opened}
        for n in (1, 2)
    ]  # fmt: skip
    links, endpoints = [], []
    for number in range(1, count - 1):
        name = f"hall-{number}"
        address = f"127.{NETWORK}.{1 + number // 250}.{1 + number % 250}"
        nodes.append(
            {
                "name": name,
                "profile": "n9k-10",
                "model": "N9K-C9348GC-FX3PH",
                "address": address,
                "startup": COMMON,
            }
        )
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
    return yaml.safe_dump({"name": "bench", "nodes": nodes, "links": links, "endpoints": endpoints})


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def walk(addresses: list[str], repetitions: int) -> int:
    total = 0
    for address in addresses:
        command = [
            "snmpbulkwalk",
            "-v2c",
            "-cpublic",
            f"-Cr{repetitions}",
            "-On",
            "-m",
            "",
            f"{address}:1161",
            ".1",
        ]
        total += len(subprocess.run(command, capture_output=True, check=True).stdout.splitlines())
    return total


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 24
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "lab.yaml")
        file.write_text(lab_file(count))
        begun = time.perf_counter()
        lab = subprocess.Popen(
            [sys.executable, "-m", "vnexus", "run", str(file)], stdout=subprocess.PIPE, text=True
        )
        try:
            assert lab.stdout is not None
            ready = json.loads(lab.stdout.readline())
            took = time.perf_counter() - begun
            print(f"{count} switches: ready after {took:.1f} s, {memory_mib(lab.pid):.0f} MiB")
            addresses = [node["address"] for node in ready["nodes"].values()][:40]
            for what, repetitions in (("first", 25), ("second", 25), ("third", 50)):
                before = cpu_seconds(lab.pid)
                total = walk(addresses, repetitions)
                spent = cpu_seconds(lab.pid) - before
                rate = total / spent
                print(f"{what} walk, max-repetitions {repetitions}: {total} bindings, {rate:,.0f} per CPU s")
            print(f"afterwards {memory_mib(lab.pid):.0f} MiB")
        finally:
            lab.terminate()
            lab.wait()


if __name__ == "__main__":
    main()
