"""NAPALM, both drivers, every getter, every release: what it reads is what the world holds."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest
from napalm.base import NetworkDriver
from napalm.nxos import NXOSDriver
from napalm.nxos_ssh import NXOSSSHDriver

from vnexus import hardware
from vnexus.lab import Lab
from vnexus.node import Node
from vnexus.topology import Endpoint


def offered(driver: type[NetworkDriver]) -> set[str]:
    """The getters that the driver has of its own."""
    return {
        name
        for kind in driver.__mro__
        if kind not in {NetworkDriver, object}
        for name, member in vars(kind).items()
        if name.startswith("get_") and inspect.isfunction(member)
    }


def plain(names: Any) -> set[str]:
    """The SSH driver writes two names as no switch does."""
    return {str(name).replace("Management", "mgmt").replace("Loopback", "loopback") for name in names}


def colons(mac: str) -> str:
    return ":".join(f"{octet:02X}" for octet in hardware.mac_bytes(mac))


@pytest.fixture
def near(lab: Lab, node: Node) -> Endpoint:
    """What hangs on an access port of the switch."""
    return next(e for e in lab.topology.endpoints if e.node == node.spec.name and e.kind != "carrier")


def test_every_getter_is_held_against_the_switch() -> None:
    """A getter that NAPALM adds needs a test here."""
    tested = {name.removeprefix("test_") for name in globals() if name.startswith("test_get_")}
    assert offered(NXOSDriver) | offered(NXOSSSHDriver) == tested


def test_get_facts(napalm: Any, node: Node) -> None:
    facts = napalm.get_facts()
    assert facts["vendor"] == "Cisco"
    assert facts["os_version"] == node.release.version
    assert node.model.short in facts["model"]
    assert facts["hostname"].partition(".")[0] == node.spec.name
    assert facts["serial_number"] == hardware.serial(node.spec.name)
    assert facts["uptime"] == pytest.approx(node.clock.now() - node.booted_at(), abs=5)
    assert plain(facts["interface_list"]) == set(node.config.interfaces())


def test_get_interfaces(napalm: Any, node: Node) -> None:
    seen = napalm.get_interfaces()
    assert plain(seen) == set(node.config.interfaces())
    for spelt, row in seen.items():
        (name,) = plain([spelt])
        config = node.config.interface(name)
        assert row["is_up"] == node.world.oper(node.spec.name, name).up, name
        assert row["is_enabled"] == config.admin_up, name
        assert row["description"] == config.description, name
        if name.startswith(("Ethernet", "mgmt")):
            assert row["mac_address"] == colons(
                hardware.mac_text(hardware.port_mac(node.spec.address, node.spec.model, name))
            )
            assert row["mtu"] == config.mtu


def test_get_interfaces_ip(napalm: Any, node: Node) -> None:
    """The API driver asks for the default VRF only."""
    everything = isinstance(napalm, NXOSSSHDriver)
    wanted = {}
    for name in node.config.interfaces():
        config = node.config.interface(name)
        if config.addresses and (everything or config.vrf == "default"):
            address, _, length = config.addresses[0].partition("/")
            wanted[name] = {address: {"prefix_length": int(length)}}
    seen = napalm.get_interfaces_ip()
    assert {name: row["ipv4"] for name, row in seen.items() if row.get("ipv4")} == wanted
    number = node.config.value("ip address ", "interface loopback0")
    assert number is not None
    last = number.partition("/")[0].rpartition(".")[2]
    own = {ip: row for ip, row in seen["loopback0"]["ipv6"].items() if not ip.startswith("fe80:")}
    assert own == {f"2001:db8:66::{last}": {"prefix_length": 128}}


def test_get_arp_table(napalm: Any, near: Endpoint) -> None:
    rows = {row["ip"]: row for row in napalm.get_arp_table()}
    assert rows[near.address]["mac"] == colons(near.mac)
    assert rows[near.address]["interface"].startswith("Vlan12")


def test_get_mac_address_table(napalm: Any, node: Node, near: Endpoint) -> None:
    """One driver writes interface names out, the other does not."""
    learnt = {row["mac"]: row for row in napalm.get_mac_address_table() if not row["static"]}
    row = learnt[colons(near.mac)]
    assert row["interface"].replace("Ethernet", "Eth") == near.port.replace("Ethernet", "Eth")
    assert row["vlan"] == node.config.interface(near.port).access_vlan
    assert set(learnt) == {colons(entry.address) for entry in node.world.macs(node.spec.name)}


def test_get_vlans(napalm: Any, node: Node, near: Endpoint) -> None:
    seen = napalm.get_vlans()
    assert {int(number): row["name"] for number, row in seen.items()} == node.config.vlans()
    vlan = node.config.interface(near.port).access_vlan
    assert near.port in seen[str(vlan)]["interfaces"]


def test_get_network_instances(napalm: Any) -> None:
    seen = napalm.get_network_instances()
    assert set(seen) == {"default", "management"}
    assert "loopback0" in seen["default"]["interfaces"]["interface"]
    assert set(seen["management"]["interfaces"]["interface"]) == {"mgmt0"}


def test_get_lldp_neighbors(napalm: Any, node: Node) -> None:
    seen = {
        (port, row["hostname"], row["port"])
        for port, rows in napalm.get_lldp_neighbors().items()
        for row in rows
    }
    assert seen == {(n.local_port, n.node, n.port) for n in node.world.neighbors(node.spec.name)}


def test_get_lldp_neighbors_detail(napalm: Any, node: Node) -> None:
    seen = napalm.get_lldp_neighbors_detail()
    for neighbor in node.world.neighbors(node.spec.name):
        (row,) = seen[neighbor.local_port]
        assert (row["remote_system_name"], row["remote_port"]) == (neighbor.node, neighbor.port)
        assert {"bridge", "router"} <= set(row["remote_system_capab"])


def test_get_bgp_neighbors(napalm: Any, node: Node) -> None:
    table = napalm.get_bgp_neighbors()["global"]
    assert table["router_id"] == node.config.value("router-id ", "router bgp 65001")
    peers = node.world.bgp_peers(node.spec.name)
    assert set(table["peers"]) == {peer.address for peer in peers}
    for peer in peers:
        row = table["peers"][peer.address]
        assert row["is_up"] == (peer.state == "established")
        assert (row["remote_as"], row["local_as"]) == (int(peer.remote_as), 65001)
        received = node.world.network().tables.bgp.received(node.spec.name, peer.address)
        assert row["address_family"]["ipv4"]["received_prefixes"] == received


def test_get_environment(napalm: Any, node: Node) -> None:
    seen = napalm.get_environment()
    assert all(0 < row["%usage"] < 100 for row in seen["cpu"].values())
    used, free = node.world.memory_kilobytes(node.spec.name)
    # the virtual switch lives on between the two looks: its memory moves a little
    said = seen["memory"]["available_ram"]
    assert any(said == pytest.approx(meant, rel=0.001) for meant in (used + free, free // 100 * 1000))
    temperatures = sorted(row["temperature"] for row in seen["temperature"].values())
    chassis = [s for s in node.world.sensors(node.spec.name) if s.port is None and s.unit == "celsius"]
    assert temperatures == pytest.approx(sorted(s.value for s in chassis), abs=2)
    if isinstance(napalm, NXOSDriver):
        assert len(seen["power"]) == len(node.world.power_supplies(node.spec.name))
        assert all(row["status"] for row in seen["power"].values())
        assert len(seen["fans"]) >= len(node.world.fans(node.spec.name))


def test_get_config(napalm: Any, node: Node) -> None:
    node.merge("vlan 404")
    config = napalm.get_config()
    assert "vlan 1,12" in config["startup"]
    assert ",404" in config["running"]
    assert ",404" not in config["startup"]
    assert len(napalm.get_config(retrieve="running", full=True)["running"]) > len(config["running"])


def test_get_users(napalm: Any) -> None:
    users = napalm.get_users()
    assert {name: row["level"] for name, row in users.items()} == {"admin": 15, "eve": 5}


def test_get_snmp_information(napalm: Any) -> None:
    seen = napalm.get_snmp_information()
    assert (seen["contact"], seen["location"]) == ("noc", "rue Haute 12")
    assert seen["community"] == {"city": {"acl": "", "mode": "network-operator"}}


def ntp_lines(node: Node, kind: str) -> set[str]:
    return {line.split()[2] for line in node.config.lines() if line.startswith(f"ntp {kind} ")}


def test_get_ntp_servers(napalm: Any, node: Node) -> None:
    """The SSH driver does not tell servers and peers apart."""
    mixed = ntp_lines(node, "peer") if isinstance(napalm, NXOSSSHDriver) else set()
    assert set(napalm.get_ntp_servers()) == ntp_lines(node, "server") | mixed


def test_get_ntp_peers(napalm: Any, node: Node) -> None:
    mixed = ntp_lines(node, "server") if isinstance(napalm, NXOSSSHDriver) else set()
    assert set(napalm.get_ntp_peers()) == ntp_lines(node, "peer") | mixed


def test_get_ntp_stats(connect_napalm: Callable[[Node, str], Any], node: Node) -> None:
    (row,) = connect_napalm(node, "nxos").get_ntp_stats()
    assert row["remote"] in ntp_lines(node, "server") | ntp_lines(node, "peer")
    assert (row["synchronized"], row["reachability"]) == (True, 377)
    assert row["stratum"] == (4 if node.spec.name == "core" else 3)


def test_get_optics(connect_napalm: Callable[[Node, str], Any], node: Node) -> None:
    seen = connect_napalm(node, "nxos_ssh").get_optics()
    name = node.spec.name
    fitted = {port.name for port in node.model.ports if node.world.optic(name, port.name) is not None}
    assert set(seen) == fitted
    assert fitted
    for rows in seen.values():
        assert -10 < rows["physical_channels"]["channel"][0]["state"]["input_power"]["instant"] < 3


def test_get_interfaces_counters(connect_napalm: Callable[[Node, str], Any], node: Node) -> None:
    device, world = connect_napalm(node, "nxos_ssh"), node.world
    name = next(n.local_port for n in world.neighbors(node.spec.name))
    before = world.counters(node.spec.name, name)
    seen = device.get_interfaces_counters()[name]
    after = world.counters(node.spec.name, name)
    assert before.rx_bytes <= seen["rx_octets"] <= after.rx_bytes
    assert before.tx_unicast <= seen["tx_unicast_packets"] <= after.tx_unicast


def test_get_route_to(connect_napalm: Callable[[Node, str], Any], node: Node) -> None:
    device = connect_napalm(node, "nxos_ssh")
    goal = "10.1.0.1/32" if node.spec.name != "core" else "10.1.0.2/32"
    (route,) = device.get_route_to(goal)[goal]
    assert (route["protocol"], route["current_active"]) == ("ospf", True)
    assert route["next_hop"].startswith("10.0.1")
    table = node.world.network().tables.bgp
    learnt = str(next(prefix for prefix, path in table.best(node.spec.name).items() if path.as_path))
    (found,) = device.get_route_to(learnt)[learnt]
    assert found["protocol"] == "bgp"
    assert found["protocol_attributes"]["as_path"].split()[0] == "64500"


def test_ping_and_traceroute(napalm: Any, near: Endpoint, node: Node) -> None:
    good = napalm.ping(near.address, count=2)["success"]
    assert (good["packet_loss"], len(good["results"])) == (0, 2)
    assert 0 < good["rtt_min"] <= good["rtt_avg"] <= good["rtt_max"]
    assert napalm.ping(f"{near.address}9", count=2)["success"]["packet_loss"] == 2
    goal = "10.1.0.2" if node.spec.name != "leaf" else "10.1.0.3"
    hops = napalm.traceroute(goal)["success"]
    answers = [hop["probes"][1]["ip_address"] for hop in hops.values()]
    assert answers[-1] == goal
    assert len(answers) == (1 if node.spec.name == "core" else 2)


def test_alive_and_cli(napalm: Any, node: Node) -> None:
    assert napalm.is_alive() == {"is_alive": True}
    said = napalm.cli(["show hostname", "show clock"])
    assert node.spec.name in said["show hostname"]
    assert "UTC" in said["show clock"]
