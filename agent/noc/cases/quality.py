"""Proof of the alerts of ``alerts/quality.py``."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.cases.case import PORT, SWITCH, Case, Series, one

OPERATION = (SWITCH, one(m.SLA_INFO))

QUALITY: tuple[Case, ...] = (
    Case(
        "PriorityTrafficDropped",
        (Series(m.QOS_QUEUE_DISCARDS, 0, 600),),
        (Series(m.QOS_QUEUE_DISCARDS, 0, 6),),
        (PORT,),
    ),
    Case(
        "PriorityTrafficDropped",
        (Series(m.QOS_QUEUE_DISCARDS, 0, 600),),
        (Series(m.QOS_QUEUE_DISCARDS, 0, 600, {"class": "c-out-8q-q-default"}),),
        (PORT,),
    ),
    Case("SlaFailing", (one(m.SLA_OK, 0),), (one(m.SLA_OK),), OPERATION),
    Case("SlaVoicePoor", (one(m.SLA_MOS, 3.1),), (one(m.SLA_MOS, 4.3),), OPERATION),
    Case("SlaJitter", (one(m.SLA_JITTER, 0.05),), (one(m.SLA_JITTER, 0.002),), OPERATION),
    Case(
        "SlaLoss",
        (one(m.SLA_LOST, 1, direction="forward"), one(m.SLA_LOST, 1, direction="back")),
        (one(m.SLA_LOST, 0, direction="forward"), one(m.SLA_LOST, 0, direction="back")),
        (*OPERATION, one(m.SLA_RETURNED, 98)),
    ),
)
