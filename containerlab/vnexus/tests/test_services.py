"""LACP, NTP, IP SLA, IGMP and PIM, logging, day and night: all from configuration, wiring, faults, time."""

from __future__ import annotations

from typing import Any

import pytest

from vnexus.lab import Lab
from vnexus.world import hours
from vnexus.world.lacp import IN_SYNC, lacp_ports
from vnexus.world.routing.multicast import WEBCAST
from vnexus.world.traffic import TX_BYTES


def show(lab: Lab, node: str, line: str) -> str:
    output = lab.nodes[node].shell("admin").run(line)
    assert not output.error, output.text
    return output.text


def rows(lab: Lab, node: str, line: str, name: str) -> list[dict[str, Any]]:
    body = lab.nodes[node].shell("admin").run(line).body or {}
    found = body.get(f"TABLE_{name}", {}).get(f"ROW_{name}", [])
    return found if isinstance(found, list) else [found]


def type_(lab: Lab, node: str, *lines: str) -> None:
    assert lab.nodes[node].merge("\n".join(lines)) == []


# -- LACP


def test_both_cores_of_a_vpc_are_one_partner(routed: Lab) -> None:
    systems = {row["partner-system-id"] for row in rows(routed, "hall", "show lacp neighbor", "interface")}
    assert systems == {"32667,0-23-4-ee-be-a"}
    own = show(routed, "hall", "show lacp system-identifier")
    partners = rows(routed, "core-1", "show lacp neighbor interface port-channel10", "interface")
    assert [row["partner-system-id"] for row in partners] == [own]
    assert all(
        port.bundled and port.actor.state & IN_SYNC == IN_SYNC for port in lacp_ports(routed.world, "hall")
    )


def test_two_passive_ends_hear_nothing_and_suspend(routed: Lab) -> None:
    type_(routed, "hall", "interface Ethernet1/49-50", "no channel-group", "channel-group 10 mode passive")
    type_(routed, "core-1", "interface Ethernet1/2", "no channel-group", "channel-group 10 mode passive")
    assert routed.world.oper("hall", "Ethernet1/49").reason == "suspnd"
    assert routed.world.oper("hall", "Ethernet1/50").up


def test_pdus_are_counted_by_the_rate_that_the_partner_asks_for(routed: Lab) -> None:
    slow = rows(routed, "hall", "show lacp counters", "interface")[0]
    type_(routed, "core-1", "interface Ethernet1/2", "lacp rate fast")
    routed.clock.advance(600)
    fast = rows(routed, "hall", "show lacp counters", "interface")[0]
    assert int(fast["lacp-pdus-sent"]) > 10 * int(slow["lacp-pdus-sent"])


# -- time


def test_a_skewed_clock_loses_its_synchronisation(routed: Lab) -> None:
    type_(routed, "core-1", "no ntp server 10.1.0.2", "ntp server 10.1.0.9")
    type_(routed, "core-2", "no ntp server 10.1.0.1", "ntp server 10.1.0.1")
    routed.clock.advance(900)
    assert "Time source is NTP" in show(routed, "core-1", "show clock")
    assert [row["st"] for row in rows(routed, "core-2", "show ntp peer-status", "peersstatus")] == ["4"]
    fault = routed.world.add_fault("clock-skew", {"node": "core-1", "offset_seconds": 40})
    assert "Time source is None" in show(routed, "core-1", "show clock")
    assert "offset:                -" in show(routed, "core-1", "show ntp statistics peer ipaddr 10.1.0.9")
    assert [row["st"] for row in rows(routed, "core-2", "show ntp peer-status", "peersstatus")] == ["16"]
    routed.world.remove_fault(fault)
    assert "Time source is NTP" in show(routed, "core-1", "show clock")


# -- IP SLA

SENDER = ("feature sla sender", "ip sla 10", "udp-jitter 10.1.0.9 16384 num-packets 100", "frequency 30",
          "ip sla schedule 10 life forever start-time now")  # fmt: skip


def test_a_probe_needs_a_responder_and_a_path(routed: Lab) -> None:
    type_(routed, "core-1", *SENDER)
    assert "return code: No connection" in show(routed, "core-1", "show ip sla statistics 10")
    type_(routed, "edge", "feature sla responder", "ip sla responder")
    routed.clock.advance(300)
    before = rows(routed, "core-1", "show ip sla statistics", "common")[0]
    assert before["return-code"] == "OK"
    assert float(before["mos"]) > 4
    for node, port in (("core-1", "Ethernet1/1"), ("core-2", "Ethernet1/1")):
        routed.world.add_fault("link-cut", {"node": node, "port": port})
    assert "Timeout" in show(routed, "core-1", "show ip sla summary")
    routed.clock.advance(300)
    after = rows(routed, "core-1", "show ip sla statistics", "common")[0]
    assert int(after["num-failures"]) - int(before["num-failures"]) == 10
    assert after["num-successes"] == before["num-successes"]


def test_broken_frames_on_the_way_are_lost_probes(routed: Lab) -> None:
    type_(routed, "edge", "feature sla responder", "ip sla responder")
    type_(routed, "core-1", *SENDER)
    assert rows(routed, "core-1", "show ip sla statistics", "common")[0]["loss-sd"] == "0"
    routed.world.add_fault("port-errors", {"node": "edge", "port": "Ethernet1/1", "rx_errors": 50})
    assert int(rows(routed, "core-1", "show ip sla statistics", "common")[0]["loss-sd"]) > 0


# -- multicast


def pim(lab: Lab) -> None:
    for node in ("core-1", "core-2"):
        type_(lab, node, "feature pim", "ip pim rp-address 10.1.0.1 group-list 239.0.0.0/8")
        for name in ("Vlan120", "Ethernet1/1"):
            type_(lab, node, f"interface {name}", "ip pim sparse-mode")


def test_pim_neighbours_follow_wire_and_lines(routed: Lab) -> None:
    pim(routed)
    (seen,) = rows(routed, "core-1", "show ip pim neighbor", "neighbor")
    assert (seen["if-name"], seen["nbr-addr"]) == ("Vlan120", "10.66.120.3")
    assert "RP: 10.1.0.1*" in show(routed, "core-1", "show ip pim rp")
    type_(routed, "core-2", "interface Vlan120", "ip pim dr-priority 200")
    assert rows(routed, "core-1", "show ip pim interface brief", "brief")[0]["dr-address"] == "10.66.120.3"
    type_(routed, "core-2", "interface Vlan120", "no ip pim sparse-mode")
    assert rows(routed, "core-1", "show ip pim neighbor", "neighbor") == []


def test_a_display_that_listens_is_seen_by_snooping_and_by_its_router(routed: Lab) -> None:
    pim(routed)
    type_(routed, "hall", "interface Ethernet1/9", "switchport access vlan 120", "no shutdown")
    assert WEBCAST in show(routed, "hall", "show ip igmp snooping groups vlan 120")
    (seen,) = rows(routed, "core-1", "show ip igmp groups", "group")
    assert (seen["group-addr"], seen["last-reporter"]) == (WEBCAST, "10.66.120.9")
    assert WEBCAST in show(routed, "core-1", "show ip mroute")
    routed.world.add_fault("endpoint-unplug", {"endpoint": "sign-1"})
    assert WEBCAST not in show(routed, "hall", "show ip igmp snooping groups")
    assert rows(routed, "core-1", "show ip igmp groups", "group") == []


# -- logging


def test_the_log_file_tells_what_happened(routed: Lab) -> None:
    routed.journal.entries("edge")
    routed.clock.advance(10)
    fault = routed.world.add_fault("link-cut", {"node": "edge", "port": "Ethernet1/1"})
    text = show(routed, "edge", "show logging logfile")
    assert "edge %ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface Ethernet1/1 is down (Link failure)" in text
    assert "%OSPF-5-ADJCHANGE:  ospf-CITY [1] Nbr 10.1.0.1 on Ethernet1/1 went from FULL" in text
    assert "%BGP-5-ADJCHANGE" not in text.split("IF_DOWN")[0]
    routed.clock.advance(10)
    routed.world.remove_fault(fault)
    assert "Interface Ethernet1/1 is up in mode Layer3" in show(routed, "edge", "show logging last 3")
    assert len(show(routed, "edge", "show logging last 2").splitlines()) == 2
    type_(routed, "edge", "logging logfile messages 2")
    assert "ETHPORT" not in show(routed, "edge", "show logging logfile")
    routed.world.reboot("edge")
    assert show(routed, "edge", "show logging logfile").splitlines()[0].endswith("has come online")


def test_the_accounting_log_has_lines_and_no_secrets(routed: Lab) -> None:
    shell = routed.nodes["edge"].shell("eve")
    routed.nodes["edge"].merge("username eve password Hush-12345 role network-admin")
    for line in (
        "configure terminal",
        "interface loopback7",
        "description x",
        "username bob password Hush-9999",
    ):
        shell.run(line)
    text = show(routed, "edge", "show accounting log")
    assert ":user=eve:cmd=configure terminal ; interface loopback7 ; description x (SUCCESS)" in text
    assert "Hush" not in text


# -- day and night


@pytest.mark.parametrize(("hour", "share"), [(3, 0.02), (10, 1.0)])
def test_telephones_are_quiet_at_night(hour: int, share: float) -> None:
    assert hours.level("office", hour * hours.HOUR_US) == share


def test_counters_follow_the_hours_without_being_ticked(routed: Lab) -> None:
    """The telephone of the hall, over a day and in two halves: the same sum, never backwards."""
    meter = routed.world.meter("hall", "Ethernet1/10")
    assert routed.world.oper("hall", "Ethernet1/10").up
    start = int(routed.world.refresh() * 1_000_000)
    seen = [meter.read(TX_BYTES, start + minutes * 60_000_000) for minutes in range(0, 1441, 7)]
    assert seen == sorted(seen)
    night, noon = (start // hours.DAY_US * hours.DAY_US + at * hours.HOUR_US for at in (27, 34))
    assert meter.rate(TX_BYTES, noon) > 10 * (meter.rate(TX_BYTES, night) - 90)
