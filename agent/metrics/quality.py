"""How well traffic is treated: QoS classes, IP SLA operations, and the clock that everything is dated by."""

from __future__ import annotations

from agent.metrics.catalogue import counter, gauge

_CLASS = ("interface", "direction", "policy", "class")
QOS_PACKETS = counter("net_qos_class_packets_total", "Packets of the class before its policy acts", *_CLASS)
QOS_BYTES = counter("net_qos_class_bytes_total", "Bytes of the class before its policy acts", *_CLASS)
QOS_DROPPED_PACKETS = counter(
    "net_qos_class_dropped_packets_total", "Packets that the policy dropped", *_CLASS
)
QOS_DROPPED_BYTES = counter("net_qos_class_dropped_bytes_total", "Bytes that the policy dropped", *_CLASS)
QOS_QUEUE_DEPTH = gauge("net_qos_queue_depth_bytes", "Bytes that wait in the queue of the class", *_CLASS)
QOS_QUEUE_DISCARDS = counter("net_qos_queue_discards_total", "Packets that found the queue full", *_CLASS)

_OPERATION = ("operation",)
SLA_INFO = gauge("net_ip_sla_info", "1; what the operation measures", *_OPERATION, "tag", "type", "target")
SLA_ACTIVE = gauge("net_ip_sla_active", "1 when the operation is scheduled", *_OPERATION)
SLA_OK = gauge("net_ip_sla_ok", "1 when the last run succeeded within its threshold", *_OPERATION)
SLA_SENSE = gauge(
    "net_ip_sla_sense",
    "Outcome of the last run: 1 ok, 2 disconnected, 3 over threshold, 4 timeout, …",
    *_OPERATION,
)
SLA_RTT = gauge("net_ip_sla_rtt_seconds", "Round trip of the last run; absent when it failed", *_OPERATION)
SLA_RUN = gauge(
    "net_ip_sla_last_run_seconds", "sysUpTime of the last run: runs are counted by it", *_OPERATION
)
SLA_FREQUENCY = gauge(
    "net_ip_sla_frequency_seconds", "Time between runs: poll at least as often", *_OPERATION
)
SLA_RETURNED = gauge("net_ip_sla_returned_packets", "Packets of the last run that came back", *_OPERATION)
SLA_LOST = gauge(
    "net_ip_sla_lost_packets",
    "Packets of the last run that were lost; direction is forward, back, late or unknown",
    *_OPERATION,
    "direction",
)
SLA_JITTER = gauge("net_ip_sla_jitter_seconds", "Mean jitter of the last run", *_OPERATION, "direction")
SLA_MOS = gauge("net_ip_sla_mos_score", "Mean opinion score, 1 to 5; absent when not computed", *_OPERATION)
SLA_ICPIF = gauge("net_ip_sla_icpif", "Planning impairment factor (ITU-T G.113)", *_OPERATION)

NTP_SYNCHRONISED = gauge("net_ntp_synchronised", "1 when the clock follows a server")
NTP_STRATUM = gauge("net_ntp_stratum", "Stratum of the clock, 16 when it is not synchronised")
NTP_PEER_REACHABLE = gauge("net_ntp_peer_reachable", "1 when one of the last 8 polls was answered", "peer")
NTP_PEER_STRATUM = gauge("net_ntp_peer_stratum", "Stratum of the server", "peer")
NTP_PEER_OFFSET = gauge("net_ntp_peer_offset_seconds", "Its clock minus ours", "peer")
NTP_PEER_DELAY = gauge("net_ntp_peer_delay_seconds", "Round trip to the server", "peer")
