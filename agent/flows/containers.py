"""A lab of containers: which tool deploys it, up, down, and what runs."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import yaml
from nornir.core import Nornir

from agent.device.known_hosts import fetch_host_key, trust_host_key
from agent.flows.fleet import access_of
from agent.flows.lab import ADMIN_PASSWORD, PASSWORD_VARIABLE, LabError, find_vnexus
from agent.flows.lab_files import write_lab_files
from agent.flows.lab_slice import write_slice
from agent.intent.city import City
from agent.store.files import write_private

Backend = Literal["containerlab", "docker", "embedded"]
DEPLOY_SECONDS, PATIENCE_SECONDS, PAUSE_SECONDS = 600.0, 300.0, 0.5


@dataclass(frozen=True, slots=True)
class Choice:
    """Which backend a wish came to, and why, when it is another one."""

    backend: Backend
    why: str = ""


def choose_backend(wish: Backend, find: Callable[[str], str | None], engine: Callable[[], bool]) -> Choice:
    """Containerlab when it is installed, else our deployer when a docker engine answers, else embedded.

    >>> choose_backend("containerlab", {"docker": "/usr/bin/docker"}.get, lambda: True)
    Choice(backend='docker', why='containerlab is not on PATH')
    """
    why = ""
    if wish == "containerlab":
        if find("containerlab"):
            return Choice("containerlab")
        why = "containerlab is not on PATH"
    if wish != "embedded":
        if find("docker") and engine():
            return Choice("docker", why)
        why = "; ".join(reason for reason in (why, "no docker engine answers") if reason)
    return Choice("embedded", why)


def engine_answers() -> bool:
    """Whether ``docker`` reaches an engine."""
    try:
        done = subprocess.run(
            ["docker", "version", "--format", "{{.Server.Version}}"],
            capture_output=True,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


@dataclass(frozen=True, slots=True)
class ContainerFiles:
    """Where a lab of containers keeps what it needs, below one folder."""

    folder: Path

    @property
    def inventory(self) -> Path:
        """The inventory cut down to the lab, at the addresses of its containers."""
        return self.folder / "inventory"

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets.yaml"

    @property
    def deployed(self) -> Path:
        """Says which backend deployed which topology."""
        return self.folder / "deployed.json"


@dataclass(frozen=True, slots=True)
class Deployment:
    """A lab of containers that is up, or about to be."""

    backend: Backend
    topology: Path

    def call(self, verb: str, *options: str, environ: Mapping[str, str]) -> str:
        """One call of the tool; raises LabError with its own words."""
        tool = ["containerlab"] if self.backend == "containerlab" else [find_vnexus(), "clab"]
        command = [*tool, verb, "-t", str(self.topology), *options]
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                timeout=DEPLOY_SECONDS,
                env=dict(environ),
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as exc:
            raise LabError(f"{tool[0]} {verb}: {exc}. run it by hand: {' '.join(command)}") from exc
        if done.returncode:
            words = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
            raise LabError(f"the lab did not {verb}: {words[-1]}")
        return done.stdout

    def containers(self, environ: Mapping[str, str]) -> list[dict[str, str]]:
        """What runs, as ``inspect -f json`` says; empty when nothing does."""
        found: dict[str, list[dict[str, str]]] = json.loads(
            self.call("inspect", "-f", "json", environ=environ) or "{}"
        )
        return [container for containers in found.values() for container in containers]


def deploy_city(
    city: City, source: Path, files: ContainerFiles, switches: tuple[str, ...], backend: Backend
) -> Deployment:
    """Write the topology, the lab file and the inventory of these switches; nothing is started yet."""
    topology = write_lab_files(city, switches, files.folder)
    write_slice(city, source, files.inventory, switches)
    deployment = Deployment(backend, topology)
    files.deployed.write_text(json.dumps({"backend": backend, "topology": str(topology)}), "utf-8")
    return deployment


def start_containers(
    deployment: Deployment, files: ContainerFiles, secrets: Mapping[str, str], environ: Mapping[str, str]
) -> list[dict[str, str]]:
    """Deploy and wait until every container is well; raises LabError."""
    write_private(files.secrets, yaml.safe_dump(dict(secrets)))
    environ = {**environ, PASSWORD_VARIABLE: secrets[ADMIN_PASSWORD]}
    deployment.call("deploy", "--reconfigure", environ=environ)
    pause, end = threading.Event(), time.monotonic() + PATIENCE_SECONDS
    while True:
        containers = deployment.containers(environ)
        waiting = [one["name"] for one in containers if "(healthy)" not in one["status"]]
        if containers and not waiting:
            return containers
        if time.monotonic() > end:
            raise LabError(
                f"not well in {PATIENCE_SECONDS:.0f} s: {', '.join(waiting)}. see: docker logs {waiting[0]}"
            )
        pause.wait(PAUSE_SECONDS)


def read_deployment(files: ContainerFiles) -> Deployment | None:
    """What ``deploy_city`` noted last; None without a lab of containers."""
    try:
        noted = json.loads(files.deployed.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return Deployment(noted["backend"], Path(noted["topology"]))


def destroy_containers(deployment: Deployment, files: ContainerFiles, environ: Mapping[str, str]) -> None:
    """Remove what carries the lab's label, and the note; raises LabError."""
    deployment.call("destroy", "--cleanup", environ=environ)
    files.deployed.unlink(missing_ok=True)


def trust_containers(nornir: Nornir, known_hosts: Path) -> None:
    """Trust the SSH host keys of switches that were just deployed from here."""
    for host in nornir.inventory.hosts.values():
        access = access_of(host)
        if access.transport == "ssh":
            trust_host_key(known_hosts, access, fetch_host_key(access))
