"""What a plan is known by: the same plan made twice has the same digest, whenever it was made."""

from __future__ import annotations

import json
from hashlib import sha256

from agent.nxos.mask import mask_line
from agent.plan.plan import Plan


def digest_plan(plan: Plan) -> str:
    """SHA-256, in hex, over switch, start, end and steps.

    Secrets are masked first, as the digest is written where others read; the file of a plan has a seal of
    its own over every byte.
    """
    lines = [[mask_line(line) for line in step.lines] for step in plan.steps]
    risks = [[str(risk) for risk in step.risks] for step in plan.steps]
    text = json.dumps([plan.device, plan.base, plan.target, lines, risks], separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
