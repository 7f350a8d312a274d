"""The whole virtual city for tests: switches configured as rendered, beside a city that may be running."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import yaml

from agent.flows.lab import make_secrets
from agent.intent.expand import expand_switches
from agent.intent.expect import expect
from agent.intent.expectation import Expectations
from agent.intent.lab import lab_topology
from agent.intent.load import load_city
from agent.render.env import Templates
from agent.render.render import render_switch

ROOT = Path(__file__).parents[2]
CITY = load_city(ROOT / "inventory")
SECRETS = make_secrets(CITY)


def expected_at(net: str) -> Expectations:
    """What the city promises, its switches at ``NET.x.y`` (``127.86``) instead of ``127.66.x.y``."""
    city = expect(CITY)
    return replace(city, targets=tuple(replace(t, address=_elsewhere(t.address, net)) for t in city.targets))


def part_of(city: Expectations, devices: Collection[str]) -> Expectations:
    """The promises about some switches; the others run in the lab and are watched by nobody."""
    protocols = city.protocols
    return replace(
        city,
        targets=tuple(one for one in city.targets if one.device in devices),
        ports=tuple(one for one in city.ports if one.device in devices),
        neighbors=tuple(one for one in city.neighbors if one.device in devices),
        sessions=tuple(one for one in city.sessions if one.device in devices),
        probes=tuple(one for one in city.probes if one.port.device in devices),
        protocols=replace(
            protocols,
            groups=tuple(one for one in protocols.groups if one.device in devices),
            adjacencies=tuple(one for one in protocols.adjacencies if one.device in devices),
            vpcs=tuple(one for one in protocols.vpcs if one.device in devices),
            channels=tuple(one for one in protocols.channels if one.device in devices),
        ),
    )


def _elsewhere(address: str, net: str) -> str:
    return address.replace("127.66.", f"{net}.")


@contextmanager
def running(command: list[str], log: Path, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A process with its errors in a file; ended with the block."""
    with log.open("w", encoding="utf-8") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env={**os.environ, **environment}
        )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


@contextmanager
def whole_city(
    folder: Path, net: str, more: Mapping[str, tuple[str, ...]] = MappingProxyType({})
) -> Iterator[str]:
    """Every switch of the city, configured as rendered from the start; gives the address of its control.

    ``more`` are lines that a switch has beside the rendered ones.
    """
    templates, switches = Templates(ROOT / "templates"), expand_switches(CITY)
    lab = lab_topology(CITY)
    for node in lab["nodes"]:
        node["address"] = _elsewhere(node["address"], net)
        node["startup"] = render_switch(switches[node["name"]], SECRETS, templates).splitlines()
        node["startup"] += more.get(node["name"], ())
    lab["stations"] = {meant: _elsewhere(here, net) for meant, here in lab["stations"].items()}
    (folder / "lab.yml").write_text(yaml.safe_dump(lab, sort_keys=False), encoding="utf-8")
    vnexus = str(Path(sys.executable).with_name("vnexus"))
    command = [vnexus, "run", str(folder / "lab.yml"), "--control", "127.0.0.1:0"]
    password = {lab["credentials"]["password_env"]: SECRETS["admin_password"]}
    with running([*command, "--host-keys", str(folder / "keys")], folder / "lab.log", **password) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (folder / "lab.log").read_text(encoding="utf-8")
        yield str(json.loads(line)["control"])
