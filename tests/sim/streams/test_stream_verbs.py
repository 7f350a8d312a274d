"""``moulin pin`` and a streaming ``moulin watch`` from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import yaml

from agent.cli import main
from containerlab.vnexus.tests.labthread import wait_for
from tests.sim.streams.stage import ADDRESS, WORKER, free_port, one_switch
from vnexus.lab import Lab

MOULIN = str(Path(sys.executable).parent / "moulin")


@pytest.fixture
def town(tmp_path: Path) -> Path:
    """An inventory as ``moulin init`` makes it; nobody listens at its switches' addresses."""
    folder = tmp_path / "town"
    assert main.run(["init", str(folder)]) == 0
    inventory = folder / "inventory" if (folder / "inventory").is_dir() else folder
    hosts = yaml.safe_load((inventory / "hosts.yaml").read_text())
    for number, host in enumerate(hosts.values(), 1):
        host["hostname"] = f"127.98.{WORKER}.{number}"
    (inventory / "hosts.yaml").write_text(yaml.safe_dump(hosts))
    return inventory


def first_switch(town: Path) -> str:
    return next(iter(yaml.safe_load((town / "hosts.yaml").read_text())))


def serve_gnmi(town: Path, lab: Lab) -> None:
    """Let the first switch of the inventory be that of the lab."""
    hosts = yaml.safe_load((town / "hosts.yaml").read_text())
    host = hosts[first_switch(town)]
    host["hostname"] = ADDRESS
    host["data"] |= {"gnmi_port": lab.topology.listen.grpc, "snmp_port": lab.topology.listen.snmp}
    (town / "hosts.yaml").write_text(yaml.safe_dump(hosts))


def environment(town: Path, **more: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MOULIN_")}
    return kept | {
        "MOULIN_SECRET_SNMP_RO": "city",
        "MOULIN_SECRET_ADMIN_PASSWORD": "admin",
        "MOULIN_STATE": str(town / "state"),
        "MOULIN_TRAPS_LISTEN": "off",
        "MOULIN_SYSLOG_LISTEN": "off",
        "MOULIN_STREAM_INTERVAL_SECONDS": "1",
        **more,
    }


@dataclass(frozen=True, slots=True)
class Done:
    """What a verb left behind."""

    returncode: int
    stdout: str
    stderr: str


class Command:
    """The command, in this process."""

    def __init__(self, town: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.town, self._patch, self._capture = town, patch, capture

    def __call__(self, verb: str, *rest: str, **more: str) -> Done:
        with self._patch.context() as patch:
            for name, value in environment(self.town, **more).items():
                patch.setenv(name, value)
            code = main.run([verb, "-i", str(self.town), *rest])
        return Done(code, *self._capture.readouterr())


@pytest.fixture
def run(town: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(town, monkeypatch, capsys)


def test_keys_are_shown_pinned_and_compared(town: Path, run: Command) -> None:
    with one_switch("feature grpc") as lab:
        serve_gnmi(town, lab)
        shown = run("pin", "--json")
        (pin,) = json.loads(shown.stdout)
        assert (shown.returncode, pin["state"], pin["key"][:7]) == (3, "new", "SHA256:")
        pinned = run("pin", "--yes")
        assert (pinned.returncode, "1 keys pinned" in pinned.stdout) == (0, True)
        again = run("pin", "--json")
        assert (again.returncode, json.loads(again.stdout)[0]["state"]) == (0, "pinned")
    with one_switch("feature grpc") as lab:  # a restarted lab has new keys
        serve_gnmi(town, lab)
        place = f"{ADDRESS}:{lab.topology.listen.grpc}"
        (town / "state" / "known_certificates").write_text(f"{place} {pin['key']}\n")
        changed = run("pin", "--json")
        assert (changed.returncode, json.loads(changed.stdout)[0]["state"]) == (3, "changed")
    silent = run("pin", "--json")
    assert (silent.returncode, json.loads(silent.stdout)[0]["state"]) == (4, "silent")


def test_without_a_gnmi_port_there_is_nothing_to_pin(run: Command) -> None:
    done = run("pin")
    assert (done.returncode, done.stderr.count("\n"), "gnmi_port" in done.stderr) == (2, 1, True)


@pytest.mark.parametrize(
    ("setting", "problem"),
    [
        ({"MOULIN_MDT_LISTEN": "nowhere"}, "HOST:PORT"),
        ({"MOULIN_MDT_LISTEN": "127.0.0.1:0", "MOULIN_MDT_CERTIFICATE": "/nowhere/a.pem"}, "MOULIN_MDT_KEY"),
        ({"MOULIN_MDT_LISTEN": "192.0.2.1:57500"}, "cannot listen"),
    ],
)
def test_bad_settings_are_one_line_and_exit_2(run: Command, setting: dict[str, str], problem: str) -> None:
    done = run("watch", "--listen", "127.0.0.1:0", **setting)
    assert (done.returncode, done.stderr.count("\n"), problem in done.stderr) == (2, 1, True), done.stderr


def test_a_watch_streams_and_ends_cleanly(town: Path, run: Command) -> None:
    name, port = first_switch(town), free_port()
    command = [MOULIN, "watch", "-i", str(town), "--listen", "127.0.0.1:0", "--interval", "2"]
    with one_switch("feature grpc") as lab:
        serve_gnmi(town, lab)
        assert run("pin", "--yes").returncode == 0
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(town, MOULIN_MDT_LISTEN=f"127.0.0.1:{port}"),
        ) as process:
            assert process.stdout is not None
            url = process.stdout.readline().strip().rpartition(" ")[2]
            synced = f'moulin_stream_synced{{device="{name}",source="gnmi"}} 1'
            wait_for(lambda: synced in requests.get(f"{url}metrics", timeout=20).text)
            page = requests.get(f"{url}probe?target={name}", timeout=20).text
            assert f'net_interface_up{{device="{name}",interface="Ethernet1/7"}} 1' in page
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=30)
    assert (process.returncode, errors) == (0, "")
