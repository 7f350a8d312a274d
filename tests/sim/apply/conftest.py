"""A corner of Bellerive on virtual switches, fresh for each test, on addresses of its own."""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
import yaml
from nornir.core import Nornir

from agent.cli.main import run
from agent.flows.fleet import open_fleet
from agent.flows.lab import call_control, secret_names
from agent.flows.wanted import Wanted, load_wanted
from agent.intent.lab import lab_topology
from agent.intent.load import load_city
from agent.settings import Secrets, Settings, load_secrets

ROOT = Path(__file__).parents[3]
NODES = ("core-1", "leaf-1", "sw-mairie")
CORES = ("core-1", "core-2")
LEAVES = ("leaf-1", "leaf-2", "leaf-3", "leaf-4")
TOWN = (*CORES, "edge-1", "edge-2", *LEAVES, "sw-mairie")
PASSWORD = "pw-of-the-lab"


@dataclass(slots=True)
class Corner:
    """Three switches of the city: a 7.3 core by SSH, a leaf and a building by NX-API."""

    settings: Settings
    secrets: Secrets
    control: str
    host_keys: Mapping[str, str]

    def fault(self, kind: str, node: str, **where: object) -> str:
        """Raise a fault; its name."""
        told = call_control(self.control, "POST", "/faults", {"kind": kind, "node": node, **where})
        return str(told["id"])

    def mend(self, fault: str) -> None:
        """End a fault."""
        call_control(self.control, "DELETE", f"/faults/{fault}")

    def wanted(self) -> Wanted:
        return load_wanted(self.settings, self.secrets)

    def fleet(self, limit: str = ",".join(NODES)) -> Nornir:
        return open_fleet(self.settings, load_secrets(self.settings.secrets, {}), limit)

    def environment(self) -> dict[str, str]:
        """For the ``moulin`` command."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("MOULIN_")}
        return ours | {
            "MOULIN_INVENTORY": str(self.settings.inventory),
            "MOULIN_TEMPLATES": str(self.settings.templates),
            "MOULIN_STATE": str(self.settings.state),
            "MOULIN_SECRETS": str(self.settings.secrets),
            "MOULIN_TIMEOUT_SECONDS": str(self.settings.timeout_seconds),
        }

    def moulin(self, *arguments: str, **environment: str) -> Said:
        """What a person types, in this process: importing the agent again takes longer than most verbs."""
        out, err = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, self.environment() | environment, clear=True),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            code = run(list(arguments))
        return Said(int(code), out.getvalue(), err.getvalue())


@dataclass(frozen=True, slots=True)
class Said:
    """Exit code and both streams of a verb."""

    returncode: int
    stdout: str
    stderr: str


def octet() -> int:
    """Third octet of the lab's addresses: one for each worker of pytest-xdist."""
    return 90 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])


@pytest.fixture
def lab_octet() -> int:
    return octet()


@pytest.fixture
def inventory(tmp_path: Path) -> Path:
    """The city's inventory with addresses of this test run."""
    return copy_inventory(tmp_path)


def copy_inventory(tmp_path: Path) -> Path:
    folder = tmp_path / "inventory"
    shutil.copytree(ROOT / "inventory", folder)
    hosts = folder / "hosts.yaml"
    hosts.write_text(hosts.read_text("utf-8").replace("127.66.0.", f"127.66.{octet()}."), "utf-8")
    return folder


@pytest.fixture
def corner(tmp_path: Path, inventory: Path) -> Iterator[Corner]:
    with raised(tmp_path, inventory, NODES) as corner:
        yield corner


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Corner]:
    """A larger corner for all tests of a module, each of which leaves it as the intent has it."""
    folder = tmp_path_factory.mktemp("town")
    with raised(folder, copy_inventory(folder), TOWN) as town:
        done = town.moulin(
            "apply", "-l", ",".join(TOWN), "--yes", "--json", "--break-glass", "the lab is new"
        )
        assert done.returncode == 0, done.stdout + done.stderr
        yield town


@contextlib.contextmanager
def raised(tmp_path: Path, inventory: Path, nodes: tuple[str, ...]) -> Iterator[Corner]:
    """A corner of these switches, as they come out of the box."""
    city = load_city(inventory)
    topology = cut(lab_topology(city), nodes)
    names = {name: f"{name}-s3cret" for name in secret_names(city)}
    secrets = names | {name: PASSWORD for name in names if name.endswith("_password")}
    (tmp_path / "secrets.yaml").write_text(yaml.safe_dump(secrets), "utf-8")
    (tmp_path / "secrets.yaml").chmod(0o600)
    (tmp_path / "lab.yml").write_text(yaml.safe_dump(topology, sort_keys=False), "utf-8")
    with start(tmp_path) as (process, ready):
        settings = Settings(
            inventory=inventory,
            templates=ROOT / "templates",
            state=tmp_path / "state",
            secrets=tmp_path / "secrets.yaml",
            timeout_seconds=5,
        )
        keys = {name: node["host_key"] for name, node in ready["nodes"].items()}
        trust(settings.state / "known_hosts", ready["nodes"])
        yield Corner(settings, Secrets(secrets), ready["control"], keys)
        assert process.poll() is None, "the lab died"


class start:  # noqa: N801 - reads as a verb where it is used
    """The lab's process while inside."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> tuple[subprocess.Popen[str], dict[str, Any]]:
        command = [Path(sys.executable).with_name("vnexus"), "run", self.folder / "lab.yml"]
        self.log = (self.folder / "lab.log").open("w")
        self.process = subprocess.Popen(
            [*map(str, command), "--control", f"127.66.{octet()}.250:0", "--until-eof"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            env=os.environ | {"VNEXUS_PASSWORD": PASSWORD},
            start_new_session=True,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, (self.folder / "lab.log").read_text()
        return self.process, json.loads(line)

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(10)
        for stream in (self.process.stdin, self.process.stdout, self.log):
            assert stream is not None
            stream.close()


def trust(known_hosts: Path, nodes: Mapping[str, Mapping[str, Any]]) -> None:
    known_hosts.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"[{node['address']}]:{node['ssh']} {node['host_key']}\n" for node in nodes.values()]
    known_hosts.write_text("".join(lines))


def cut(topology: dict[str, Any], nodes: tuple[str, ...]) -> dict[str, Any]:
    """The lab file with these nodes only, and what hangs on them."""
    names: set[str] = set()
    endpoints = []
    for endpoint in topology["endpoints"]:
        if endpoint["node"] in nodes and endpoint["name"] not in names and endpoint["kind"] != "door":
            names.add(endpoint["name"])
            endpoints.append(endpoint)
    return topology | {
        "nodes": [node for node in topology["nodes"] if node["name"] in nodes],
        "links": [ends for ends in topology["links"] if all(end.partition(":")[0] in nodes for end in ends)],
        "endpoints": endpoints,
    }
