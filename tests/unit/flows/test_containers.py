"""Which backend a lab gets, and the inventory that it is driven with."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from agent.cli.lab import _chosen
from agent.errors import UsageError
from agent.flows.containers import (
    Choice,
    ContainerFiles,
    Deployment,
    choose_backend,
    deploy_city,
    read_deployment,
)
from agent.flows.lab import LabError
from agent.flows.lab_slice import cut_links, cut_services, write_slice
from agent.intent.containerlab import choose_switches
from agent.intent.load import load_city

ROOT = Path(__file__).parents[3]
INVENTORY = ROOT / "inventory"
BOTH = "containerlab is not on PATH; no docker engine answers"
KEPT = ["x:Ethernet1/1", "y:Ethernet1/1"]


@pytest.mark.parametrize(
    ("wish", "installed", "engine", "backend", "why"),
    [
        ("containerlab", {"containerlab", "docker"}, True, "containerlab", ""),
        ("containerlab", {"docker"}, True, "docker", "containerlab is not on PATH"),
        ("containerlab", {"docker"}, False, "embedded", BOTH),
        ("docker", {"containerlab", "docker"}, True, "docker", ""),
        ("docker", set(), True, "embedded", "no docker engine answers"),
        ("embedded", {"containerlab", "docker"}, True, "embedded", ""),
    ],
)  # fmt: skip
def test_the_next_one_when_it_is_not_there(
    wish: str, installed: set[str], engine: bool, backend: str, why: str
) -> None:
    choice = choose_backend(wish, lambda name: name if name in installed else None, lambda: engine)  # type: ignore[arg-type]
    assert choice == Choice(backend, why)  # type: ignore[arg-type]


def test_a_slice_is_a_city_of_its_own(tmp_path: Path) -> None:
    city = load_city(INVENTORY)
    switches = choose_switches(city)
    write_slice(city, INVENTORY, tmp_path / "cut", switches)
    cut = load_city(tmp_path / "cut")
    assert tuple(cut.hosts) == switches
    assert {host.hostname for host in cut.hosts.values()} == {str(city.hosts[n].management) for n in switches}
    assert {host.snmp_port for host in cut.hosts.values()} == {161}
    assert [p.endpoint.tag for p in cut.placed] == [
        p.endpoint.tag for p in city.placed if p.switch in switches
    ]
    assert cut.freezes == ()
    assert "2222" not in (tmp_path / "cut" / "defaults.yaml").read_text("utf-8")


def test_what_is_cut_and_what_stays() -> None:
    links = {
        "pairs": {"a": {"switches": ["x", "y"]}, "b": {"switches": ["x", "z"]}},
        "trunks": {
            "kept": {"channel": 1, "links": [KEPT, ["x:Ethernet1/2", "z:Ethernet1/1"]]},
            "gone": {"channel": 2, "links": [["z:Ethernet1/3", "y:Ethernet1/3"]]},
        },
        "routed": [{"ends": ["x:Ethernet1/9", "z:Ethernet1/9"]}],
    }  # fmt: skip
    assert cut_links(links, {"x", "y"}) == {
        "pairs": {"a": {"switches": ["x", "y"]}},
        "trunks": {"kept": {"channel": 1, "links": [["x:Ethernet1/1", "y:Ethernet1/1"]]}},
        "routed": [],
    }
    services = {
        "kind": "cctv",
        "endpoints": {"x": {"Ethernet1/1": {}}, "z": {}},
        "servers": {"s": {"ports": ["x:Ethernet1/1", "z:Ethernet1/1"]}},
        "carriers": {"c": {"port": "x:Ethernet1/2"}, "d": {"port": "z:Ethernet1/2"}},
    }
    assert cut_services(services, {"x"}) == {
        "kind": "cctv",
        "endpoints": {"x": {"Ethernet1/1": {}}},
        "servers": {},
        "carriers": {"c": {"port": "x:Ethernet1/2"}},
    }


def test_a_deployment_is_noted_before_it_starts(tmp_path: Path) -> None:
    city, files = load_city(INVENTORY), ContainerFiles(tmp_path)
    assert read_deployment(files) is None
    made = deploy_city(city, INVENTORY, files, choose_switches(city), "docker")
    assert read_deployment(files) == made
    assert made.topology.is_file()


def test_the_tools_own_words_come_through(tmp_path: Path) -> None:
    topology = tmp_path / "wrong.clab.yml"
    topology.write_text("name: wrong\ntopology:\n  nodes:\n    a: {kind: linux, imago: x}\n", "utf-8")
    with pytest.raises(
        LabError, match=r"wrong\.clab\.yml:4: topology\.nodes\.a: the key 'imago' is not known"
    ):
        Deployment("docker", topology).call("deploy", environ={})


@pytest.mark.skipif(shutil.which("containerlab") is not None, reason="containerlab is installed")
def test_a_tool_that_is_gone_is_said(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="containerlab destroy"):
        Deployment("containerlab", tmp_path / "x.clab.yml").call("destroy", environ={"PATH": str(tmp_path)})


def test_limit_must_match() -> None:
    city = load_city(INVENTORY)
    assert _chosen(city, "core-*,leaf-1") == ("core-1", "core-2", "leaf-1")
    with pytest.raises(UsageError):
        _chosen(city, "nobody-*")
