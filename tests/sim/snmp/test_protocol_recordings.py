"""Protocols of recorded devices: what is exported is what the raw OIDs say, with every quirk undone."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest

from agent import metrics as m
from agent.collect.poll import Poll

Raw = dict[str, dict[str, str]]
Polled = dict[str, Poll]

N5K, CATALYST = "network_switch_cisco-n5000-uk9", "ios_2960x"
LAG, FX3 = "nxos_lag-mib", "nxos_n9k-c93180yc-fx3"
N9K, C9300 = "nxos_n9000-9.3.9", "iosxe_c9300"
IF_NAME = "1.3.6.1.2.1.31.1.1.1.1"
LACP, CISCO = "1.2.840.10006.300.43.1.2.1.1", "1.3.6.1.4.1.9.9"


def series_of(poll: Poll, metric: m.Metric) -> dict[str, float]:
    return poll.page.families.get(metric.name, {})


def column(raw: dict[str, str], oid: str) -> dict[str, str]:
    return {key[len(oid) + 1 :]: value for key, value in raw.items() if key.startswith(oid + ".")}


def address(value: str) -> str:
    return str(IPv4Address(value.encode("latin-1"))) if "." not in value else value


def test_cdp_neighbours_of_the_n5k_lose_their_serial_numbers(polled: Polled, raw: Raw) -> None:
    ids, ports = column(raw[N5K], f"{CISCO}.23.1.2.1.1.6"), column(raw[N5K], f"{CISCO}.23.1.2.1.1.7")
    models, names = column(raw[N5K], f"{CISCO}.23.1.2.1.1.8"), column(raw[N5K], IF_NAME)
    found = series_of(polled[N5K], m.CDP_NEIGHBOR_INFO)
    assert len(found) == len(ids) == 5
    for index, device_id in ids.items():
        name, _, serial = device_id.partition("(")
        assert serial.endswith(")")
        labels = (N5K, names[index.split(".")[0]], name, ports[index], models[index])
        assert polled[N5K].page.value(m.CDP_NEIGHBOR_INFO, *labels) == 1


def test_cdp_and_lldp_of_the_n5k_agree_where_both_speak(polled: Polled) -> None:
    by_cdp = {one.split(",model=")[0] for one in series_of(polled[N5K], m.CDP_NEIGHBOR_INFO)}
    by_lldp = {one.rstrip("} ") for one in series_of(polled[N5K], m.NEIGHBOR_INFO)}
    same = {one.replace("net_cdp", "net_lldp") for one in by_cdp} & by_lldp
    assert len(same) == 5  # LLDP says Eth1/21 where CDP says Ethernet1/21


def test_port_channels_of_the_n5k(polled: Polled, raw: Raw) -> None:
    """Membership by the members, for the list of ports is ASCII ("21-22") where a bit map is due."""
    lists = column(raw[N5K], "1.2.840.10006.300.43.1.1.2.1.1")
    names, page = column(raw[N5K], IF_NAME), polled[N5K].page
    for index, text in lists.items():
        first, _, last = text.partition("-")
        assert page.value(m.CHANNEL_MEMBERS, N5K, names[index]) == int(last or first) - int(first) + 1
        assert page.value(m.CHANNEL_WIDTH, N5K, names[index]) == int(last or first) - int(first) + 1
    assert page.value(m.CHANNEL_WIDTH, N5K, "port-channel1") == 2
    attached = column(raw[N5K], f"{LACP}.13")
    assert len(series_of(polled[N5K], m.LACP_ACTIVE)) == len([one for one in attached.values() if one != "0"])


def test_a_recording_without_states_tells_members_but_no_width(polled: Polled, raw: Raw) -> None:
    selected = column(raw[LAG], f"{LACP}.12")
    assert sum(series_of(polled[LAG], m.CHANNEL_MEMBERS).values()) == len(selected) == 17
    assert not series_of(polled[LAG], m.CHANNEL_WIDTH)


def test_hsrp_groups_of_the_n5k(polled: Polled, raw: Raw) -> None:
    states, virtual = column(raw[N5K], f"{CISCO}.106.1.2.1.1.15"), column(raw[N5K], f"{CISCO}.106.1.2.1.1.11")
    names, page = column(raw[N5K], IF_NAME), polled[N5K].page
    assert len(series_of(polled[N5K], m.HSRP_STATE)) == len(states) == 15
    for index, state in states.items():
        port, group = index.split(".")
        assert page.value(m.HSRP_STATE, N5K, names[port], group) == int(state)
        assert page.value(m.HSRP_INFO, N5K, names[port], group, address(virtual[index])) == 1


def test_bfd_sessions_of_the_n5k(polled: Polled, raw: Raw) -> None:
    bfd = "1.3.6.1.4.1.9.10.137.1.2.1"
    ports, names = column(raw[N5K], f"{bfd}.25"), column(raw[N5K], IF_NAME)
    peers, states = column(raw[N5K], f"{bfd}.14"), column(raw[N5K], f"{bfd}.6")
    assert len(states) == 14
    for index, state in states.items():
        labels = (N5K, names[ports[index]], address(peers[index]), "")
        assert polled[N5K].page.value(m.BFD_UP, *labels) == int(state == "4")


def test_spanning_tree(polled: Polled, raw: Raw) -> None:
    n5k, catalyst = polled[N5K].page, polled[CATALYST].page
    assert n5k.value(m.STP_CHANGES, N5K) == int(raw[N5K]["1.3.6.1.2.1.17.2.4.0"]) == 2892
    assert n5k.value(m.STP_CHANGE_AGE, N5K) == 29882
    assert (n5k.value(m.STP_IS_ROOT, N5K), catalyst.value(m.STP_IS_ROOT, CATALYST)) == (1, 0)
    own = int.from_bytes(raw[N5K]["1.3.6.1.2.1.17.1.1.0"].encode("latin-1"))
    assert n5k.value(m.STP_ROOT_BRIDGE, N5K) == own  # it is the root itself
    assert n5k.value(m.STP_ROLES, N5K, "port-channel1", "designated") == 1
    assert len(series_of(polled[N5K], m.STP_ROLES)) == len(column(raw[N5K], f"{CISCO}.82.1.12.2.1.3"))


def test_vlans_of_ports(polled: Polled, raw: Raw) -> None:
    n5k, catalyst = polled[N5K].page, polled[CATALYST].page
    assert n5k.value(m.VLANS, N5K, "operational") == len(column(raw[N5K], f"{CISCO}.46.1.3.1.1.2")) == 16
    dynamic, names = column(raw[N5K], f"{CISCO}.46.1.6.1.1.14"), column(raw[N5K], IF_NAME)
    for index, value in dynamic.items():
        if index not in names:
            continue  # two rows of port-channels that are no interfaces any more
        assert n5k.value(m.TRUNKING, N5K, names[index]) == int(value == "1")
    access, names = column(raw[CATALYST], f"{CISCO}.68.1.2.2.1.2"), column(raw[CATALYST], IF_NAME)
    assert len(access) > 50
    for index, value in access.items():
        assert catalyst.value(m.ACCESS_VLAN, CATALYST, names[index]) == (int(value) or None)


def test_ip_sla_of_both_kinds(polled: Polled) -> None:
    n9k, c9300 = polled[N9K].page, polled[C9300].page
    assert n9k.value(m.SLA_INFO, N9K, "101", "SLA1", "udp-jitter", "100.64.5.2") == 1
    assert n9k.value(m.SLA_RTT, N9K, "101") == 0.001
    assert n9k.value(m.SLA_LOST, N9K, "101", "forward") == 0
    assert n9k.value(m.SLA_MOS, N9K, "101") is None  # 0 stands for "not computed"
    assert c9300.value(m.SLA_INFO, C9300, "200", "ICMP-JITTER", "icmp-jitter", "100.64.4.2") == 1
    assert c9300.value(m.SLA_RTT, C9300, "200") == 0.015
    assert c9300.value(m.SLA_JITTER, C9300, "200", "back") == 0.001
    assert c9300.value(m.SLA_RETURNED, C9300, "200") == 10


def test_clock_changes_and_supervisor_of_the_n5k(polled: Polled, raw: Raw) -> None:
    page = polled[N5K].page
    assert page.value(m.NTP_SYNCHRONISED, N5K) == 0
    assert page.value(m.NTP_STRATUM, N5K) == 16
    events = column(raw[N5K], f"{CISCO}.43.1.1.6.1.2")
    assert page.value(m.CONFIG_EVENTS, N5K) == max(int(index) for index in events) == 320
    assert page.value(m.CONFIG_UNSAVED, N5K) == 0
    assert page.value(m.CONFIG_TIMESTAMP, N5K) == pytest.approx(1_539_009_085.7)
    assert page.value(m.SUPERVISOR_ACTIVE, N5K) == 1
    assert page.value(m.SUPERVISOR_STANDBY, N5K) is None


@pytest.mark.parametrize("name", [N5K, CATALYST, C9300, FX3])
def test_no_label_holds_an_address_of_a_host_or_a_sentence(polled: Polled, name: str) -> None:
    own = {metric.name for metric in m.CATALOGUE if metric.name.startswith(("net_stp", "net_mac", "net_vpc"))}
    for family in own & polled[name].page.families.keys():
        for one in polled[name].page.families[family]:
            assert len(one) < 160, one
            assert one.count(":") == 0, one
