"""Topologies for containerlab follow from the inventory; the committed ones are those that are made."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from agent.errors import UsageError
from agent.flows.lab_files import lab_files
from agent.intent.city import City
from agent.intent.containerlab import (
    choose_switches,
    containerlab_topology,
    front_number,
    n9kv_topology,
    shared_lab,
)
from agent.intent.hardware import MODELS
from vnexus.clab.topology import load_lab
from vnexus.container.ports import interface_of
from vnexus.topology import load_topology

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "containerlab"


@pytest.fixture(scope="module")
def switches(bellerive: City) -> tuple[str, ...]:
    return choose_switches(bellerive)


def test_committed_files_are_those_that_are_made(bellerive: City, switches: tuple[str, ...]) -> None:
    made = lab_files(bellerive, switches)
    assert set(made) == {file.name for file in FOLDER.glob("*.yml")}
    for name, text in made.items():
        assert (FOLDER / name).read_text("utf-8") == text, f"run: moulin lab files containerlab ({name})"


def test_the_choice_holds_together(bellerive: City, switches: tuple[str, ...]) -> None:
    roles = [bellerive.hosts[name].role for name in switches]
    assert [roles.count(role) for role in ("core", "carrier-edge", "leaf", "building")] == [2, 2, 2, 2]
    ends = {end.partition(":")[0] for link in shared_lab(bellerive, switches)["links"] for end in link}
    assert ends == set(switches)


def test_the_deployer_and_the_nodes_take_the_files(bellerive: City, switches: tuple[str, ...]) -> None:
    lab = load_lab(FOLDER / "bellerive.clab.yml", {})
    known = load_topology(FOLDER / "bellerive.lab.yml", {"VNEXUS_PASSWORD": "x"})
    assert [name for name, node in lab.nodes.items() if node.group == "switch"] == list(switches)
    assert {spec.name: spec.address for spec in known.nodes} == {
        name: str(lab.nodes[name].mgmt_ipv4) for name in switches
    }
    models = {spec.name: spec.model for spec in known.nodes}
    wires = {
        frozenset(
            ((link.a_node, interface_of(models[link.a_node], link.a_port)),
             (link.b_node, interface_of(models[link.b_node], link.b_port)))
        )
        for link in known.links
    }  # fmt: skip
    laid = {frozenset((link.a, link.z)) for link in lab.links}
    assert wires <= laid
    hosts = {name for link in laid - wires for name, _ in link} - set(switches)
    assert hosts == {"cam-001", "tel-001", "alize"}


@pytest.mark.parametrize("model", ["N7K-C7009", "N9K-C93180YC-FX3", "N9K-C9348GC-FX3PH", "N9K-C9300v"])
def test_both_sides_count_ports_alike(model: str) -> None:
    for port in MODELS[model].ports():
        assert interface_of(model, port) == f"eth{front_number(model, port)}"


def test_the_variant_for_owners_of_images(bellerive: City, switches: tuple[str, ...]) -> None:
    data = n9kv_topology(bellerive, switches)
    assert set(data["topology"]["nodes"]) == {name for name in switches if not name.startswith("core")}
    assert {node["kind"] for node in data["topology"]["nodes"].values()} == {"cisco_n9kv"}
    lab = load_lab(FOLDER / "bellerive.n9kv.clab.yml", {"N9KV_IMAGE": "moulin/vnexus:latest"})
    assert {node.image for node in lab.nodes.values()} == {"moulin/vnexus:latest"}


def test_a_lab_without_endpoints_says_what_to_do(bellerive: City) -> None:
    with pytest.raises(UsageError, match="choose others: --limit"):
        containerlab_topology(bellerive, ("core-1",))


def test_one_process_can_run_the_same_topology(bellerive: City, switches: tuple[str, ...]) -> None:
    lab = load_topology(FOLDER / "bellerive.clab.yml", {})
    known = load_topology(FOLDER / "bellerive.lab.yml", {"VNEXUS_PASSWORD": "x"})
    assert [(n.name, n.model, n.profile) for n in lab.nodes] == [
        (n.name, n.model, n.profile) for n in known.nodes
    ]
    assert lab.links == known.links
    assert {(e.node, e.port, e.kind, e.mac, e.transmit_bps) for e in lab.endpoints} <= {
        (e.node, e.port, e.kind, e.mac, e.transmit_bps) for e in known.endpoints
    }
    assert len(lab.endpoints) == 3


def test_no_password_stands_in_the_files() -> None:
    text = (FOLDER / "bellerive.clab.yml").read_text("utf-8")
    assert yaml.safe_load(text)["topology"]["groups"]["switch"]["env"]["PASSWORD"].startswith(
        "${VNEXUS_PASSWORD"
    )
