"""Decoders of QoS, IP SLA, clocks and supervisors: the gotchas that no recording shows."""

from __future__ import annotations

import pytest

from agent import metrics as m
from agent.collect.decode_management import decode_config_events, decode_ntp, decode_supervisor
from agent.collect.decode_quality import decode_qos, decode_sla
from agent.collect.snmp.ber import Value
from tests.unit.collect.columns import ONLY, PORT, at, reading, values


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
