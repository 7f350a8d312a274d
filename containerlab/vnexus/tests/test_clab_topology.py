"""Topology files of containerlab: what is taken, and the one line about everything else."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path

import pytest

from vnexus.clab.document import ClabError
from vnexus.clab.topology import Lab, load_lab

GOOD = """\
name: town
mgmt: {network: town, ipv4-subnet: 10.99.0.0/24, ipv4-gw: 10.99.0.254}
topology:
  defaults: {kind: linux, image: "moulin/vnexus:${TAG:=latest}", env: {A: 1, B: true}}
  kinds:
    linux: {binds: ["k:/k"], labels: {from: kind}}
  groups:
    switch: {cap-add: [NET_ADMIN], env: {B: group}, binds: ["g:/g"]}
  nodes:
    hall:
      group: switch
      mgmt-ipv4: 10.99.0.21
      binds: ["n:/n"]
    leaf: {kind: cisco_n9kv, image: "cisco:1"}
  links:
    - endpoints: ["hall:eth1", "leaf:Ethernet1/2"]
    - type: veth
      mtu: 1500
      endpoints:
        - {node: hall, interface: eth2, mac: "02:00:00:00:00:01"}
        - {node: leaf, interface: eth3}
"""


def load(tmp_path: Path, text: str, **environ: str) -> Lab:
    file = tmp_path / "town.clab.yml"
    file.write_text(text, "utf-8")
    return load_lab(file, environ)


def test_everything_is_merged_and_resolved(tmp_path: Path) -> None:
    lab = load(tmp_path, GOOD)
    hall, leaf = lab.nodes["hall"], lab.nodes["leaf"]
    assert hall.image == "moulin/vnexus:latest"
    assert hall.binds == ("k:/k", "g:/g", "n:/n")
    assert hall.env == {"A": "1", "B": "group"}
    assert hall.labels == {"from": "kind"}
    assert hall.mgmt_ipv4 == IPv4Address("10.99.0.21")
    assert (leaf.kind, leaf.image, leaf.env["B"]) == ("cisco_n9kv", "cisco:1", "true")
    assert [(link.a, link.z, link.mtu) for link in lab.links] == [
        (("hall", "eth1"), ("leaf", "eth2"), 9500),
        (("hall", "eth2"), ("leaf", "eth3"), 1500),
    ]
    assert lab.links[1].macs == ("02:00:00:00:00:01", None)
    assert lab.long_name("hall") == "clab-town-hall"
    assert lab.folder == tmp_path / "clab-town"
    assert lab.interfaces("hall") == 2


@pytest.mark.parametrize(
    ("prefix", "name"), [('""', "hall"), ("__lab-name", "town-hall"), ("mine", "mine-town-hall")]
)
def test_names_follow_the_prefix(tmp_path: Path, prefix: str, name: str) -> None:
    assert load(tmp_path, f"prefix: {prefix}\n{GOOD}").long_name("hall") == name


def test_the_environment_fills_variables(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD, TAG="2.0").nodes["hall"].image == "moulin/vnexus:2.0"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name: town", "nam: town", ":1: the key 'nam' is not known here"),
        ("name: town\n", "", ":1: no 'name'"),
        ("name: town", "name: [town]", ":1: name: ['town'] is not a text"),
        ("mgmt: {network: town", "mgmt: {netwrk: town", ":2: mgmt: the key 'netwrk' is not known here"),
        ("10.99.0.0/24", "10.99.0.0/33", ":2: '10.99.0.0/33' is not right"),
        ("group: switch\n", "group: swich\n", ":11: unknown group 'swich'"),
        ("mgmt-ipv4: 10.99.0.21", "mgmt-ipv4: 10.99.0", ":12: '10.99.0' is not right"),
        ("kind: cisco_n9kv", "kind: ceos", ":14: kind 'ceos' is not known here"),
        ('image: "cisco:1"', 'image: ""', ":14: no image"),
        ('image: "cisco:1"', 'image: "c", network-mode: host', ":14: network-mode 'host' is not known here"),
        ('image: "cisco:1"', 'image: "c", startup-config: x.cfg', ":14: there is no "),
        ('image: "cisco:1"', 'image: "c", mgmt-ipv4: 10.99.0.21', ":14: 10.99.0.21 belongs to hall"),
        ('image: "cisco:1"', 'image: "c", stages: {}', ":14: topology.nodes.leaf: the key 'stages'"),
        ('image: "cisco:1"', 'image: "c", healthcheck: {tries: 3}', ":14: topology.nodes.leaf.healthcheck: "),
        ('image: "cisco:1"', 'image: "c", privileged: "no"', ":14: privileged: 'no' is not true or false"),
        ('"hall:eth1"', '"hal:eth1"', ":16: unknown node 'hal'"),
        ('"hall:eth1"', '"hall:eth0"', ":16: 'eth0' is no data interface of hall"),
        ('"hall:eth1"', '"hall:eth2"', ":17: hall:eth2 is used twice, see line 16"),
        ("type: veth", "type: macvlan", ":17: a link of type 'macvlan' is not known here"),
        ("interface: eth2", "interfac: eth2", ":20: topology.links.1.endpoints.0: the key 'interfac'"),
        ("name: town", "name: town\nname: city", ":2: not valid YAML: 'name' stands twice"),
        ("name: town", "name: ${TOWN}", ":1: the environment has no TOWN"),
        ("nodes:", "nodes: [", ":"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_with_file_and_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    with pytest.raises(ClabError) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    text = str(caught.value)
    assert text.startswith(f"{tmp_path / 'town.clab.yml'}{said}"), text
    assert "\n" not in text
    assert ". " in text


@pytest.mark.parametrize("text", ["", "- a\n", "name: x\ntopology: {nodes: {}}\n", "name: x\ntopology: 3\n"])
def test_files_of_another_shape_are_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ClabError, match=r"town\.clab\.yml:\d+: "):
        load(tmp_path, text)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ClabError, match="cannot be read"):
        load_lab(tmp_path / "none.clab.yml", {})
