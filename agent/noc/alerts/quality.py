"""How traffic is treated and what IP SLA operations hear of it, before people do."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.alerts.words import OPERATION_LABELS, PORT_LABELS
from agent.noc.fault import by_series, configure
from agent.noc.rule import Alert, of_device, of_port, said

PRIORITY = '{class=~".*(REALTIME|CCTV|pq1|q7|q5)"}'
"""Classes and queues that carry voice, video and cameras, on both lines of hardware."""
LOST = f"sum by (device, operation) ({said(m.SLA_LOST.name)})"
RETURNED = f"max by (device, operation) ({m.SLA_RETURNED.name})"


def of_operation(expr: str) -> str:
    """Series of operations with their tag and target, and the site of their switch."""
    info = f"max by (device, operation, tag, target) ({m.SLA_INFO.name})"
    return of_device(f"({expr}) * on (device, operation) group_left (tag, target) {info}")


QUALITY: tuple[Alert, ...] = (
    Alert(
        "PriorityTrafficDropped",
        of_port(f"max by (device, interface, class) (rate({m.QOS_QUEUE_DISCARDS.name}{PRIORITY}[5m])) > 1"),
        "page",
        "{device} {interface} drops {class}, which is never meant to be dropped",
        "Voice and video suffer now. See who marks too much as urgent; widen the link.",
        (*PORT_LABELS, "class"),
        service="transport",
        fault=by_series("queues of the lab drop what has no class first"),
    ),
    Alert(
        "SlaFailing",
        of_operation(f"{m.SLA_OK.name} == 0"),
        "ticket",
        "IP SLA {operation} ({tag}) of {device} towards {target} fails",
        "Ping and trace from the switch; look at the path's ports for errors.",
        OPERATION_LABELS,
        service="transport",
        fault=configure(
            "building",
            "feature sla sender",
            "ip sla 990",
            "icmp-echo 192.0.2.251",
            "ip sla schedule 990 life forever start-time now",
        ),
    ),
    Alert(
        "SlaVoicePoor",
        of_operation(f"{m.SLA_MOS.name} < 3.6"),
        "ticket",
        "calls between {device} and {target} sound poor (MOS below 3.6)",
        "Loss or jitter on the path: SlaLoss, SlaJitter and the ports on the way tell where.",
        OPERATION_LABELS,
        after_seconds=300,
        service="transport",
        fault=by_series("it takes an operation and errors on its path at once"),
    ),
    Alert(
        "SlaJitter",
        of_operation(f"max by (device, operation) ({m.SLA_JITTER.name}) > 0.03"),
        "ticket",
        "delay between {device} and {target} jumps by more than 30 ms",
        "A full link without priority for voice; a busy processor at one end.",
        OPERATION_LABELS,
        after_seconds=600,
        service="transport",
        fault=by_series("paths of the lab have an even delay"),
    ),
    Alert(
        "SlaLoss",
        of_operation(f"{LOST} / ({LOST} + {RETURNED}) > 0.01"),
        "ticket",
        "more than 1 % of the packets between {device} and {target} get lost",
        "Errors or drops on a port of the path; trace from both ends.",
        OPERATION_LABELS,
        after_seconds=300,
        service="transport",
        fault=by_series("it takes an operation and errors on its path at once"),
    ),
)
