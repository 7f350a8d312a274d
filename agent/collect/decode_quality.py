"""QoS classes and IP SLA operations."""

from __future__ import annotations

from collections.abc import Iterator

from agent import metrics
from agent.collect.octets import read_address
from agent.collect.reading import Reading, read_text, split_index
from agent.collect.snmp.ber import encode_numbers
from agent.metrics import Sample

_DIRECTIONS = {1: "in", 2: "out"}
_DEEPEST = 6
"""Policies in policies; a chain that is longer is a loop."""
_POLICY_MAP, _CLASS_MAP = 1, 2
_CLASS_COUNTERS = (
    (metrics.QOS_PACKETS, "cbQosCMPrePolicyPkt64"),
    (metrics.QOS_BYTES, "cbQosCMPrePolicyByte64"),
    (metrics.QOS_DROPPED_PACKETS, "cbQosCMDropPkt64"),
    (metrics.QOS_DROPPED_BYTES, "cbQosCMDropByte64"),
)
_QUEUE_NUMBERS = (
    (metrics.QOS_QUEUE_DEPTH, "cbQosQueueingCurrentQDepth"),
    (metrics.QOS_QUEUE_DISCARDS, "cbQosQueueingDiscardPkt64"),
)
_TYPES = {
    1: "echo", 2: "path-echo", 3: "file-io", 5: "udp-echo", 6: "tcp-connect", 7: "http", 8: "dns",
    9: "udp-jitter", 11: "dhcp", 12: "ftp", 16: "icmp-jitter", 23: "ethernet-jitter",
}  # fmt: skip
_OK, _ACTIVE = 1, 6
_NO_RUN = {2, 4, 5, 9}
"""Outcomes without a round trip: disconnected, timeout, busy, error."""
_UDP, _ICMP = "rttMonLatestJitterOper", "rttMonLatestIcmpJitter"
_LOSSES = (
    ("forward", f"{_UDP}PacketLossSD"),
    ("back", f"{_UDP}PacketLossDS"),
    ("unknown", f"{_UDP}PacketMIA"),
    ("late", f"{_UDP}PacketLateArrival"),
    ("unknown", f"{_ICMP}PktLoss"),
    ("late", f"{_ICMP}PktLateA"),
)
_JITTERS = (
    ("forward", f"{_UDP}AvgSDJ"),
    ("back", f"{_UDP}AvgDSJ"),
    ("forward", f"{_ICMP}AvgSDJ"),
    ("back", f"{_ICMP}AvgDSJ"),
)


def decode_qos(reading: Reading) -> Iterator[Sample]:
    """Counters of every class, named by class, policy, port and direction.

    A counter's index is (policy, object); the object names its configuration, that its class. A queue hangs
    below its class. What stands on no known port (control plane, VLAN) is left out.
    """
    objects = _Objects(reading)
    for pairs in (_CLASS_COUNTERS, _QUEUE_NUMBERS):
        for metric, column in pairs:
            for index, value in reading.column(column).items():
                labels = objects.find(index) if isinstance(value, int) else None
                if labels and isinstance(value, int):
                    yield Sample(metric, labels, value)


class _Objects:
    """Labels by index of a counter."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._names = dict(reading.interfaces())
        self._found: dict[bytes, tuple[str, ...] | None] = {}

    def find(self, index: bytes) -> tuple[str, ...] | None:
        """(device, interface, direction, policy, class), None when one of them is not known."""
        if index not in self._found:
            self._found[index] = self._look_up(index)
        return self._found[index]

    def _look_up(self, index: bytes) -> tuple[str, ...] | None:
        reading, key = self._reading, split_index(index)
        if len(key) != 2:
            return None
        policy = encode_numbers(key[:1])
        number = reading.number("cbQosIfIndex", policy)
        interface = self._names.get(encode_numbers((number,)), "") if number and number > 0 else ""
        direction = _DIRECTIONS.get(reading.number("cbQosPolicyDirection", policy) or 0)
        called, above = "", ""
        at = index
        for _ in range(_DEEPEST):
            kind = reading.number("cbQosObjectsType", at)
            config = reading.number("cbQosConfigIndex", at)
            named = encode_numbers((config,)) if config and config > 0 else b""
            if kind == _CLASS_MAP and not called:
                called = read_text(reading.column("cbQosCMName").get(named))
            elif kind == _POLICY_MAP:
                above = read_text(reading.column("cbQosPolicyMapName").get(named)) or above
            parent = reading.number("cbQosParentObjectsIndex", at)
            if not parent or parent < 0:
                break
            at = encode_numbers((key[0], parent))
        if not (interface and direction and called):
            return None
        return reading.device, interface, direction, above, called


def decode_sla(reading: Reading) -> Iterator[Sample]:
    """Outcome of the last run of every operation; figures only of runs that came back."""
    for index, state in reading.column("rttMonCtrlOperState").items():
        labels = (reading.device, str(split_index(index)[0]))
        kind = reading.number("rttMonCtrlAdminRttType", index) or 0
        tag, target = reading.text("rttMonCtrlAdminTag", index), _target(reading, index)
        yield Sample(metrics.SLA_INFO, (*labels, tag, _TYPES.get(kind, f"type {kind}"), target), 1)
        yield Sample(metrics.SLA_ACTIVE, labels, int(state == _ACTIVE))
        frequency = reading.number("rttMonCtrlAdminFrequency", index)
        if frequency:
            yield Sample(metrics.SLA_FREQUENCY, labels, frequency)
    for index, sense in reading.column("rttMonLatestRttOperSense").items():
        if not isinstance(sense, int) or sense <= 0:
            continue  # 0: it never ran
        labels = (reading.device, str(split_index(index)[0]))
        yield Sample(metrics.SLA_OK, labels, int(sense == _OK))
        yield Sample(metrics.SLA_SENSE, labels, sense)
        ran = reading.number("rttMonLatestRttOperTime", index)
        if ran is not None:
            yield Sample(metrics.SLA_RUN, labels, ran / 100)
        trip = reading.number("rttMonLatestRttOperCompletionTime", index)
        if trip is not None and sense not in _NO_RUN:
            yield Sample(metrics.SLA_RTT, labels, trip / 1000)
        yield from _jitter(reading, index, labels, came_back=sense not in _NO_RUN)


def _target(reading: Reading, index: bytes) -> str:
    raw = reading.column("rttMonEchoAdminTargetAddress").get(index)
    return read_address(raw)


def _jitter(reading: Reading, index: bytes, labels: tuple[str, str], *, came_back: bool) -> Iterator[Sample]:
    for table in (f"{_UDP}NumOfRTT", f"{_ICMP}NumRTT"):
        returned = reading.number(table, index)
        if returned is not None:
            yield Sample(metrics.SLA_RETURNED, labels, returned)
    for direction, column in _LOSSES:
        lost = reading.number(column, index)
        if lost is not None:
            yield Sample(metrics.SLA_LOST, (*labels, direction), lost)
    if not came_back:
        return
    for direction, column in _JITTERS:
        jitter = reading.number(column, index)
        if jitter is not None:
            yield Sample(metrics.SLA_JITTER, (*labels, direction), jitter / 1000)
    score = reading.number(f"{_UDP}MOS", index)
    if score:  # 0: no codec was given, so none is computed
        yield Sample(metrics.SLA_MOS, labels, score / 100)
        icpif = reading.number(f"{_UDP}ICPIF", index)
        if icpif is not None:
            yield Sample(metrics.SLA_ICPIF, labels, icpif)
