"""Somebody's word for a risky plan: ``approvals/*.yaml``, written by ``moulin approve``."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from agent.intent.record import Name, Record
from agent.intent.risk import Risk

Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the plan of one switch")]


class Approval(Record):
    """Who lets which plans be applied, with which risks, until when.

    The digests are those of the plans as they were read: another plan for the same switch needs a new word.
    """

    approved_by: Annotated[str, Field(min_length=1)]
    reason: str = ""
    until: AwareDatetime
    risks: Annotated[tuple[Risk, ...], Field(min_length=1)]
    plans: Annotated[dict[Name, Digest], Field(min_length=1)]
    """Switch name to the digest of its plan."""
