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
from tests.unit.collect.columns import CHANNEL, ONLY, PORT, at, reading, values


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
