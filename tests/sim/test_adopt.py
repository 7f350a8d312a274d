"""``moulin adopt`` on virtual switches: a town that Moulin made, and recordings of labs that it never saw."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.device.known_hosts import fetch_host_key, trust_host_key
from agent.flows.adopt import open_strangers, parse_way
from agent.flows.fleet import access_of
from agent.settings import Settings

MOULIN = Path(sys.executable).with_name("moulin")
PASSWORD = "adopt-me"
_OCTET = 70 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
"""Labs of tests that run side by side have addresses of their own."""
_LEFT_OUT = re.compile(r"!|version |username |interface Ethernet1/(6[5-9]|[7-9]\d|1\d\d)$")
"""Headers, passwords of others, and ports that the virtual model has not; none of them is set up."""


def recordings() -> list[Path]:
    for parent in Path(__file__).resolve().parents:
        if (parent / "shared" / "data" / "INDEX.md").exists():
            return sorted((parent / "shared" / "data" / "nxos-labs").glob("*/configs"))
    return []


def moulin(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("MOULIN_")}
    secrets = {f"MOULIN_SECRET_{name}": PASSWORD for name in ("ADMIN_PASSWORD", "TACACS_KEY", "SNMP_RO")}
    return subprocess.run(
        [MOULIN, *words], cwd=folder, env=ours | secrets | environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip


@contextmanager
def lab_of(folder: Path, configs: dict[str, str]) -> Iterator[list[str]]:
    """Virtual switches that run the texts; their ways, their keys trusted in the state folder."""
    nodes = [
        {"name": f"n{number}", "profile": "n9k-9.3", "model": "N9K-C9300v",
         "address": f"127.66.{_OCTET}.{number}",
         "startup": [line for line in text.splitlines() if line and not _LEFT_OUT.match(line)]}
        for number, text in enumerate(configs.values(), start=1)
    ]  # fmt: skip
    file = folder / "lab.json"
    listen = {"ssh": 2222, "nxapi": 8080, "snmp": 1161}
    login = {"username": "admin", "password_env": "LAB_PASSWORD"}
    file.write_text(json.dumps({"name": "found", "credentials": login, "listen": listen, "nodes": nodes}))
    command = [sys.executable, "-m", "vnexus", "run", str(file), "--until-eof"]
    environment = os.environ | {"LAB_PASSWORD": PASSWORD}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as lab:
        assert lab.stdout is not None
        assert lab.stdin is not None
        ready = json.loads(lab.stdout.readline())
        ways = [f"{node['address']}:2222" for node in ready["nodes"].values()]
        nornir = open_strangers(
            [parse_way(way, "admin") for way in ways], Settings(state=folder), {"admin_password": PASSWORD}
        )
        for host in nornir.inventory.hosts.values():
            access = access_of(host)
            trust_host_key(folder / ".moulin" / "known_hosts", access, fetch_host_key(access))
        yield ways
        lab.stdin.close()
        assert lab.wait(timeout=30) == 0


@pytest.mark.skipif(not recordings(), reason="recorded labs (shared/data) are not on this machine")
@pytest.mark.parametrize("lab", recordings(), ids=lambda path: path.parent.name)
def test_the_first_plan_of_an_adopted_lab_is_empty(lab: Path, tmp_path: Path) -> None:
    texts = {path.parent.name: path.read_text() for path in sorted(lab.glob("*/show_running-config.txt"))}
    with lab_of(tmp_path, texts) as ways:
        adopted = moulin(tmp_path, "adopt", *ways, "--into", "inventory", "--json")
        assert adopted.returncode == 0, adopted.stdout + adopted.stderr
        told = json.loads(adopted.stdout)
        assert len(told["switches"]) == len(texts)
        assert told["owns"]
        assert moulin(tmp_path, "check").returncode == 0
        planned = moulin(tmp_path, "plan")
        assert planned.returncode == 0, planned.stdout + planned.stderr

        again = moulin(tmp_path, "adopt", *ways, "--into", "claimed", "--own", "ntp *", "--own", "clock *")
        assert again.returncode == 0, again.stdout + again.stderr
        asked = moulin(tmp_path, "plan", "--inventory", "claimed", "--json")
        assert asked.returncode in {0, 3}, asked.stderr
        for switch in json.loads(asked.stdout)["switches"].values():
            assert all(line[2:].startswith(("ntp ", "clock ")) for line in switch["diff"])


@pytest.mark.timeout(240)
def test_a_town_is_recognised(tmp_path: Path) -> None:
    """A town that was built from an inventory is read back: same switches, same cables, same networks."""
    secrets = {"MOULIN_SECRETS": str(tmp_path / ".moulin" / "lab" / "secrets.yaml")}
    ours = {name: value for name, value in os.environ.items() if not name.startswith("MOULIN_")} | secrets

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [MOULIN, *words], cwd=tmp_path, env=ours, capture_output=True, text=True, check=False
        )

    assert run("init", "inventory").returncode == 0
    hosts = tmp_path / "inventory" / "hosts.yaml"
    hosts.write_text(hosts.read_text().replace("127.66.1.", "127.66.8."))  # other tests have those
    with subprocess.Popen(
        [MOULIN, "lab", "up"], cwd=tmp_path, env=ours, stdout=subprocess.PIPE, text=True
    ) as lab:
        try:
            assert lab.stdout is not None
            while "moulin plan" not in lab.stdout.readline():
                assert lab.poll() is None
            assert run("apply", "--yes").returncode == 0
            ways = ("127.66.8.1:2222", "127.66.8.2:2222", "http://127.66.8.101:8080")
            adopted = run("adopt", *ways, "--into", "adopted", "--title", "Exampleton")
            assert adopted.returncode == 0, adopted.stdout + adopted.stderr
            assert run("check", "adopted").returncode == 0
            planned = run("plan", "--inventory", "adopted")
            assert planned.returncode == 0, planned.stdout + planned.stderr
        finally:
            lab.terminate()
            assert lab.wait(timeout=30) == 0
    before, after = _read(tmp_path / "inventory"), _read(tmp_path / "adopted")
    assert set(after["hosts"]) == set(before["hosts"])
    assert [pair["peer_ports"] for pair in after["links"]["pairs"].values()] == [
        pair["peer_ports"] for pair in before["links"]["pairs"].values()
    ]
    assert [trunk["links"] for trunk in after["links"]["trunks"].values()] == [
        trunk["links"] for trunk in before["links"]["trunks"].values()
    ]
    assert after["links"]["routed"] == before["links"]["routed"]
    prefixes = [
        {(n["vlan"], n["prefix"]) for n in plan["addresses"]["networks"].values()} for plan in (before, after)
    ]
    assert prefixes[0] == prefixes[1]
    seen = (tmp_path / "adopted" / "SEEN.md").read_text()
    assert "| sw-town-hall | Ethernet1/1 | 121 |" in seen
    everything = "".join(path.read_text() for path in (tmp_path / "adopted").rglob("*") if path.is_file())
    for secret in yaml.safe_load((tmp_path / ".moulin" / "lab" / "secrets.yaml").read_text()).values():
        assert secret not in everything


def _read(folder: Path) -> dict[str, Any]:
    return {path.stem: yaml.safe_load(path.read_text()) for path in folder.glob("*.yaml")}
