"""Clock, changes of the configuration, supervisors."""

from __future__ import annotations

from collections.abc import Iterator

from agent import metrics
from agent.collect.octets import read_address, read_date, read_fixed
from agent.collect.reading import Reading, read_text, split_index
from agent.metrics import Sample

_LEAP_UNKNOWN, _UNSYNCHRONISED = 3, 16
_ACTIVE, _STANDBY_HOT = 14, 9


def decode_ntp(reading: Reading) -> Iterator[Sample]:
    """The clock and its servers; an N5K may have the scalars alone, an N3K the servers alone.

    Without the scalars the clock is judged by its servers: one that answers is enough.
    """
    labels = (reading.device,)
    leap, stratum = reading.scalar("cntpSysLeap"), reading.scalar("cntpSysStratum")
    peers = reading.column("cntpPeersStratum")
    if stratum is not None:
        yield Sample(metrics.NTP_STRATUM, labels, stratum or _UNSYNCHRONISED)
    if leap is not None or stratum is not None:
        synchronised = leap != _LEAP_UNKNOWN and stratum not in (0, _UNSYNCHRONISED)
        yield Sample(metrics.NTP_SYNCHRONISED, labels, int(synchronised))
    elif peers:
        heard = any(reading.number("cntpPeersReach", index) for index in peers)
        yield Sample(metrics.NTP_SYNCHRONISED, labels, int(heard))
    for index, level in peers.items():
        yield from _peer(reading, index, level)


def _peer(reading: Reading, index: bytes, level: object) -> Iterator[Sample]:
    address = read_address(reading.column("cntpPeersPeerAddress").get(index))
    labels = (reading.device, address or f"association {split_index(index)[0]}")
    reach = reading.number("cntpPeersReach", index)
    if isinstance(level, int):
        yield Sample(metrics.NTP_PEER_STRATUM, labels, level)
    if reach is not None:
        yield Sample(metrics.NTP_PEER_REACHABLE, labels, int(reach != 0))
    if reach == 0:
        return  # offset and delay are those of a server that is gone
    for metric, column in (
        (metrics.NTP_PEER_OFFSET, "cntpPeersOffset"),
        (metrics.NTP_PEER_DELAY, "cntpPeersDelay"),
    ):
        seconds = read_fixed(reading.column(column).get(index))
        if seconds is not None:
            yield Sample(metric, labels, round(seconds, 6))


def decode_config_events(reading: Reading) -> Iterator[Sample]:
    """Number of events, which is the highest index of those that are kept, and when the last one was."""
    indexes = [split_index(index)[0] for index in reading.column("ccmHistoryEventTime")]
    if indexes:
        yield Sample(metrics.CONFIG_EVENTS, (reading.device,), max(indexes))
    moment = read_date(reading.scalars.get("cseSysConfLastChange"))
    if moment is not None:
        yield Sample(metrics.CONFIG_TIMESTAMP, (reading.device,), moment)


def decode_supervisor(reading: Reading) -> Iterator[Sample]:
    """Redundancy only where there is a second supervisor: a fixed switch has unit 0 or none beside it."""
    labels = (reading.device,)
    state = reading.scalar("cRFStatusUnitState")
    if state is not None:
        yield Sample(metrics.SUPERVISOR_ACTIVE, labels, int(state == _ACTIVE))
    peer = reading.scalar("cRFStatusPeerUnitState")
    if reading.scalar("cRFStatusPeerUnitId") and peer is not None:
        yield Sample(metrics.SUPERVISOR_STANDBY, labels, int(peer == _STANDBY_HOT))
    reason = reading.scalar("cRFStatusLastSwactReasonCode")
    if reason is not None:
        yield Sample(metrics.SUPERVISOR_REASON, labels, reason)


def decode_contexts(reading: Reading) -> Iterator[Sample]:
    """How many SNMP contexts show a VRF other than the default one."""
    vrfs = [read_text(value) for value in reading.column("cContextMappingVrfName").values()]
    if vrfs:
        count = sum(vrf not in ("", "default") for vrf in vrfs)
        yield Sample(metrics.SNMP_CONTEXTS, (reading.device,), count)
