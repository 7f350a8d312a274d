"""Two sets of sharded collectors, two Prometheus agents, one VictoriaMetrics, on loopback, until Ctrl-C.

``python examples/scale/run.py [--shards 2] [--interval 30] [--folder DIR]``; settings and secrets of the
collectors come from the environment, as for ``moulin watch``. See docs/scale.md.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack, suppress
from pathlib import Path

import yaml

from agent.noc.scale import Collector, build_scraper


def free_port() -> int:
    """A port that nobody has at the moment."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def start(stack: ExitStack, folder: Path, name: str, command: list[str]) -> int:
    """A process that ends with the stack; its output goes to a file of its name."""
    log = stack.enter_context((folder / f"{name}.log").open("wb"))
    process = stack.enter_context(subprocess.Popen(command, stdout=log, stderr=log))
    stack.callback(process.terminate)
    return process.pid


def start_collectors(stack: ExitStack, folder: Path, shards: int, interval: int) -> list[Collector]:
    """Both sets; prints where each is."""
    collectors = []
    for set_name in "ab":
        for number in range(shards):
            one = Collector(set_name, number, shards, f"127.0.0.1:{free_port()}")
            command = ["watch", "--shard", f"{number}/{shards}", "--listen", one.address]
            command += ["--interval", str(interval), "--traps-listen", "off"]
            pid = start(stack, folder, one.name, [str(Path(sys.executable).with_name("moulin")), *command])
            print(f"collector {one.name}   http://{one.address}/   pid {pid}")
            collectors.append(one)
    return collectors


def start_store(stack: ExitStack, folder: Path, interval: int) -> str:
    """The store; its URL."""
    address = f"127.0.0.1:{free_port()}"
    command = ["victoria-metrics", f"-storageDataPath={folder / 'store'}", f"-httpListenAddr={address}"]
    pid = start(stack, folder, "store", [*command, f"-dedup.minScrapeInterval={interval}s"])
    print(f"store           http://{address}/vmui   pid {pid}")
    return f"http://{address}"


def start_scraper(stack: ExitStack, folder: Path, config: str, name: str) -> None:
    """A Prometheus in agent mode."""
    room, address = folder / name, f"127.0.0.1:{free_port()}"
    room.mkdir(parents=True, exist_ok=True)
    (room / "prometheus.yml").write_text(config, encoding="utf-8")
    command = ["prometheus", "--enable-feature=agent", f"--config.file={room / 'prometheus.yml'}"]
    command += [f"--storage.agent.path={room / 'wal'}", f"--web.listen-address={address}"]
    print(f"scraper {name}     http://{address}/targets   pid {start(stack, folder, name, command)}")


def main() -> None:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shards", type=int, default=2)
    parser.add_argument("--interval", type=int, default=30)
    parser.add_argument(
        "--folder", type=Path, help="logs, store and buffers; else a new one, removed at the end"
    )
    asked = parser.parse_args()
    for binary in ("prometheus", "victoria-metrics"):
        if shutil.which(binary) is None:
            parser.error(f"{binary} is not installed")
    with ExitStack() as stack:
        folder = asked.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(parents=True, exist_ok=True)
        collectors = start_collectors(stack, folder, asked.shards, asked.interval)
        store = start_store(stack, folder, asked.interval)
        config = yaml.safe_dump(build_scraper(collectors, f"{store}/api/v1/write", asked.interval))
        for name in ("one", "two"):
            start_scraper(stack, folder, config, name)
        print("Ctrl-C ends all of it", flush=True)
        with suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    main()
