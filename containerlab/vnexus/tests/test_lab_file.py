"""A lab file is read as meant, or refused in one line that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from vnexus.lab import Lab
from vnexus.topology import Endpoint, Link, Listen, TopologyError, load_topology

GOOD = """
name: example
listen: {ssh: 3022, nxapi: 8080, snmp: 1161}
credentials: {username: admin, password_env: LAB_PASSWORD}
nodes:
  - {name: leaf-1, profile: n9k-10, model: N9K-C9348GC-FX3PH, address: 127.66.0.21, startup: ["feature lldp"]}
  - {name: core-1, profile: n7k-7.3, model: N7K-C7009, address: 127.66.0.1}
links:
  - [leaf-1:Ethernet1/49, core-1:Ethernet3/1]
endpoints:
  - {node: leaf-1, port: Ethernet1/7, kind: camera, name: cam-001, mac: 00aa.bbcc.0001, watts: 6.5}
"""
ENVIRONMENT = {"LAB_PASSWORD": "secret"}


def load(tmp_path: Path, text: str) -> object:
    file = tmp_path / "lab.yaml"
    file.write_text(text)
    return load_topology(file, ENVIRONMENT)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "lab.yaml"
    file.write_text(GOOD)
    lab = load_topology(file, ENVIRONMENT)
    assert lab.name == "example"
    assert (lab.username, lab.password) == ("admin", "secret")
    assert lab.listen == Listen(ssh=3022)
    assert lab.nodes[0].startup == ("feature lldp",)
    assert lab.links == (Link("leaf-1", "Ethernet1/49", "core-1", "Ethernet3/1"),)
    assert lab.endpoints == (
        Endpoint("leaf-1", "Ethernet1/7", "camera", "cam-001", "00aa.bbcc.0001", watts=6.5),
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param("name: example", "nom: x", "unknown key 'nom'", id="unknown-top-key"),
        pytest.param("watts: 6.5", "wats: 6.5", "endpoints[0]: unknown key 'wats'", id="unknown-key"),
        pytest.param("watts: 6.5", "watts: lots", "'lots' is not of type float", id="wrong-type"),
        pytest.param("watts: 6.5", "watts: -1", "-1 is below zero", id="negative"),
        pytest.param("core-1:Eth", "core-9:Eth", "links[0]: unknown node 'core-9'", id="unknown-node"),
        pytest.param("Ethernet3/1]", "Ethernet9/1]", "has no port 'Ethernet9/1'", id="unknown-port"),
        pytest.param("port: Ethernet1/7", "port: Ethernet1/49", "is used twice, by core-1:", id="used-twice"),
        pytest.param("N7K-C7009", "N7K-C7099", "unknown model 'N7K-C7099'", id="unknown-model"),
        pytest.param("n7k-7.3", "n7k-8", "unknown profile 'n7k-8'", id="unknown-profile"),
        pytest.param("127.66.0.1}", "127.66.0.21}", "127.66.0.21 belongs to leaf-1", id="address-taken"),
        pytest.param("127.66.0.1}", "nowhere}", "'nowhere' is not an IPv4 address", id="not-an-address"),
        pytest.param("name: core-1", "name: leaf-1", "the name is taken", id="name-taken"),
        pytest.param("kind: camera", "kind: kettle", "unknown kind 'kettle'", id="unknown-kind"),
        pytest.param("00aa.bbcc.0001", "00aa", "'00aa' is not a MAC address", id="not-a-mac"),
        pytest.param("LAB_PASSWORD", "OTHER", "the environment has no OTHER", id="no-password"),
        pytest.param("name: example", "name: [", "lab.yaml:", id="broken-yaml"),
        pytest.param("links:", "stations: {192.0.2.1: 192.0.2.2}\nlinks:", "loopback", id="far-station"),
        pytest.param("links:", "stations: {here: 127.0.0.1}\nlinks:", "stations: 'here'", id="odd-station"),
        pytest.param("watts: 6.5", "sends: 10.1.1.1", "'10.1.1.1' is not a multicast", id="not-a-group"),
        pytest.param("watts: 6.5", "joins: [here]", "'here' is not a multicast group", id="odd-group"),
        pytest.param("links:", "stations: [127.0.0.1]\nlinks:", "not a mapping", id="no-stations"),
        pytest.param("[leaf-1:Ethernet1/49, core-1:Ethernet3/1]", "oops", "is not a pair", id="not-a-pair"),
        pytest.param('["feature lldp"]', "7", "not a list of lines", id="startup-not-lines"),
        pytest.param(", address: 127.66.0.1}", "}", "nodes[1]: no 'address'", id="missing-key"),
    ],
)
def test_a_mistake_is_one_line_with_its_place(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert old in GOOD
    with pytest.raises(TopologyError) as caught:
        load(tmp_path, GOOD.replace(old, new, 1))
    assert expected in str(caught.value)
    assert str(caught.value).startswith(str(tmp_path / "lab.yaml"))
    assert "\n" not in str(caught.value)


def test_power_from_a_port_without_poe_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TopologyError, match="gives no power"):
        load(tmp_path, GOOD.replace("Ethernet1/7", "Ethernet1/50"))


@pytest.mark.parametrize("text", ["", "[]", "3", "name: x"])
def test_a_file_without_nodes_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(TopologyError):
        load(tmp_path, text)


def test_an_absent_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TopologyError, match="cannot be read"):
        load_topology(tmp_path / "absent.yaml", {})


def test_the_example_of_the_readme_is_a_lab(tmp_path: Path) -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    example = readme.split("```yaml\n")[1].split("```")[0]
    file = tmp_path / "lab.yaml"
    file.write_text(example)
    lab = Lab(load_topology(file, {"VNEXUS_PASSWORD": "secret"}))
    assert lab.world.oper("hall", "Ethernet1/49").up
    assert lab.world.oper("hall", "Ethernet1/7").up
