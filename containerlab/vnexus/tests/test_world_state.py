"""State follows wiring, configuration and faults, never a script."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from vnexus.world import FaultError

if TYPE_CHECKING:
    from conftest import Lab


def test_a_link_is_up_only_when_both_ends_are(lab: Lab) -> None:
    world = lab.world
    assert world.oper("hall", "Ethernet1/49").up
    lab.wait(100)
    lab.configs["core-1"].change("Ethernet3/2", admin_up=False)
    lab.wait(50)
    seen = world.oper("hall", "Ethernet1/49")
    assert (seen.up, seen.reason) == (False, "notconnect")
    assert seen.changed_at == lab.time.seconds - 50
    assert world.oper("core-1", "Ethernet3/2").reason == "disabled"
    lab.configs["core-1"].change("Ethernet3/2", admin_up=True)
    assert world.oper("hall", "Ethernet1/49").up


def test_both_ends_agree_on_the_speed(lab: Lab) -> None:
    assert lab.world.oper("hall", "Ethernet1/49").speed_mbps == 10_000
    assert lab.world.oper("core-1", "Ethernet3/2").speed_mbps == 10_000
    assert lab.world.oper("hall", "Ethernet1/7").speed_mbps == 100


def test_an_empty_cage_and_an_empty_socket_say_so(lab: Lab) -> None:
    assert lab.world.oper("hall", "Ethernet1/51").reason == "sfpAbsent"
    assert lab.world.oper("hall", "Ethernet1/20").reason == "notconnect"


def test_a_cut_wire_is_mended(lab: Lab) -> None:
    number = lab.world.add_fault("link-cut", {"node": "core-1", "port": "Ethernet3/2"})
    assert not lab.world.oper("hall", "Ethernet1/49").up
    assert not lab.world.oper("core-1", "Ethernet3/2").up
    lab.world.remove_fault(number)
    assert lab.world.oper("hall", "Ethernet1/49").up


def test_a_fault_ends_by_itself_at_its_time(lab: Lab) -> None:
    lab.world.add_fault("link-cut", {"node": "core-1", "port": "Ethernet3/2"}, seconds=30)
    lab.wait(100)
    seen = lab.world.oper("hall", "Ethernet1/49")
    assert seen.up
    assert seen.changed_at == lab.time.seconds - 70


def test_a_flapping_wire_goes_down_and_up(lab: Lab) -> None:
    lab.world.add_fault("link-flap", {"node": "hall", "port": "Ethernet1/49", "seconds": 5})
    phases = []
    for _ in range(4):
        phases.append(lab.world.oper("core-1", "Ethernet3/2").up)
        lab.wait(5)
    assert phases == [False, True, False, True]


def test_an_endpoint_on_poe_is_up_only_with_power(lab: Lab) -> None:
    world = lab.world
    assert world.oper("hall", "Ethernet1/7").up
    lab.configs["hall"].change("Ethernet1/7", poe_enabled=False)
    assert not world.oper("hall", "Ethernet1/7").up
    assert world.oper("hall", "Ethernet1/9").up, "has a supply of its own"
    lab.configs["hall"].change("Ethernet1/7", poe_enabled=True)
    number = world.add_fault("endpoint-unplug", {"endpoint": "cam-001"})
    power = world.poe("hall", "Ethernet1/7")
    assert power is not None
    assert (power.status, power.milliwatts) == ("searching", 0)
    assert not world.oper("hall", "Ethernet1/7").up
    world.remove_fault(number)
    assert world.oper("hall", "Ethernet1/7").up


def test_a_hung_endpoint_draws_power_without_a_link(lab: Lab) -> None:
    lab.world.add_fault("endpoint-hang", {"endpoint": "cam-001"})
    power = lab.world.poe("hall", "Ethernet1/7")
    assert power is not None
    assert power.status == "delivering"
    assert not lab.world.oper("hall", "Ethernet1/7").up


def test_power_goes_by_priority_while_the_budget_lasts(lab: Lab) -> None:
    hall = lab.configs["hall"]
    hall.change("Ethernet1/8", poe_priority="critical", poe_max_milliwatts=1_650_000)
    lab.world.add_fault("psu-fail", {"node": "hall", "slot": 2})
    budget, _ = lab.world.poe_budget_milliwatts("hall")
    assert budget < 1_900_000
    states = [lab.world.poe("hall", f"Ethernet1/{port}") for port in (7, 8)]
    assert [state.status for state in states if state] == ["searching", "delivering"]


def test_overdrawing_puts_the_port_into_fault(lab: Lab) -> None:
    hall = lab.configs["hall"]
    hall.change("Ethernet1/7", poe_max_milliwatts=4000)
    power = lab.world.poe("hall", "Ethernet1/7")
    assert power is not None
    assert power.status == "fault"


def test_a_port_channel_needs_lacp_at_both_ends(lab: Lab) -> None:
    hall, core = lab.configs["hall"], lab.configs["core-1"]
    hall.change("port-channel1", mode="trunk")
    hall.change("Ethernet1/49", channel_group=1, channel_mode="active")
    assert lab.world.oper("hall", "Ethernet1/49").reason == "suspnd"
    assert lab.world.oper("hall", "port-channel1").reason == "noOperMembers"
    core.change("port-channel7", mode="trunk")
    core.change("Ethernet3/2", channel_group=7, channel_mode="passive")
    assert lab.world.oper("hall", "port-channel1").up
    assert lab.world.oper("core-1", "port-channel7").speed_mbps == 10_000
    hall.change("Ethernet1/49", channel_mode="passive")
    assert not lab.world.oper("hall", "port-channel1").up
    hall.change("Ethernet1/49", channel_mode="active")
    core.change("port-channel7", admin_up=False)
    assert not lab.world.oper("hall", "port-channel1").up


def test_an_svi_is_up_when_its_vlan_lives(lab: Lab) -> None:
    hall = lab.configs["hall"]
    hall.change("Vlan120", mode="routed")
    assert not lab.world.oper("hall", "Vlan120").up
    hall.names[120] = "CCTV"
    hall.touch()
    assert not lab.world.oper("hall", "Vlan120").up
    hall.change("Ethernet1/7", access_vlan=120)
    assert lab.world.oper("hall", "Vlan120").up
    lab.world.add_fault("endpoint-unplug", {"endpoint": "cam-001"})
    assert not lab.world.oper("hall", "Vlan120").up
    hall.change("Ethernet1/49", mode="trunk")
    assert lab.world.oper("hall", "Vlan120").up


def test_neighbours_follow_wire_feature_and_port(lab: Lab) -> None:
    def seen() -> dict[str, str]:
        return {n.local_port: n.node for n in lab.world.neighbors("hall")}

    lab.configs["core-1"].hostname = "renamed"
    lab.configs["core-1"].touch()
    assert seen() == {"Ethernet1/8": "ap-001", "Ethernet1/49": "renamed", "Ethernet1/50": "core-2"}
    lab.configs["core-2"].change("Ethernet3/2", lldp_transmit=False)
    assert "Ethernet1/50" not in seen()
    lab.configs["core-1"].features.clear()
    lab.configs["core-1"].touch()
    assert "Ethernet1/49" not in seen()
    lab.configs["hall"].change("Ethernet1/8", lldp_receive=False)
    assert seen() == {}


def test_addresses_are_learned_over_trunks(lab: Lab) -> None:
    for node, port in (("hall", "Ethernet1/49"), ("core-1", "Ethernet3/2")):
        lab.configs[node].change(port, mode="trunk")
        lab.configs[node].names[120] = "CCTV"
    lab.configs["hall"].change("Ethernet1/7", access_vlan=120)
    here = {(mac.vlan, mac.address): mac.port for mac in lab.world.macs("hall")}
    there = {(mac.vlan, mac.address): mac.port for mac in lab.world.macs("core-1")}
    assert here[120, "00aa.bbcc.0001"] == "Ethernet1/7"
    assert there[120, "00aa.bbcc.0001"] == "Ethernet3/2"
    lab.configs["hall"].change("Ethernet1/49", allowed_vlans=frozenset({1}))
    assert (120, "00aa.bbcc.0001") not in {(mac.vlan, mac.address) for mac in lab.world.macs("core-1")}


def test_supplies_share_the_load_and_take_over(lab: Lab) -> None:
    first, second = lab.world.power_supplies("hall")
    assert first.drawn_watts == pytest.approx(second.drawn_watts)
    lab.world.add_fault("psu-fail", {"node": "hall", "slot": 1})
    failed, other = lab.world.power_supplies("hall")
    assert (failed.up, failed.drawn_watts) == (False, 0.0)
    assert other.drawn_watts == pytest.approx(first.drawn_watts + second.drawn_watts, rel=0.02)


def test_a_failed_fan_heats_the_switch(lab: Lab) -> None:
    before = {s.name: s.value for s in lab.world.sensors("hall") if s.port is None}
    lab.world.add_fault("fan-fail", {"node": "hall", "fan": 2})
    after = {s.name: s.value for s in lab.world.sensors("hall") if s.port is None}
    assert all(after[name] > before[name] for name in before)
    assert [fan.up for fan in lab.world.fans("hall")] == [True, False, True]


def test_a_warm_room_heats_the_optics_too(lab: Lab) -> None:
    def hot() -> list[float]:
        found = lab.world.sensors("hall")
        return [s.value for s in found if s.unit == "celsius" and (s.port is None or "Temperature" in s.name)]

    before = hot()
    lab.world.add_fault("heat", {"node": "hall", "celsius": 40})
    assert all(39 < after - value < 41 for after, value in zip(hot(), before, strict=True))


def test_memory_fills_up(lab: Lab) -> None:
    number = lab.world.add_fault("memory-full", {"node": "hall", "percent": 96})
    used, free = lab.world.memory_kilobytes("hall")
    assert round(used / (used + free), 3) == 0.96
    lab.world.remove_fault(number)
    used, free = lab.world.memory_kilobytes("hall")
    assert used < free


def test_a_frozen_camera_keeps_its_link_and_power_and_is_silent(lab: Lab) -> None:
    def sent() -> int:
        return lab.world.counters("hall", "Ethernet1/7").rx_bytes

    lab.world.add_fault("endpoint-freeze", {"endpoint": "cam-001"})
    first = sent()
    lab.wait(600)
    power = lab.world.poe("hall", "Ethernet1/7")
    assert sent() == first
    assert lab.world.oper("hall", "Ethernet1/7").up
    assert power is not None
    assert power.milliwatts > 3000


def test_optics_see_the_far_laser(lab: Lab) -> None:
    def receive() -> float:
        name = "Ethernet1/49 Lane 1 Transceiver Receive Power Sensor"
        return next(s.value for s in lab.world.sensors("hall") if s.name == name)

    assert -3 < receive() < -2
    lab.world.add_fault("optic-dim", {"node": "hall", "port": "Ethernet1/49", "decibels": 12})
    assert receive() < -13
    lab.configs["core-1"].change("Ethernet3/2", admin_up=False)
    assert receive() == 0.0


def test_a_reboot_takes_its_time_and_tells(lab: Lab) -> None:
    told: list[str] = []
    lab.world.on_reboot.append(told.append)
    lab.wait(1000)
    lab.world.reboot("core-1", seconds=60)
    assert not lab.world.oper("hall", "Ethernet1/49").up
    assert not lab.world.powered("core-1")
    assert told == []
    lab.wait(61)
    assert lab.world.oper("hall", "Ethernet1/49").up
    assert lab.world.booted_at("core-1") == lab.time.seconds - 1
    assert told == ["core-1"]


@pytest.mark.parametrize(
    ("kind", "arguments", "expected"),
    [
        ("earthquake", {}, "unknown fault 'earthquake'"),
        ("link-cut", {"node": "core-9", "port": "x"}, "unknown node 'core-9'"),
        ("link-cut", {"node": "core-1", "port": "Ethernet9/1"}, "has no port 'Ethernet9/1'"),
        ("link-cut", {"node": "core-1", "port": "Ethernet3/40"}, "no link at core-1:Ethernet3/40"),
        ("link-cut", {"node": "core-1"}, "'port' is missing"),
        ("link-cut", {"node": "core-1", "porte": "x"}, "unknown argument 'porte'"),
        ("endpoint-unplug", {"endpoint": "cam-999"}, "unknown endpoint 'cam-999'"),
        ("psu-fail", {"node": "hall", "slot": 3}, "has no slot 3"),
        ("psu-fail", {"node": "hall", "slot": "two"}, "slot is 'two'"),
        ("fan-fail", {"node": "hall", "fan": 0}, "has no fan 0"),
        ("snmp-loss", {"node": "hall", "percent": -1}, "percent is -1"),
        ("link-flap", {"node": "hall", "port": "Ethernet1/49", "seconds": 0}, "seconds is 0"),
    ],
)
def test_a_fault_that_cannot_be_is_one_line(
    lab: Lab, kind: str, arguments: dict[str, object], expected: str
) -> None:
    with pytest.raises(FaultError) as caught:
        lab.world.add_fault(kind, arguments)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)


def test_an_unknown_fault_number_is_one_line(lab: Lab) -> None:
    with pytest.raises(FaultError, match="no fault 12"):
        lab.world.remove_fault(12)


def test_the_same_seed_gives_the_same_world(lab: Lab) -> None:
    twin = type(lab.world)(lab.world.topology, lab.configs, lab.world.clock)
    assert twin.sensors("hall") == lab.world.sensors("hall")
    other = type(lab.world)(replace(lab.world.topology, name="x"), lab.configs, lab.world.clock, seed=7)
    assert other.power_supplies("hall") != lab.world.power_supplies("hall")
