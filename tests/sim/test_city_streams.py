"""The shipped city as it is meant to run: recorders hear their cameras, through the switches between them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from agent.flows.lab import make_secrets
from agent.intent.expand import expand_switches
from agent.intent.lab import lab_topology
from agent.intent.load import load_city
from agent.render.env import Templates
from agent.render.render import render_switch
from vnexus.lab import Lab
from vnexus.topology import load_topology

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Every switch with its rendered configuration, without sockets."""
    city = load_city(ROOT / "inventory")
    secrets, templates, switches = make_secrets(city), Templates(ROOT / "templates"), expand_switches(city)
    plain = lab_topology(city)
    for node in plain["nodes"]:
        node["startup"] = render_switch(switches[node["name"]], secrets, templates).splitlines()
    file = tmp_path_factory.mktemp("city") / "lab.yml"
    file.write_text(yaml.safe_dump(plain, sort_keys=False), encoding="utf-8")
    return Lab(load_topology(file, {plain["credentials"]["password_env"]: secrets["admin_password"]}))


def test_leaves_hear_what_the_recorders_join(lab: Lab) -> None:
    recorder = next(item for item in lab.topology.endpoints if item.name == "NVR-1")
    multicast = lab.nodes[recorder.node].world.network().multicast
    heard = {
        member.group
        for member in multicast.snooped(recorder.node, 181)
        if member.reporter == recorder.address
    }
    assert heard == set(recorder.joins)


def test_cores_have_a_tree_from_the_rendezvous_point_and_one_from_each_camera(lab: Lab) -> None:
    cameras = {item.address: item.sends for item in lab.topology.endpoints if item.sends}
    trees = lab.nodes["core-1"].world.network().multicast.trees("core-1")
    shared = {tree.group for tree in trees if not tree.source and tree.vrf == "CCTV"}
    assert shared >= set(cameras.values())
    assert {tree.neighbor for tree in trees if tree.group in shared and not tree.source} == {"10.20.255.1"}
    from_cameras = {tree.source: tree.group for tree in trees if tree.source}
    assert from_cameras == cameras
