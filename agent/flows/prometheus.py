"""A Prometheus of our own making, for the demo and the tests: a child process on loopback."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import requests

from agent.errors import AgentError


class PrometheusError(AgentError):
    """Prometheus did not start, or refused a query."""


def find_prometheus() -> str | None:
    """Path of the ``prometheus`` command, None when it is not installed."""
    return shutil.which("prometheus")


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@dataclass(slots=True)
class RunningPrometheus:
    """A context manager; ``url`` is where its pages are."""

    config: Path
    """Its prometheus.yml."""
    data: Path
    """Folder for its time series and its log."""
    url: str = ""
    process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        binary = find_prometheus()
        if binary is None:
            raise PrometheusError("prometheus is not installed. install it, or run the demo without it")
        self.data.mkdir(parents=True, exist_ok=True)
        address = f"127.0.0.1:{free_port()}"
        self.url = f"http://{address}"
        with (self.data / "prometheus.log").open("wb") as log:
            self.process = subprocess.Popen(
                [
                    binary,
                    f"--config.file={self.config}",
                    f"--storage.tsdb.path={self.data / 'tsdb'}",
                    f"--web.listen-address={address}",
                    "--log.level=warn",
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.await_(self._is_ready, "to start", seconds=30)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)

    def query(self, expression: str) -> list[dict[str, Any]]:
        """Result of an instant query: ``metric`` and ``value`` of each series. Raises PrometheusError."""
        return list(self._get("/api/v1/query", query=expression)["result"])

    def rules(self) -> list[dict[str, Any]]:
        """Every rule with its ``health``, ``lastError``, and the ``interval`` of its group in seconds."""
        groups = self._get("/api/v1/rules")["groups"]
        return [rule | {"interval": group["interval"]} for group in groups for rule in group["rules"]]

    def targets(self) -> list[dict[str, Any]]:
        """Targets that are scraped, with their ``health``."""
        return list(self._get("/api/v1/targets")["activeTargets"])

    def await_(self, holds: Callable[[], bool], what: str, *, seconds: float) -> None:
        """Ask again and again until it holds; raises PrometheusError when it does not in time."""
        deadline = time.monotonic() + seconds
        while not holds():
            if self.process is not None and self.process.poll() is not None:
                raise PrometheusError(f"prometheus ended. read {self.data / 'prometheus.log'}")
            if time.monotonic() > deadline:
                raise PrometheusError(f"waited {seconds:.0f} s in vain for prometheus {what}")
            time.sleep(0.2)

    def _is_ready(self) -> bool:
        try:
            return requests.get(f"{self.url}/-/ready", timeout=2).ok
        except requests.ConnectionError:
            return False

    def _get(self, path: str, **parameters: str) -> dict[str, Any]:
        try:
            reply = requests.get(f"{self.url}{path}", params=parameters, timeout=10)
        except requests.RequestException as exc:
            raise PrometheusError(f"prometheus at {self.url} does not answer ({type(exc).__name__})") from exc
        body = reply.json()
        if body.get("status") != "success":
            raise PrometheusError(f"prometheus refused {parameters}: {body.get('error')}")
        return dict(body["data"])
