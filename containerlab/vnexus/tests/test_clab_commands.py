"""What docker and ip are told, and the files that are written: all from values, nothing run."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from vnexus.clab import commands, records
from vnexus.clab.records import Container, inspected, read_container
from vnexus.clab.topology import Lab, load_lab

TEXT = """\
name: town
mgmt: {network: town, ipv4-subnet: 10.99.0.0/24, ipv4-gw: 10.99.0.254}
topology:
  nodes:
    hall:
      kind: linux
      image: moulin/vnexus:latest
      mgmt-ipv4: 10.99.0.21
      privileged: false
      cap-add: [NET_ADMIN]
      env: {PASSWORD: secret, LANG: C}
      binds: ["town.lab.yml:/etc/vnexus/lab.yml:ro", "__clabNodeDir__/x:/x", "/abs:/abs"]
      labels: {ansible-group: building, nornir-group: building, nornir-group-2: town-hall}
      healthcheck: {test: [CMD, /usr/local/bin/healthy], interval: 5, retries: 2}
      cpu: 0.5
    cam:
      {kind: linux, image: i, network-mode: none, entrypoint: /bin/vnexus -v, cmd: "host camera --name 'C 1'"}
    leaf: {kind: cisco_n9kv, image: c, env: {USERNAME: eve}}
  links:
    - endpoints: ["hall:eth1", "leaf:eth2"]
    - endpoints: ["hall:eth2", "cam:eth1"]
"""


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    file = tmp_path / "town.clab.yml"
    file.write_text(TEXT, "utf-8")
    return load_lab(file, {})


def pairs(words: tuple[str, ...], flag: str) -> list[str]:
    return [value for key, value in pairwise(words) if key == flag]


def test_a_switch_is_started_as_containerlab_would(lab: Lab, tmp_path: Path) -> None:
    start = commands.start(lab, lab.nodes["hall"], "eve")
    words = start.command
    assert words[:3] == ("docker", "run", "--detach")
    assert pairs(words, "--name") == ["clab-town-hall"]
    assert pairs(words, "--hostname") == ["hall"]
    assert (pairs(words, "--network"), pairs(words, "--ip")) == (["town"], ["10.99.0.21"])
    assert pairs(words, "--volume") == [
        f"{tmp_path}/town.lab.yml:/etc/vnexus/lab.yml:ro", f"{tmp_path}/clab-town/hall/x:/x", "/abs:/abs",
    ]  # fmt: skip
    assert "--privileged" not in words
    assert pairs(words, "--cap-add") == ["NET_ADMIN"]
    assert pairs(words, "--cpus") == ["0.5"]
    assert pairs(words, "--health-cmd") == ["/usr/local/bin/healthy"]
    assert (pairs(words, "--health-interval"), pairs(words, "--health-retries")) == (["5s"], ["2"])
    assert words[-1] == "moulin/vnexus:latest"
    label = dict(value.split("=", 1) for value in pairs(words, "--label"))
    assert label == {
        "ansible-group": "building", "nornir-group": "building", "nornir-group-2": "town-hall",
        "containerlab": "town", "clab-node-name": "hall", "clab-node-longname": "clab-town-hall",
        "clab-node-kind": "linux", "clab-node-type": "", "clab-node-group": "",
        "clab-node-lab-dir": f"{tmp_path}/clab-town/hall", "clab-topo-file": f"{tmp_path}/town.clab.yml",
        "clab-mgmt-net-bridge": "town", "clab-owner": "eve",
    }  # fmt: skip


def test_a_password_never_stands_on_a_command_line(lab: Lab) -> None:
    start = commands.start(lab, lab.nodes["hall"], "eve")
    assert "secret" not in " ".join(start.command)
    assert start.environment == {"PASSWORD": "secret"}
    env = pairs(start.command, "--env")
    assert "PASSWORD" in env
    assert {"CLAB_INTFS=2", "LANG=C", "CLAB_LABEL_CLAB_NODE_NAME=hall"} <= set(env)


def test_an_endpoint_has_no_management(lab: Lab) -> None:
    words = commands.start(lab, lab.nodes["cam"], "eve").command
    assert pairs(words, "--network") == ["none"]
    assert pairs(words, "--entrypoint") == ["/bin/vnexus"]
    assert words[-6:] == ("i", "-v", "host", "camera", "--name", "C 1")
    assert pairs(words, "--restart") == ["always"]


def test_an_image_of_vrnetlab_gets_its_arguments(lab: Lab, tmp_path: Path) -> None:
    words = commands.start(lab, lab.nodes["leaf"], "eve").command
    at = words.index("c")
    assert words[at + 1 :] == (
        "--username", "eve", "--password", "admin", "--hostname", "leaf", "--connection-mode",
        "tc", "--trace",
    )  # fmt: skip
    assert pairs(words, "--volume") == [f"{tmp_path}/clab-town/leaf/config:/config"]
    assert "--privileged" in words


def test_a_link_is_made_moved_and_switched_on(lab: Lab) -> None:
    a, z = commands.temporary_names(lab, 0)
    assert max(len(a), len(z)) <= 15
    made = commands.lay_link(lab, 0, {"hall": 11, "leaf": 22})
    assert made[0][:4] == ("ip", "link", "add", a)
    assert made[1:] == [
        ("ip", "link", "set", a, "netns", "11", "name", "eth1"),
        ("ip", "link", "set", z, "netns", "22", "name", "eth2"),
        ("nsenter", "--target", "11", "--net", "ip", "link", "set", "eth1", "up"),
        ("nsenter", "--target", "22", "--net", "ip", "link", "set", "eth2", "up"),
    ]
    macs = {commands.mac_of(lab, end) for link in lab.links for end in (link.a, link.z)}
    assert len(macs) == 4
    assert all(mac.startswith("aa:c1:ab:") for mac in macs)


def test_the_network_carries_the_lab(lab: Lab) -> None:
    assert commands.create_network(lab) == (
        "docker", "network", "create", "--driver", "bridge", "--subnet", "10.99.0.0/24",
        "--gateway", "10.99.0.254", "--label", "containerlab=town", "town",
    )  # fmt: skip


def container(lab: Lab, name: str, address: str) -> Container:
    data = {
        "Id": "0123456789abcdef", "Name": f"/{lab.long_name(name)}", "State": {"Status": "running", "Pid": 7},
        "Config": {"Image": lab.nodes[name].image, "Labels": commands.labels(lab, lab.nodes[name], "eve")},
        "NetworkSettings": {
            "Networks": {
                "town": {"IPAddress": address, "IPPrefixLen": 24, "MacAddress": "02:42:0a:63:00:15"}
            },
            "Ports": {"22/tcp": [{"HostIp": "127.0.0.1", "HostPort": "2201"}], "161/udp": None},
        },
    }  # fmt: skip
    return read_container(data, "Up 3 seconds (healthy)")


def test_inspect_answers_like_containerlab(lab: Lab) -> None:
    found = inspected([container(lab, "hall", "10.99.0.21")])
    assert list(found) == ["town"]
    assert found["town"][0] == {
        "lab_name": "town", "labPath": str(lab.file), "absLabPath": str(lab.file), "name": "clab-town-hall",
        "container_id": "0123456789ab", "image": "moulin/vnexus:latest", "kind": "linux", "state": "running",
        "status": "Up 3 seconds (healthy)", "ipv4_address": "10.99.0.21/24", "ipv6_address": "N/A",
        "owner": "eve",
    }  # fmt: skip
    assert inspected([]) == {}


def test_the_three_inventories(lab: Lab) -> None:
    addresses = {"hall": "10.99.0.21", "leaf": "10.99.0.2", "cam": ""}
    running = {name: container(lab, name, address) for name, address in addresses.items()}
    ansible = yaml.safe_load(records.ansible_inventory(lab, running))["all"]
    assert ansible["children"]["building"] == {"hosts": {"clab-town-hall": {"ansible_host": "10.99.0.21"}}}
    assert ansible["children"]["cisco_n9kv"]["vars"] == {"ansible_user": "admin", "ansible_password": "admin"}
    nornir = yaml.safe_load(records.nornir_inventory(lab, running))
    assert nornir["hall"] == {
        "platform": "linux", "hostname": "10.99.0.21", "groups": ["building", "town-hall"],
    }  # fmt: skip
    assert nornir["leaf"] == {
        "username": "admin", "password": "admin", "platform": "cisco_n9kv", "hostname": "10.99.0.2",
    }  # fmt: skip
    data = json.loads(records.topology_data(lab, running, "eve"))
    hall = data["nodes"]["hall"]
    assert (hall["index"], hall["mgmt-ipv4-address"], hall["mgmt-ipv4-prefix-length"]) == (
        "0",
        "10.99.0.21",
        24,
    )
    assert hall["port-bindings"] == [
        {"host-ip": "127.0.0.1", "host-port": 2201, "port": 22, "protocol": "tcp"}
    ]
    assert data["nodes"]["cam"]["mgmt-net"] == ""
    first = data["links"][0]["endpoints"]
    assert (first["a"]["node"], first["a"]["peer"], first["z"]["interface"]) == ("hall", "z", "eth2")
