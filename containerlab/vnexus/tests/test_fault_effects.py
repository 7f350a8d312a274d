"""Every kind of fault, by what it changes: terminal, NX-API, SNMP, neighbours."""

from __future__ import annotations

import http.client
import json
import socket
import time
import urllib.request
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import paramiko
import pytest

from vnexus.faults import DropAfterBytes, HangReply, SlowReply
from vnexus.lab import Lab
from vnexus.node import Node
from vnexus.testing import one_switch

STARTUP = ("feature nxapi", "snmp-server community public group network-operator", "feature sftp-server")


@pytest.fixture(scope="module")
def switch() -> Iterator[tuple[Lab, Node]]:
    with one_switch(startup=STARTUP) as found:
        yield found


@pytest.fixture
def clean(switch: tuple[Lab, Node]) -> Iterator[tuple[Lab, Node]]:
    yield switch
    lab, node = switch
    node.faults.clear()
    for number in list(lab.world.board.active):
        lab.world.remove_fault(number)


def login(lab: Lab, node: Node) -> paramiko.SSHClient:
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507 - a new key in every lab
    client.connect(
        node.spec.address, lab.topology.listen.ssh, "admin", "admin", allow_agent=False, look_for_keys=False
    )
    return client


def ask(lab: Lab, node: Node, line: str, seconds: float = 10.0) -> str:
    """One command over SSH, without a terminal."""
    client = login(lab, node)
    try:
        _, out, _ = client.exec_command(line, timeout=seconds)
        return out.read().decode()
    finally:
        client.close()


def post(lab: Lab, node: Node, line: str, seconds: float = 10.0) -> Any:
    body = {"jsonrpc": "2.0", "method": "cli_ascii", "params": {"cmd": line, "version": 1}, "id": 1}
    head = {
        "Content-Type": "application/json-rpc",
        "Authorization": f"Basic {b64encode(b'admin:admin').decode()}",
    }
    url = f"http://{node.spec.address}:{lab.topology.listen.nxapi}/ins"
    request = urllib.request.Request(url, json.dumps(body).encode(), head)
    with urllib.request.urlopen(request, timeout=seconds) as reply:  # noqa: S310 - the lab's own address
        return json.load(reply)


def hears(lab: Lab, node: Node, question: bytes, seconds: float = 0.5) -> bytes | None:
    with socket.socket(type=socket.SOCK_DGRAM) as client:
        client.settimeout(seconds)
        client.sendto(question, (node.spec.address, lab.topology.listen.snmp))
        try:
            return client.recv(9000)
        except TimeoutError:
            return None


def test_a_reply_waits_and_another_never_comes(clean: tuple[Lab, Node]) -> None:
    lab, node = clean
    number = node.faults.add(SlowReply(0.4, "clock"))
    begun = time.monotonic()
    assert "Time source" in ask(lab, node, "show clock")
    assert time.monotonic() - begun >= 0.4
    node.faults.remove(number)
    number = node.faults.add(HangReply("clock"))
    with pytest.raises(TimeoutError):
        ask(lab, node, "show clock", 0.3)
    with pytest.raises(TimeoutError):
        post(lab, node, "show clock", 0.3)
    assert "switch" in ask(lab, node, "show hostname")
    node.faults.remove(number)
    assert "Time source" in ask(lab, node, "show clock")


def test_a_connection_is_cut_in_the_middle_of_a_reply(clean: tuple[Lab, Node]) -> None:
    lab, node = clean
    whole = post(lab, node, "show version")["result"]["msg"]
    node.faults.add(DropAfterBytes(100))
    with pytest.raises((http.client.HTTPException, OSError)):
        post(lab, node, "show version")
    assert post(lab, node, "show version")["result"]["msg"] == whole
    client = login(lab, node)
    chan = client.invoke_shell()
    while b"# " not in (data := chan.recv(4096)):
        assert data
    node.faults.add(DropAfterBytes(50))
    chan.send(b"show version\n")
    got = b""
    while data := chan.recv(4096):
        got += data
    assert b"Cisco Nexus" in got
    assert b"uptime" not in got
    client.close()


def test_a_busy_processor_shows_and_slows(clean: tuple[Lab, Node], get_name: bytes) -> None:
    lab, node = clean
    assert hears(lab, node, get_name, 2.0)
    lab.world.add_fault("cpu-storm", {"node": "switch", "percent": 98, "reply_seconds": 0.4})
    begun = time.monotonic()
    assert "98" in ask(lab, node, "show system resources") or node.world.cpu_percent("switch") == 98
    assert time.monotonic() - begun >= 0.4
    assert hears(lab, node, get_name, 0.2) is None
    assert hears(lab, node, get_name, 2.0)


def test_a_full_bootflash_refuses_every_way_in(clean: tuple[Lab, Node]) -> None:
    lab, node = clean
    lab.world.add_fault("bootflash-full", {"node": "switch"})
    for line in (
        "copy running-config bootflash:x.cfg",
        "checkpoint file x.cp",
        "show version > bootflash:v.txt",
    ):
        assert "No space left on device" in ask(lab, node, line)
    assert "          0 bytes free" in ask(lab, node, "dir")
    client = login(lab, node)
    with client.open_sftp() as sftp, pytest.raises(OSError, match="No space left"):
        sftp.open("/bootflash/y", "w").write(b"data")
    client.close()
    assert not node.flash.files


def test_a_clock_runs_ahead(clean: tuple[Lab, Node]) -> None:
    lab, node = clean
    before = node.stamp()
    lab.world.add_fault("clock-skew", {"node": "switch", "offset_seconds": -86_400})
    assert node.stamp()[:10] != before[:10]
    assert node.stamp()[8:10] in ask(lab, node, "show clock")
    assert f"!Time: {node.stamp()[:10]}" in ask(lab, node, "show running-config")


def test_a_commit_that_loses_management_comes_back_when_it_is_undone(
    clean: tuple[Lab, Node], get_name: bytes
) -> None:
    lab, node = clean
    shell = node.shell("admin")
    shell.run("checkpoint good")
    lab.world.add_fault("management-lost", {"node": "switch", "pattern": "^vlan 66"})
    assert not shell.run("configure terminal ; vlan 65").error
    shell.run("configure terminal")
    shell.run("vlan 65")
    assert hears(lab, node, get_name, 2.0)
    shell.run("vlan 66")
    assert not node.reachable()
    assert hears(lab, node, get_name) is None
    with pytest.raises((OSError, paramiko.SSHException)):
        login(lab, node)
    shell.run("end")
    shell.run("rollback running-config checkpoint good")
    assert node.reachable()
    assert hears(lab, node, get_name, 2.0)


@pytest.mark.parametrize("save", [False, True])
def test_a_reboot_keeps_only_what_was_saved(clean: tuple[Lab, Node], save: bool) -> None:
    lab, node = clean
    client = login(lab, node)
    chan = client.invoke_shell()
    node.merge("vlan 77")
    if save:
        node.save()
    lab.clock.advance(500)
    lab.world.reboot("switch")
    assert (77 in node.config.vlans()) is save
    chan.settimeout(5)
    while chan.recv(4096):
        pass  # ends because the session is cut
    assert "0 day(s), 0 hour(s), 0 minute(s)" in ask(lab, node, "show version")
    client.close()
    node.merge("no vlan 77")
    node.save()


def lldp(lab: Lab, node: str) -> set[str]:
    return {neighbor.local_port for neighbor in lab.world.neighbors(node)}


def test_frames_that_go_one_way_are_seen_by_one_side_only(routed: Lab) -> None:
    wire = {"node": "edge", "port": "Ethernet1/1"}
    assert "Ethernet1/1" in lldp(routed, "edge")
    assert "core-1" in ospf_neighbors(routed)
    routed.world.add_fault("link-one-way", wire)
    assert routed.world.oper("edge", "Ethernet1/1").up
    assert "Ethernet1/1" not in lldp(routed, "edge")
    assert "Ethernet1/1" in lldp(routed, "core-1")
    assert "core-1" not in ospf_neighbors(routed)
    assert "100.00% packet loss" in routed.nodes["edge"].shell("admin").run("ping 10.0.1.1").text


def ospf_neighbors(lab: Lab) -> set[str]:
    tables = lab.world.network().tables
    return {n.other.key[0] for router in tables.ospf.of("edge") for n in router.neighbors}


def test_udld_takes_the_port_down_that_is_not_heard(routed: Lab) -> None:
    for node in ("edge", "core-1"):
        assert not routed.nodes[node].merge("feature udld")
    routed.world.add_fault("link-one-way", {"node": "edge", "port": "Ethernet1/1"})
    assert routed.world.oper("core-1", "Ethernet1/1").reason == "udldUnidir"
    assert not routed.world.oper("edge", "Ethernet1/1").up
    text = routed.nodes["core-1"].shell("admin").run("show interface Ethernet1/1").text
    assert "(UDLD empty echo)" in text


def test_a_port_channel_does_not_stand_on_frames_that_go_one_way(routed: Lab) -> None:
    routed.world.add_fault("link-one-way", {"node": "hall", "port": "Ethernet1/49"})
    assert routed.world.oper("hall", "Ethernet1/49").reason == "suspnd"
    assert routed.world.oper("core-1", "Ethernet1/2").reason == "suspnd"
    assert routed.world.oper("hall", "port-channel10").up


def test_a_carrier_flaps_while_its_link_stays(routed: Lab) -> None:
    def session() -> Any:
        return next(p for p in routed.world.bgp_peers("edge") if p.address == "203.0.113.1")

    first = session()
    assert first.state == "established"
    routed.world.add_fault("carrier-flap", {"endpoint": "transit", "seconds": 60}, seconds=590)
    assert session().state == "active"
    assert routed.world.oper("edge", "Ethernet1/10").up
    routed.clock.advance(60)
    assert session().state == "established"
    routed.clock.advance(3600)
    assert session().transitions == first.transitions + 5


def test_the_secondary_gives_up_its_vpcs_when_the_peer_link_goes(routed: Lab) -> None:
    first = routed.world.add_fault("link-cut", {"node": "core-1", "port": "Ethernet1/49"})
    assert routed.world.oper("core-2", "port-channel10").up
    second = routed.world.add_fault("link-cut", {"node": "core-1", "port": "Ethernet1/50"})
    assert routed.world.oper("core-1", "port-channel10").up
    assert not routed.world.oper("core-2", "port-channel10").up
    assert routed.world.oper("core-2", "Ethernet1/2").reason == "vpcPeerLinkDown"
    assert not routed.world.oper("core-2", "Vlan120").up
    assert not routed.world.oper("hall", "Ethernet1/50").up
    assert routed.world.oper("hall", "port-channel10").up
    routed.world.remove_fault(first)
    assert routed.world.oper("core-2", "port-channel10").up
    routed.world.remove_fault(second)


def test_a_lost_keepalive_leaves_both_sides_up(routed: Lab) -> None:
    assert not routed.nodes["core-1"].merge("interface mgmt0\n shutdown")
    for port in ("Ethernet1/49", "Ethernet1/50"):
        routed.world.add_fault("link-cut", {"node": "core-1", "port": port})
    assert routed.world.oper("core-1", "port-channel10").up
    assert routed.world.oper("core-2", "port-channel10").up
