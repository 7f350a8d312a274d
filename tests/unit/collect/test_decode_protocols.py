"""Decoders of protocols on hand-made columns: the gotchas that no recording shows."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv6Address

import pytest

from agent import metrics as m
from agent.collect.decode_channels import decode_lacp, decode_vpc
from agent.collect.decode_management import decode_config_events, decode_ntp, decode_supervisor
from agent.collect.decode_multicast import decode_multicast
from agent.collect.decode_neighbors import decode_cdp
from agent.collect.decode_quality import decode_qos, decode_sla
from agent.collect.decode_routing import decode_bfd, decode_bgp, decode_hsrp, decode_ospf
from agent.collect.decode_switching import decode_mac_addresses, decode_spanning_tree, decode_vlans
from agent.collect.reading import Reading
from agent.collect.snmp.ber import Value, encode_numbers
from agent.metrics import Sample


def at(*numbers: int) -> bytes:
    return encode_numbers(numbers)


ONLY = at(0)
PORT, CHANNEL = 436207616, 369098761


def reading(**columns: dict[bytes, Value]) -> Reading:
    """Scalars stand among the columns with the index 0."""
    names: dict[bytes, Value] = {at(PORT): b"Ethernet1/1", at(CHANNEL): b"port-channel10"}
    scalars = {name: values[ONLY] for name, values in columns.items() if list(values) == [ONLY]}
    return Reading("sw", "nxos", scalars=scalars, columns={"ifName": names, **columns})


def values(samples: list[Sample], metric: m.Metric) -> dict[tuple[str, ...], float]:
    return {sample.labels[1:]: sample.value for sample in samples if sample.metric is metric}


def test_cdp_names_lose_their_serial_number() -> None:
    found = list(
        decode_cdp(
            reading(
                cdpCacheDeviceId={at(PORT, 1): b"core-1(JAF1523BGQR)", at(PORT, 2): b"", at(9, 1): b"lost"},
                cdpCacheDevicePort={at(PORT, 1): b"Ethernet1/2"},
                cdpCachePlatform={at(PORT, 1): b"N5K-C5548UP"},
            )
        )
    )
    assert values(found, m.CDP_NEIGHBOR_INFO) == {("Ethernet1/1", "core-1", "Ethernet1/2", "N5K-C5548UP"): 1}


def test_bgp_of_a_vrf_with_a_peer_in_ipv6() -> None:
    sixth = IPv6Address("2001:db8::1").packed
    six, four = at(2, 16, *sixth), at(1, 4, 192, 0, 2, 1)
    seen = reading(
        cbgpPeer2State={six: 6, four: 1},
        cbgpPeer2AdminStatus={six: 2, four: 1},
        cbgpPeer2RemoteAs={six: 4_200_000_001, four: 64500},
        cbgpPeer2LocalAs={six: 65001, four: 65001},
        cbgpPeer2LastError={six: b"\x00\x00", four: b"\x04\x00"},
        cbgpPeer2FsmEstablishedTransitions={four: 7},
        cbgpPeer2AcceptedPrefixes={six + at(2, 1): 12, four + at(1, 1): 0, at(1, 4, 1): 5},
        cbgpPeer2PrefixAdminLimit={six + at(2, 1): 0xFFFFFFFF, four + at(1, 1): 1000},
        cbgpPeer2PrefixThreshold={four + at(1, 1): 75},
        bgpPeerState={at(192, 0, 2, 1): 1, at(192, 0, 2, 9): 6},
    )
    found = list(decode_bgp(replace(seen, vrf="BLUE")))
    assert values(found, m.BGP_UP) == {
        ("BLUE", "2001:db8::1"): 1,
        ("BLUE", "192.0.2.1"): 0,
        ("BLUE", "192.0.2.9"): 1,  # in the older table only
    }
    assert values(found, m.BGP_ADMIN_UP) == {("BLUE", "2001:db8::1"): 1, ("BLUE", "192.0.2.1"): 0}
    assert ("BLUE", "2001:db8::1", "4200000001", "65001") in values(found, m.BGP_INFO)
    assert values(found, m.BGP_LAST_ERROR) == {("BLUE", "2001:db8::1"): 0, ("BLUE", "192.0.2.1"): 1024}
    assert values(found, m.BGP_FLAPS) == {("BLUE", "192.0.2.1"): 7}
    assert values(found, m.BGP_PREFIXES) == {
        ("BLUE", "2001:db8::1", "ipv6-unicast"): 12,
        ("BLUE", "192.0.2.1", "ipv4-unicast"): 0,
    }
    assert values(found, m.BGP_LIMIT) == {("BLUE", "192.0.2.1", "ipv4-unicast"): 1000}
    assert values(found, m.BGP_LIMIT_RATIO) == {("BLUE", "192.0.2.1", "ipv4-unicast"): 0.75}


@pytest.mark.parametrize(
    ("role", "state", "up"),
    [
        pytest.param(7, 4, 1, id="two-way-beside-the-designated-ones"),
        pytest.param(5, 4, 0, id="two-way-of-the-designated-one"),
        pytest.param(5, 8, 1, id="full"),
        pytest.param(7, 5, 0, id="stuck-in-exchange-start"),
    ],
)
def test_two_way_is_no_fault_among_bystanders(role: int, state: int, up: int) -> None:
    found = list(
        decode_ospf(
            reading(
                ospfIfState={at(10, 0, 0, 1, 0): role},
                ospfIfAreaId={at(10, 0, 0, 1, 0): bytes(4)},
                ospfNbrState={at(10, 0, 0, 2, 0): state},
                ospfNbrRtrId={at(10, 0, 0, 2, 0): bytes((10, 1, 0, 2))},
                ospfSpfRuns={at(0, 0, 0, 0): 9},
                ospfAreaLsaCount={at(0, 0, 0, 0): 31},
            )
        )
    )
    assert values(found, m.OSPF_UP) == {("default", "10.0.0.2"): up}
    assert values(found, m.OSPF_INFO) == {("default", "10.0.0.2", "10.1.0.2"): 1}
    assert values(found, m.OSPF_INTERFACE) == {("default", "10.0.0.1", "0.0.0.0"): role}
    assert values(found, m.OSPF_SPF) == {("default", "0.0.0.0"): 9}
    assert values(found, m.OSPF_LSAS) == {("default", "0.0.0.0"): 31}


def test_an_hsrp_group_without_standby_is_incomplete() -> None:
    first, second, lost = at(PORT, 1), at(PORT, 2), at(999, 1)
    found = list(
        decode_hsrp(
            reading(
                cHsrpGrpStandbyState={first: 6, second: 5, lost: 6},
                cHsrpGrpActiveRouter={first: bytes((10, 0, 0, 2)), second: bytes((10, 0, 0, 3))},
                cHsrpGrpStandbyRouter={first: bytes(4), second: bytes((10, 0, 0, 2))},
                cHsrpGrpVirtualIpAddr={first: bytes((10, 0, 0, 1))},
                cHsrpGrpPriority={first: 110},
            )
        )
    )
    assert values(found, m.HSRP_STATE) == {("Ethernet1/1", "1"): 6, ("Ethernet1/1", "2"): 5}
    assert values(found, m.HSRP_COMPLETE) == {("Ethernet1/1", "1"): 0, ("Ethernet1/1", "2"): 1}
    assert ("Ethernet1/1", "1", "10.0.0.1") in values(found, m.HSRP_INFO)


def test_bfd_sessions_without_place_keep_their_number() -> None:
    found = list(
        decode_bfd(
            reading(
                ciscoBfdSessState={at(7): 4, at(8): 2},
                ciscoBfdSessAddr={at(7): bytes((10, 0, 0, 2))},
                ciscoBfdSessInterface={at(7): PORT},
            )
        )
    )
    assert values(found, m.BFD_UP) == {("Ethernet1/1", "10.0.0.2", ""): 1, ("", "", "8"): 0}


def test_lacp_members_that_are_selected_but_not_attached_do_not_count() -> None:
    names: dict[bytes, Value] = {at(CHANNEL): b"port-channel10"}
    names |= {at(number): f"Ethernet1/{number}".encode() for number in (1, 2, 3)}
    found = list(
        decode_lacp(
            reading(
                ifName=names,
                dot3adAggPortSelectedAggID={at(1): CHANNEL, at(2): CHANNEL, at(3): 0},
                dot3adAggPortAttachedAggID={at(1): CHANNEL, at(2): 0, at(3): 0},
                dot3adAggPortActorOperState={at(1): b"\xbc", at(2): b"\xbc", at(3): b"\x00"},
                dot3adAggPortStatsIllegalRx={at(1): 4},
            )
        )
    )
    assert values(found, m.LACP_ACTIVE) == {
        ("Ethernet1/1", "port-channel10"): 1,
        ("Ethernet1/2", "port-channel10"): 0,
    }
    assert values(found, m.CHANNEL_MEMBERS) == {("port-channel10",): 2}
    assert values(found, m.CHANNEL_WIDTH) == {("port-channel10",): 1}
    assert values(found, m.LACP_FLAG)["Ethernet1/1", "port-channel10", "sync"] == 1
    assert values(found, m.LACP_ILLEGAL) == {("Ethernet1/1",): 4}


def test_a_vpc_that_nobody_compared_is_neither_consistent_nor_not() -> None:
    found = list(
        decode_vpc(
            reading(
                cVpcPeerKeepAliveStatus={at(10): 3},
                cVpcRoleStatus={at(10): 3},
                cVpcDualActiveDetectionStatus={at(10): 1},
                cVpcPeerLinkIfIndex={at(10): CHANNEL},
                cVpcStatsPeerStatusChanges={at(10): 4},
                cVpcStatusHostLinkIfIndex={at(10, 20): CHANNEL, at(10, 21): CHANNEL},
                cVpcStatusHostLinkStatus={at(10, 20): 3, at(10, 21): 2},
                cVpcStatusHostLinkConsistencyStatus={at(10, 20): 3, at(10, 21): 2},
            )
        )
    )
    assert values(found, m.VPC_KEEPALIVE) == {("10",): 0}
    assert values(found, m.VPC_KEEPALIVE_STATE) == {("10",): 3}
    assert values(found, m.VPC_ROLE) == {("10", "secondary-primary"): 1}
    assert values(found, m.VPC_DUAL_ACTIVE) == {("10",): 1}
    assert values(found, m.VPC_PEER_LINK) == {("10", "port-channel10"): 1}
    assert values(found, m.VPC_UP) == {("10", "20", "port-channel10"): 1, ("10", "21", "port-channel10"): 0}
    assert values(found, m.VPC_CONSISTENT) == {("10", "21", "port-channel10"): 0}


def test_trunks_and_access_ports() -> None:
    found = list(
        decode_vlans(
            reading(
                vtpVlanState={at(1, 1): 1, at(1, 20): 1, at(1, 30): 2, at(1, 40): 3},
                vmVlan={at(PORT): 20},
                vlanTrunkPortDynamicStatus={at(PORT): 2, at(CHANNEL): 1},
                vlanTrunkPortNativeVlan={at(PORT): 1, at(CHANNEL): 999},
                vlanTrunkPortVlansEnabled={at(CHANNEL): b"\x7f" + b"\xff" * 127},
                vlanTrunkPortVlansEnabled2k={at(CHANNEL): b"\x80" + bytes(127)},
            )
        )
    )
    assert values(found, m.VLANS) == {("operational",): 2, ("suspended",): 1, ("other",): 1}
    assert values(found, m.ACCESS_VLAN) == {("Ethernet1/1",): 20}
    assert values(found, m.TRUNKING) == {("Ethernet1/1",): 0, ("port-channel10",): 1}
    assert values(found, m.NATIVE_VLAN) == {("port-channel10",): 999}
    assert values(found, m.TRUNK_VLANS) == {("port-channel10",): 1024}


def test_addresses_are_counted_never_named() -> None:
    macs = {at(0, 0, 0, 0, 0, number): 3 for number in range(5)} | {at(9, 0, 0, 0, 0, 9): 4}
    assert values(list(decode_mac_addresses(reading(dot1dTpFdbStatus=dict(macs)))), m.MAC_ADDRESSES) == {
        ("1",): 5
    }
    counted = reading(dot1qFdbDynamicCount={at(20): 7, at(30): 0}, dot1dTpFdbStatus=dict(macs))
    assert values(list(decode_mac_addresses(counted)), m.MAC_ADDRESSES) == {("20",): 7, ("30",): 0}
    crowd = reading(dot1qFdbDynamicCount={at(number): 1 for number in range(9000)})
    assert len(list(decode_mac_addresses(crowd))) == 4094


def test_roles_and_inconsistencies_are_counted_per_port() -> None:
    found = list(
        decode_spanning_tree(
            reading(
                dot1dBasePortIfIndex={at(1): PORT, at(4096): CHANNEL},
                dot1dStpDesignatedRoot={ONLY: bytes.fromhex("6001 8c604f19167c")},
                dot1dStpRootPort={ONLY: 4096},
                dot1dStpTopChanges={ONLY: 12},
                dot1dStpPortState={at(1): 2, at(4096): 5},
                stpxRSTPPortRoleValue={
                    at(10, 1): 4,
                    at(20, 1): 3,
                    at(10, 4096): 2,
                    at(20, 4096): 2,
                    at(1, 7): 2,
                },
                stpxInconsistentState={at(10, 1): 1, at(20, 1): 1, at(10, 4096): 2},
            )
        )
    )
    assert values(found, m.STP_ROLES) == {
        ("Ethernet1/1", "alternate"): 1,
        ("Ethernet1/1", "designated"): 1,
        ("port-channel10", "root"): 2,
    }
    assert values(found, m.STP_INCONSISTENT) == {("Ethernet1/1",): 2, ("port-channel10",): 0}
    assert values(found, m.STP_IS_ROOT) == {(): 0}
    assert values(found, m.STP_ROOT_BRIDGE) == {(): 0x8C604F19167C}
    assert values(found, m.STP_PORTS) == {("blocking",): 1, ("forwarding",): 1}


def qos_columns() -> dict[str, dict[bytes, Value]]:
    """Policy 5 on Ethernet1/1: map (1) of class (2) of map (3) of class (4) with a queue (5)."""
    return {
        "cbQosPolicyDirection": {at(5): 2},
        "cbQosIfIndex": {at(5): PORT},
        "cbQosObjectsType": {at(5, 1): 1, at(5, 2): 2, at(5, 3): 1, at(5, 4): 2, at(5, 5): 4},
        "cbQosConfigIndex": {at(5, 1): 70, at(5, 2): 71, at(5, 3): 72, at(5, 4): 73, at(5, 5): 74},
        "cbQosParentObjectsIndex": {at(5, 1): 0, at(5, 2): 1, at(5, 3): 2, at(5, 4): 3, at(5, 5): 4},
        "cbQosPolicyMapName": {at(70): b"UPLINK", at(72): b"CHILD"},
        "cbQosCMName": {at(71): b"class-default", at(73): b"CCTV"},
        "cbQosCMPrePolicyByte64": {at(5, 2): 9000, at(5, 4): 4000, at(6, 2): 1},
        "cbQosQueueingDiscardPkt64": {at(5, 5): 3},
    }


def test_classes_are_named_through_their_objects() -> None:
    found = list(decode_qos(reading(**qos_columns())))
    assert values(found, m.QOS_BYTES) == {
        ("Ethernet1/1", "out", "UPLINK", "class-default"): 9000,
        ("Ethernet1/1", "out", "UPLINK", "CCTV"): 4000,
    }
    assert values(found, m.QOS_QUEUE_DISCARDS) == {("Ethernet1/1", "out", "UPLINK", "CCTV"): 3}


def test_policies_in_a_ring_end() -> None:
    columns = qos_columns()
    columns["cbQosParentObjectsIndex"] = {at(5, 2): 4, at(5, 4): 2}
    found = list(decode_qos(reading(**columns)))
    assert len(found) <= 3


def test_a_timeout_has_no_round_trip_and_no_score() -> None:
    found = list(
        decode_sla(
            reading(
                rttMonCtrlOperState={at(10): 6, at(11): 3},
                rttMonCtrlAdminRttType={at(10): 9},
                rttMonEchoAdminTargetAddress={at(10): bytes((10, 1, 0, 9))},
                rttMonLatestRttOperSense={at(10): 4, at(11): 0, at(12): 1},
                rttMonLatestRttOperCompletionTime={at(10): 0, at(12): 15},
                rttMonLatestJitterOperNumOfRTT={at(10): 0},
                rttMonLatestJitterOperMOS={at(10): 434, at(12): 434},
                rttMonLatestJitterOperICPIF={at(12): 1},
                rttMonLatestJitterOperAvgSDJ={at(10): 3},
            )
        )
    )
    assert values(found, m.SLA_OK) == {("10",): 0, ("12",): 1}
    assert values(found, m.SLA_RTT) == {("12",): 0.015}
    assert values(found, m.SLA_MOS) == {("12",): 4.34}
    assert values(found, m.SLA_JITTER) == {}
    assert values(found, m.SLA_RETURNED) == {("10",): 0}
    assert values(found, m.SLA_ACTIVE) == {("10",): 1, ("11",): 0}
    assert ("10", "", "udp-jitter", "10.1.0.9") in values(found, m.SLA_INFO)


@pytest.mark.parametrize(
    ("columns", "synchronised"),
    [
        pytest.param({"cntpSysLeap": {ONLY: 3}, "cntpSysStratum": {ONLY: 16}}, 0, id="n5k-scalars-alone"),
        pytest.param({"cntpSysLeap": {ONLY: 0}, "cntpSysStratum": {ONLY: 3}}, 1, id="fine"),
        pytest.param({"cntpSysLeap": {ONLY: 0}, "cntpSysStratum": {ONLY: 0}}, 0, id="stratum-0"),
        pytest.param(
            {"cntpPeersStratum": {at(1): 2}, "cntpPeersReach": {at(1): 255}}, 1, id="n3k-servers-alone"
        ),
        pytest.param({"cntpPeersStratum": {at(1): 16}, "cntpPeersReach": {at(1): 0}}, 0, id="nobody-answers"),
    ],
)
def test_the_clock_is_judged_by_the_half_that_is_there(
    columns: dict[str, dict[bytes, Value]], synchronised: int
) -> None:
    assert values(list(decode_ntp(reading(**columns))), m.NTP_SYNCHRONISED) == {(): synchronised}


def test_ntp_offsets_are_fixed_point_and_those_of_lost_servers_are_dropped() -> None:
    found = list(
        decode_ntp(
            reading(
                cntpPeersPeerAddress={at(1): bytes((10, 0, 0, 1)), at(2): b""},
                cntpPeersStratum={at(1): 2, at(2): 16},
                cntpPeersReach={at(1): 255, at(2): 0},
                cntpPeersOffset={at(1): b"\xff\xff\xf0\x00", at(2): b"\x00\x01\x00\x00"},
            )
        )
    )
    assert values(found, m.NTP_PEER_OFFSET) == {("10.0.0.1",): -0.0625}
    assert values(found, m.NTP_PEER_REACHABLE) == {("10.0.0.1",): 1, ("association 2",): 0}


def test_without_a_history_the_date_of_the_last_change_is_left() -> None:
    date = bytes.fromhex("07e90a1f17080000") + b"+" + bytes((1, 0))
    found = list(decode_config_events(reading(cseSysConfLastChange={ONLY: date})))
    assert values(found, m.CONFIG_TIMESTAMP) == {(): 1761948480}
    assert values(found, m.CONFIG_EVENTS) == {}
    broken = reading(cseSysConfLastChange={ONLY: b"\x00" * 8}, ccmHistoryEventTime={at(311): 5, at(320): 9})
    assert values(list(decode_config_events(broken)), m.CONFIG_TIMESTAMP) == {}
    assert values(list(decode_config_events(broken)), m.CONFIG_EVENTS) == {(): 320}


@pytest.mark.parametrize(
    ("unit", "state", "ready"),
    [
        pytest.param(6, 9, {(): 1.0}, id="hot"),
        pytest.param(6, 5, {(): 0.0}, id="cold"),
        pytest.param(0, 1, {}, id="fixed-switch"),
    ],
)
def test_a_second_supervisor(unit: int, state: int, ready: dict[tuple[str, ...], float]) -> None:
    seen = reading(
        cRFStatusUnitState={ONLY: 14}, cRFStatusPeerUnitId={ONLY: unit}, cRFStatusPeerUnitState={ONLY: state}
    )
    found = list(decode_supervisor(seen))
    assert values(found, m.SUPERVISOR_STANDBY) == ready
    assert values(found, m.SUPERVISOR_ACTIVE) == {(): 1}


def test_a_port_without_pim_neighbours_says_so() -> None:
    found = list(
        decode_multicast(
            reading(
                igmpInterfaceGroups={at(PORT): 12, at(999): 1},
                igmpInterfaceQuerier={at(PORT): bytes((10, 0, 0, 1)), at(CHANNEL): bytes(4)},
                pimInterfaceAddress={at(PORT): bytes((10, 0, 0, 1)), at(CHANNEL): bytes((10, 0, 1, 1))},
                pimInterfaceDR={at(PORT): bytes((10, 0, 0, 2)), at(CHANNEL): bytes((10, 0, 1, 1))},
                pimNeighborIfIndex={at(10, 0, 0, 2): PORT},
                pimNeighborUpTime={at(10, 0, 0, 2): 100},
                ipMRouteEntryCount={ONLY: 40},
            )
        )
    )
    assert values(found, m.PIM_NEIGHBORS) == {("default", "Ethernet1/1"): 1, ("default", "port-channel10"): 0}
    assert values(found, m.PIM_DESIGNATED) == {
        ("default", "Ethernet1/1"): 0,
        ("default", "port-channel10"): 1,
    }
    assert values(found, m.IGMP_GROUPS) == {("default", "Ethernet1/1"): 12}
    assert values(found, m.IGMP_QUERIER) == {("default", "Ethernet1/1", "10.0.0.1"): 1}
    assert values(found, m.MULTICAST_ROUTES) == {("default",): 40}


@pytest.mark.parametrize(
    "decoder",
    [
        decode_cdp, decode_bgp, decode_ospf, decode_hsrp, decode_bfd, decode_lacp, decode_vpc, decode_vlans,
        decode_mac_addresses, decode_spanning_tree, decode_qos, decode_sla, decode_ntp, decode_config_events,
        decode_supervisor, decode_multicast,
    ],
)  # fmt: skip
def test_a_device_that_has_nothing_yields_nothing(decoder: object) -> None:
    assert callable(decoder)
    assert list(decoder(Reading("sw"))) == []
