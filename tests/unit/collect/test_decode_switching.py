"""Decoders of port-channels, vPC, VLANs and spanning tree: the gotchas that no recording shows."""

from __future__ import annotations

from agent import metrics as m
from agent.collect.decode_channels import decode_lacp, decode_vpc
from agent.collect.decode_switching import decode_mac_addresses, decode_spanning_tree, decode_vlans
from agent.collect.snmp.ber import Value
from tests.unit.collect.columns import CHANNEL, ONLY, PORT, at, reading, values


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
