"""Counters are the exact integral of the traffic: they add up, stop, and never run back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vnexus.facts import Counters
from vnexus.world import World

if TYPE_CHECKING:
    from conftest import Lab

HELLO_BYTES_PER_SECOND = 90


def test_a_camera_counts_into_its_port(lab: Lab) -> None:
    lab.wait(100)
    port = lab.world.counters("hall", "Ethernet1/7")
    assert port.rx_bytes == 4_000_000 // 8 * 100
    assert port.tx_bytes == (20_000 // 8 + HELLO_BYTES_PER_SECOND) * 100
    assert port.rx_multicast * 5 == pytest.approx(
        port.rx_unicast + port.rx_multicast + port.rx_broadcast, rel=0.01
    )


def test_uplinks_carry_the_sum_split_evenly(lab: Lab) -> None:
    lab.wait(1000)
    up = [lab.world.counters("hall", port) for port in ("Ethernet1/49", "Ethernet1/50")]
    sent = (4_000_000 + 10_000_000) // 8
    received = (20_000 + 40_000_000 + 2_000_000) // 8
    for port in up:
        assert port.tx_bytes == (sent // 2 + HELLO_BYTES_PER_SECOND) * 1000
        assert port.rx_bytes == (received // 2 + HELLO_BYTES_PER_SECOND) * 1000
    far = lab.world.counters("core-1", "Ethernet3/2")
    assert (far.rx_bytes, far.tx_bytes) == (up[0].tx_bytes, up[0].rx_bytes)


def test_traffic_moves_to_the_other_uplink_when_one_is_cut(lab: Lab) -> None:
    lab.wait(10)
    before = lab.world.counters("hall", "Ethernet1/50").tx_bytes
    lab.world.add_fault("link-cut", {"node": "hall", "port": "Ethernet1/49"})
    stopped = lab.world.counters("hall", "Ethernet1/49")
    lab.wait(10)
    assert lab.world.counters("hall", "Ethernet1/49") == stopped
    after = lab.world.counters("hall", "Ethernet1/50").tx_bytes
    assert after - before == (14_000_000 // 8 + HELLO_BYTES_PER_SECOND) * 10


def test_a_change_seen_late_counts_from_its_own_moment(lab: Lab) -> None:
    lab.wait(60)
    lab.configs["hall"].change("Ethernet1/7", admin_up=False)
    lab.wait(600)
    assert lab.world.counters("hall", "Ethernet1/7").rx_bytes == 4_000_000 // 8 * 60


def test_a_full_wire_drops_and_says_so(lab: Lab) -> None:
    lab.configs["hall"].change("Ethernet1/49", speed_mbps=1)
    lab.world.add_fault("link-cut", {"node": "hall", "port": "Ethernet1/50"})
    lab.wait(10)
    before = lab.world.counters("hall", "Ethernet1/49")
    lab.wait(100)
    after = lab.world.counters("hall", "Ethernet1/49")
    assert (after.tx_bytes - before.tx_bytes) * 8 / 100 == pytest.approx(1_000_000, rel=0.01)
    assert after.tx_discards > before.tx_discards


def test_errors_grow_at_their_rate_until_mended(lab: Lab) -> None:
    number = lab.world.add_fault("port-errors", {"node": "hall", "port": "Ethernet1/7", "rx_errors": 2.5})
    lab.wait(100)
    assert lab.world.counters("hall", "Ethernet1/7").rx_errors == 250
    lab.world.remove_fault(number)
    lab.wait(100)
    assert lab.world.counters("hall", "Ethernet1/7").rx_errors == 250


def test_weak_light_brings_errors(lab: Lab) -> None:
    for decibels, errors in ((5, 0), (12, 2000)):
        port = {"node": "hall", "port": "Ethernet1/49"}
        before = lab.world.counters("hall", "Ethernet1/49").rx_errors
        number = lab.world.add_fault("optic-dim", {**port, "decibels": decibels})
        lab.wait(100)
        assert lab.world.counters("hall", "Ethernet1/49").rx_errors - before == errors
        lab.world.remove_fault(number)


def test_a_port_channel_counts_its_members_and_keeps_what_it_counted(lab: Lab) -> None:
    for node, ports in (("hall", ("Ethernet1/49",)), ("core-1", ("Ethernet3/2",))):
        lab.configs[node].change("port-channel1", mode="trunk")
        for port in ports:
            lab.configs[node].change(port, channel_group=1, channel_mode="active")
    assert lab.world.oper("hall", "port-channel1").up
    lab.wait(100)
    counted = lab.world.counters("hall", "port-channel1")
    assert counted.tx_bytes == lab.world.counters("hall", "Ethernet1/49").tx_bytes
    lab.world.add_fault("link-cut", {"node": "hall", "port": "Ethernet1/49"})
    assert lab.world.counters("hall", "port-channel1") == counted


def test_a_reboot_starts_the_counters_again(lab: Lab) -> None:
    lab.wait(100)
    lab.world.reboot("hall")
    lab.wait(10)
    assert lab.world.counters("hall", "Ethernet1/7").rx_bytes == 4_000_000 // 8 * 10
    assert lab.world.booted_at("hall") == lab.time.seconds - 10


def test_time_can_be_pushed_ahead(lab: Lab) -> None:
    lab.world.clock.advance(3600)
    assert lab.world.counters("hall", "Ethernet1/7").rx_bytes == 4_000_000 // 8 * 3600
    with pytest.raises(ValueError, match="cannot advance"):
        lab.world.clock.advance(-1)


EVENTS = st.one_of(
    st.tuples(st.just("wait"), st.floats(0, 1000)),
    st.tuples(st.just("shut"), st.sampled_from(["Ethernet1/7", "Ethernet1/49", "Ethernet1/50"])),
    st.tuples(st.just("open"), st.sampled_from(["Ethernet1/7", "Ethernet1/49", "Ethernet1/50"])),
    st.tuples(st.just("cut"), st.sampled_from(["Ethernet1/49", "Ethernet1/50"])),
    st.tuples(st.just("unplug"), st.sampled_from(["cam-001", "ap-001"])),
    st.tuples(st.just("ask"), st.none()),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(EVENTS, max_size=25))
def test_counters_never_run_back(make_small: Callable[[], Lab], events: list[tuple[str, object]]) -> None:
    fresh = make_small()
    world, configs, wall = fresh.world, fresh.configs, fresh.time
    last: dict[str, Counters] = {}
    for event, subject in events:
        if event == "wait":
            wall.seconds += float(str(subject))
        elif event in ("shut", "open"):
            configs["hall"].change(str(subject), admin_up=event == "open")
        elif event == "cut":
            world.add_fault("link-cut", {"node": "hall", "port": subject}, seconds=50)
        elif event == "unplug":
            world.add_fault("endpoint-unplug", {"endpoint": subject}, seconds=70)
        for port in ("Ethernet1/7", "Ethernet1/49", "Ethernet1/50"):
            now = world.counters("hall", port)
            before = last.get(port, Counters())
            assert all(getattr(now, name) >= getattr(before, name) for name in Counters.__slots__)
            last[port] = now


LAWS = st.one_of(
    EVENTS,
    st.tuples(st.just("shut core"), st.sampled_from(["Ethernet3/1", "Ethernet3/2", "Ethernet3/3"])),
    st.tuples(st.just("bundle"), st.sampled_from(["active", "passive", "on"])),
    st.tuples(st.just("supply"), st.sampled_from([1, 2])),
    st.tuples(st.just("poe"), st.sampled_from(["Ethernet1/7", "Ethernet1/8"])),
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(events=st.lists(LAWS, max_size=15))
def test_state_step_by_step_is_the_state_from_scratch(
    make_small: Callable[[], Lab], events: list[tuple[str, object]]
) -> None:
    fresh = make_small()
    world, configs = fresh.world, fresh.configs
    faults: list[tuple[str, dict[str, object]]] = []
    for event, subject in events:
        if event in ("shut", "open"):
            configs["hall"].change(str(subject), admin_up=event == "open")
        elif event == "shut core":
            configs["core-1"].change(str(subject), admin_up=False)
        elif event == "bundle":
            for node, port in (("hall", "Ethernet1/49"), ("core-1", "Ethernet3/2")):
                configs[node].change("port-channel1", mode="trunk")
                configs[node].change(port, channel_group=1, channel_mode=subject)
        elif event == "poe":
            configs["hall"].change(str(subject), poe_enabled=False)
        elif event == "cut":
            faults.append(("link-cut", {"node": "hall", "port": subject}))
            world.add_fault(*faults[-1])
        elif event == "unplug":
            faults.append(("endpoint-unplug", {"endpoint": subject}))
            world.add_fault(*faults[-1])
        elif event == "supply":
            faults.append(("psu-fail", {"node": "hall", "slot": subject}))
            world.add_fault(*faults[-1])
        else:
            world.refresh()
    other = World(world.topology, configs, world.clock)
    for kind, arguments in faults:
        other.add_fault(kind, arguments)
    for node in configs:
        for name in configs[node].interfaces():
            mine, theirs = world.oper(node, name), other.oper(node, name)
            assert (mine.up, mine.reason, mine.speed_mbps) == (theirs.up, theirs.reason, theirs.speed_mbps)
        assert world.neighbors(node) == other.neighbors(node)
    world.clock.advance(100)
    before = {(n, p): world.counters(n, p).tx_bytes for n in configs for p in configs[n].interfaces()}
    start = {(n, p): other.counters(n, p).tx_bytes for n in configs for p in configs[n].interfaces()}
    world.clock.advance(100)
    for (node, port), count in before.items():
        grown = world.counters(node, port).tx_bytes - count
        assert abs(grown - (other.counters(node, port).tx_bytes - start[node, port])) <= 1
