"""net-snmp walks every switch of the configured city from end to end, as a stranger's collector would."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from agent.flows.lab import make_secrets
from agent.intent.expand import expand_switches
from agent.intent.lab import LISTEN, lab_topology
from agent.intent.load import load_city
from agent.render.env import Templates
from agent.render.render import render_switch

ROOT = Path(__file__).parents[2]
AT_ONCE = 2
MOST_SECONDS = 90
LEAST_VALUES = 1000
"""Even the smallest switch of the city says more than this."""
END = "No more variables left in this MIB View"
USER = ("snmp-server user walker network-operator auth sha Walk-auth-1 priv aes-128 Walk-priv-1",)
V3 = ("-v3", "-lauthPriv", "-uwalker", "-aSHA", "-AWalk-auth-1", "-xAES", "-XWalk-priv-1")
CITY = load_city(ROOT / "inventory")
SECRETS = make_secrets(CITY)
SWITCHES = expand_switches(CITY)
COMMUNITY = {name: SECRETS[switch.base.snmp_community] for name, switch in SWITCHES.items()}
SECURE = tuple(sorted(SWITCHES))[:: len(SWITCHES) // 4]
"""The few that are walked once more with authentication and privacy."""

pytestmark = pytest.mark.skipif(not shutil.which("snmpbulkwalk"), reason="net-snmp is not installed")


@dataclass(frozen=True)
class Walk:
    """What net-snmp wrote of one walk."""

    returned: int
    complaint: str
    lines: list[str]

    def oids(self) -> list[tuple[int, ...]]:
        values = (line for line in self.lines if line.startswith(".1") and " = " in line and END not in line)
        found = (line.split(" = ", 1)[0] for line in values)
        return [tuple(map(int, oid[1:].split("."))) for oid in found]


def _elsewhere(address: str) -> str:
    """The same switch beside a city that may be running: ``127.66.x.y`` becomes ``127.89.x.y``."""
    return address.replace("127.66.", "127.89.")


@pytest.fixture(scope="module")
def addresses(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The whole city in one lab, every switch with what is rendered for it; its addresses by name."""
    folder, templates = tmp_path_factory.mktemp("city"), Templates(ROOT / "templates")
    lab = lab_topology(CITY)
    for node in lab["nodes"]:
        node["address"] = _elsewhere(node["address"])
        node["startup"] = [*render_switch(SWITCHES[node["name"]], SECRETS, templates).splitlines(), *USER]
    (folder / "lab.yml").write_text(yaml.safe_dump(lab, sort_keys=False), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("vnexus")), "run", str(folder / "lab.yml")]
    command += ["--control", "127.0.0.1:0", "--host-keys", str(folder / "keys")]
    password = {lab["credentials"]["password_env"]: SECRETS["admin_password"]}
    with (
        (folder / "log").open("w", encoding="utf-8") as log,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env={**os.environ, **password}
        ) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, (folder / "log").read_text(encoding="utf-8")
            assert set(json.loads(line)["nodes"]) == set(SWITCHES)
            yield {node["name"]: node["address"] for node in lab["nodes"]}
        finally:
            process.terminate()


def _walk(address: str, words: tuple[str, ...]) -> Walk:
    place = f"{address}:{LISTEN['snmp']}"
    done = subprocess.run(
        ["snmpbulkwalk", *words, "-t10", "-r1", "-On", "-Cr40", "-m", "", place, ".1"],
        capture_output=True,
        text=True,
        check=False,
        timeout=MOST_SECONDS,
    )
    return Walk(done.returncode, done.stderr, done.stdout.splitlines())


def _faults(name: str, walk: Walk) -> list[str]:
    oids = walk.oids()
    holds = {
        f"net-snmp returned {walk.returned}": walk.returned == 0,
        f"net-snmp complained: {walk.complaint}": not walk.complaint,
        "an OID did not increase": "not increasing" not in walk.complaint and oids == sorted(set(oids)),
        f"only {len(oids)} values": len(oids) > LEAST_VALUES,
        "the walk did not end at the end of the MIB": bool(walk.lines) and END in walk.lines[-1],
    }
    return [f"{name}: {fault}" for fault, good in holds.items() if not good]


def test_every_switch_of_the_city_is_walked_to_its_end(addresses: dict[str, str]) -> None:
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        walks = dict(zip(addresses, pool.map(lambda name: _plain(addresses, name), addresses), strict=True))
        secure = dict(zip(SECURE, pool.map(lambda name: _walk(addresses[name], V3), SECURE), strict=True))
    assert len(walks) == len(CITY.hosts)
    assert [fault for name, walk in walks.items() for fault in _faults(name, walk)] == []
    assert [fault for name, walk in secure.items() for fault in _faults(f"{name} by v3", walk)] == []
    for name, walk in secure.items():
        assert _names(walk) == _names(walks[name]) == [name]
    assert time.monotonic() - began < MOST_SECONDS


def _plain(addresses: dict[str, str], name: str) -> Walk:
    return _walk(addresses[name], ("-v2c", "-c", COMMUNITY[name]))


def _names(walk: Walk) -> list[str]:
    """What the walk says for sysName."""
    said = (re.fullmatch(r'\.1\.3\.6\.1\.2\.1\.1\.5\.0 = STRING: "?([^."]+).*', line) for line in walk.lines)
    return [found[1] for found in said if found]
