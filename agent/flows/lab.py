"""The embedded lab: the city's switches as virtual ones, in a process of their own on loopback."""

from __future__ import annotations

import json
import os
import secrets as randomness
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import requests
import yaml
from nornir.core import Nornir

from agent.device.known_hosts import fetch_host_key, trust_host_key
from agent.errors import AgentError, UsageError
from agent.flows.fleet import access_of
from agent.intent.city import City
from agent.intent.expand import expand_switches
from agent.intent.lab import lab_topology
from agent.store.files import write_private

PASSWORD_VARIABLE = "VNEXUS_PASSWORD"  # noqa: S105 - the name of a variable
ADMIN_PASSWORD = "admin_password"  # noqa: S105 - the name of a secret


class LabError(AgentError):
    """The lab did not start, or refused a fault."""


@dataclass(frozen=True, slots=True)
class LabFiles:
    """Where a lab keeps what it needs, below one folder."""

    folder: Path

    @property
    def topology(self) -> Path:
        return self.folder / "lab.yml"

    @property
    def secrets(self) -> Path:
        return self.folder / "secrets.yaml"

    @property
    def host_keys(self) -> Path:
        return self.folder / "host-keys"

    @property
    def log(self) -> Path:
        return self.folder / "lab.log"

    @property
    def control(self) -> Path:
        return self.folder / "control"


def secret_names(city: City) -> tuple[str, ...]:
    """Names of every secret that the city's configurations and sessions need."""
    names = {ADMIN_PASSWORD}
    for switch in expand_switches(city).values():
        base = switch.base
        names |= {base.tacacs_secret, base.snmp_community, *(admin[1] for admin in base.admins)}
        if switch.bgp:
            names |= {neighbor.secret for neighbor in switch.bgp.neighbors if neighbor.secret}
    return tuple(sorted(names))


def make_secrets(city: City) -> dict[str, str]:
    """A fresh random value for every secret."""
    return {name: randomness.token_hex(12) for name in secret_names(city)}


@dataclass(slots=True)
class Lab:
    """A running lab; ``stop()`` ends its process."""

    files: LabFiles
    process: subprocess.Popen[str]
    control: str
    nodes: Mapping[str, Any]

    def inject(self, kind: str, **where: object) -> str:
        """Raise a fault by name (``link-cut``, ``endpoint-unplug``…); the answer names it."""
        return str(call_control(self.control, "POST", "/faults", {"kind": kind, **where})["id"])

    def advance(self, seconds: float) -> None:
        """Move the clock of all switches on."""
        call_control(self.control, "POST", "/clock/advance", {"seconds": seconds})

    def stop(self) -> None:
        """End the process and wait for it."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
        self.files.control.unlink(missing_ok=True)


def start_lab(city: City, folder: Path, secrets: Mapping[str, str], control: str = "127.0.0.1:0") -> Lab:
    """Start every switch of the city as it comes out of the box, cabled and plugged in.

    Writes the lab file and the secrets (mode 0600) below ``folder``. Raises LabError with the lab's own words
    when it does not come up, UsageError when vnexus is not installed.
    """
    files = LabFiles(folder)
    folder.mkdir(parents=True, exist_ok=True)
    files.topology.write_text(
        yaml.safe_dump(lab_topology(city, PASSWORD_VARIABLE), sort_keys=False, allow_unicode=True), "utf-8"
    )
    write_private(files.secrets, yaml.safe_dump(dict(secrets)))
    command = [
        find_vnexus(), "run", str(files.topology), "--control", control,
        "--host-keys", str(files.host_keys), "--until-eof",
    ]  # fmt: skip
    with files.log.open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, PASSWORD_VARIABLE: secrets[ADMIN_PASSWORD]},
            start_new_session=True,  # Ctrl-C is ours to handle: the lab is stopped last
        )
    ready = _await_ready(process, files)
    lab = Lab(files, process, ready["control"], ready["nodes"])
    files.control.write_text(lab.control, "utf-8")
    return lab


def trust_lab(lab: Lab, nornir: Nornir, known_hosts: Path) -> None:
    """Trust the SSH host keys of the lab's own switches; a host that the lab does not run is left alone."""
    for name, host in nornir.inventory.hosts.items():
        access = access_of(host)
        if name in lab.nodes and access.transport == "ssh" and ip_address(access.host).is_loopback:
            trust_host_key(known_hosts, access, fetch_host_key(access))


def find_vnexus() -> str:
    """Path of the ``vnexus`` command: beside this Python, or on PATH."""
    beside = Path(sys.executable).with_name("vnexus")
    found = str(beside) if beside.is_file() else shutil.which("vnexus")
    if found is None:
        raise UsageError("the virtual Nexus is not installed. run: pip install -e containerlab/vnexus")
    return found


def _await_ready(process: subprocess.Popen[str], files: LabFiles) -> dict[str, Any]:
    line = process.stdout.readline() if process.stdout else ""
    try:
        ready = json.loads(line)
    except json.JSONDecodeError:
        process.terminate()
        process.wait()
        words = files.log.read_text("utf-8").strip().splitlines()
        last = words[-1] if words else "it said nothing"
        raise LabError(f"the lab did not start: {last}. read {files.log}") from None
    if not isinstance(ready, dict) or not ready.get("ready"):
        raise LabError(f"the lab did not start: {line.strip()}. read {files.log}")
    return ready


def call_control(control: str, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
    """One call of the lab's control API; raises LabError with its words."""
    try:
        reply = requests.request(method, f"http://{control}{path}", json=body, timeout=10)
    except requests.RequestException as exc:
        raise LabError(
            f"no lab answers at {control} ({type(exc).__name__}). start it: moulin lab up"
        ) from exc
    if not reply.ok:
        raise LabError(f"the lab refused: {_words(reply)}")
    return reply.json() if reply.content else {}


def _words(reply: requests.Response) -> str:
    """The lab's own words, whether it answered with JSON or not."""
    try:
        return str(reply.json()["error"])
    except (ValueError, KeyError, TypeError):
        return reply.text.strip()
