"""Real Prometheus and VictoriaMetrics, started, killed and asked."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import requests

PATIENCE_SECONDS = 60


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE_SECONDS) -> Any:
    """What the condition gives when it first gives something."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        try:
            found = condition()
        except requests.RequestException:
            found = None
        if found:
            return found
        time.sleep(0.1)
    pytest.fail(f"in {seconds:.0f} s it never came: {what}")


@dataclass
class Store:
    """Something that answers PromQL, in a process that can be killed."""

    command: list[str]
    url: str
    log: Path
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.processes.append(subprocess.Popen(self.command, stdout=out, stderr=out))
        until(lambda: requests.get(f"{self.url}/-/healthy", timeout=2).ok, f"{self.command[0]} up")

    def kill(self) -> None:
        self.processes[-1].kill()
        self.processes[-1].wait()

    def query(self, query: str) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}/api/v1/query", params={"query": query}, timeout=5).json()
        assert answer["status"] == "success", answer
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found

    def samples(self, selector: str, seconds: int = 120) -> dict[str, list[float]]:
        """Raw sample times by instance."""
        found = self.query(f"{selector}[{seconds}s]")
        times: dict[str, list[float]] = {}
        for one in found:
            instance = one["metric"]["instance"]
            assert instance not in times, f"two series for {instance}"
            times[instance] = [float(at) for at, _ in one["values"]]
        return times


@contextmanager
def running(store: Store) -> Iterator[Store]:
    try:
        store.start()
        yield store
    finally:
        for process in store.processes:
            process.kill()
            process.wait()


def prometheus(folder: Path, config: str = "", *options: str) -> Store:
    binary = shutil.which("prometheus")
    if binary is None:
        pytest.skip("prometheus is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "prometheus.yml").write_text(config or "global: {scrape_interval: 1h}\n")
    port = free_port()
    command = [binary, f"--config.file={folder / 'prometheus.yml'}", f"--web.listen-address=127.0.0.1:{port}"]
    return Store([*command, *options], f"http://127.0.0.1:{port}", folder / "log")


def victoria(folder: Path, *options: str) -> Store:
    binary = shutil.which("victoria-metrics")
    if binary is None:
        pytest.skip("victoria-metrics is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    command = [
        binary,
        f"-storageDataPath={folder / 'data'}",
        f"-httpListenAddr=127.0.0.1:{port}",
        "-search.latencyOffset=0s",
        "-search.disableCache",
        *options,
    ]
    return Store(command, f"http://127.0.0.1:{port}", folder / "log")
