"""Port-channels (LACP) and vPC."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from agent import metrics
from agent.collect.octets import has_bit
from agent.collect.reading import Reading, split_index
from agent.collect.snmp.ber import encode_numbers
from agent.metrics import Sample

_FLAGS = {3: "sync", 4: "collecting", 5: "distributing", 6: "defaulted", 7: "expired"}
_CARRYING = (3, 4, 5)
_ALIVE, _TRUE, _UP = 2, 1, 3
_SUCCESS, _FAILED = 1, 2
_ROLES = {1: "primary-secondary", 2: "primary", 3: "secondary-primary", 4: "secondary", 5: "none"}


def decode_lacp(reading: Reading) -> Iterator[Sample]:
    """Members by their own state, channels by their members.

    dot3adAggPortListPorts is not asked for: the N5K writes ASCII there where a bit map is due.
    """
    device, names = reading.device, dict(reading.interfaces())
    members: Counter[str] = Counter()
    width: Counter[str] = Counter()
    for index, selected in reading.column("dot3adAggPortSelectedAggID").items():
        port, channel = names.get(index, ""), _name(names, selected)
        if not port or not channel:
            continue
        members[channel] += 1
        active = None
        state = reading.column("dot3adAggPortActorOperState").get(index)
        if isinstance(state, bytes):
            attached = reading.number("dot3adAggPortAttachedAggID", index) != 0
            active = attached and all(has_bit(state, bit) for bit in _CARRYING)
            for bit, flag in _FLAGS.items():
                yield Sample(metrics.LACP_FLAG, (device, port, channel, flag), int(has_bit(state, bit)))
        elif index in reading.column("dot3adAggPortAttachedAggID"):
            active = bool(reading.number("dot3adAggPortAttachedAggID", index))
        if active is not None:
            width[channel] += active
            yield Sample(metrics.LACP_ACTIVE, (device, port, channel), int(active))
        for metric, column in (
            (metrics.LACP_RECEIVED, "dot3adAggPortStatsLACPDUsRx"),
            (metrics.LACP_ILLEGAL, "dot3adAggPortStatsIllegalRx"),
        ):
            count = reading.number(column, index)
            if count is not None:
                yield Sample(metric, (device, port), count)
    for channel, count in members.items():
        yield Sample(metrics.CHANNEL_MEMBERS, (device, channel), count)
        if channel in width:  # an agent that shows neither state nor attachment tells no width
            yield Sample(metrics.CHANNEL_WIDTH, (device, channel), width[channel])


def _name(names: dict[bytes, str], number: object) -> str:
    """Interface of an ifIndex among the values; empty for 0 and for unknown ones."""
    return names.get(encode_numbers((number,)), "") if isinstance(number, int) and number > 0 else ""


def decode_vpc(reading: Reading) -> Iterator[Sample]:
    """Keepalive, role and peer-link of each domain; state and consistency of each vPC."""
    for index, status in reading.column("cVpcPeerKeepAliveStatus").items():
        labels = (reading.device, _domain(index))
        if isinstance(status, int):
            yield Sample(metrics.VPC_KEEPALIVE, labels, int(status == _ALIVE))
            yield Sample(metrics.VPC_KEEPALIVE_STATE, labels, status)
    for index, role in reading.column("cVpcRoleStatus").items():
        labels = (reading.device, _domain(index))
        if role in _ROLES and isinstance(role, int):
            yield Sample(metrics.VPC_ROLE, (*labels, _ROLES[role]), 1)
        dual = reading.number("cVpcDualActiveDetectionStatus", index)
        if dual is not None:
            yield Sample(metrics.VPC_DUAL_ACTIVE, labels, int(dual == _TRUE))
    for metric, column in (
        (metrics.VPC_KEEPALIVES_RX, "cVpcStatsPeerKeepAliveMsgsRcved"),
        (metrics.VPC_PEER_CHANGES, "cVpcStatsPeerStatusChanges"),
    ):
        for index, count in reading.column(column).items():
            if isinstance(count, int):
                yield Sample(metric, (reading.device, _domain(index)), count)
    yield from _links(reading)


def _links(reading: Reading) -> Iterator[Sample]:
    names = dict(reading.interfaces())
    for index, number in reading.column("cVpcPeerLinkIfIndex").items():
        name = _name(names, number)
        if name:
            yield Sample(metrics.VPC_PEER_LINK, (reading.device, _domain(index), name), 1)
    for index, status in reading.column("cVpcStatusHostLinkStatus").items():
        key = split_index(index)
        if len(key) != 2 or not isinstance(status, int):
            continue
        name = _name(names, reading.number("cVpcStatusHostLinkIfIndex", index))
        labels = (reading.device, str(key[0]), str(key[1]), name)
        yield Sample(metrics.VPC_UP, labels, int(status == _UP))
        agreed = reading.number("cVpcStatusHostLinkConsistencyStatus", index)
        if agreed in (_SUCCESS, _FAILED):
            yield Sample(metrics.VPC_CONSISTENT, labels, int(agreed == _SUCCESS))


def _domain(index: bytes) -> str:
    return str(split_index(index)[0])
