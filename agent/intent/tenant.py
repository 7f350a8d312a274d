"""Customers of the shared data centre: ``services/tenants.yaml``."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from agent.intent.addressing import VrfName
from agent.intent.record import Name, Record, Words


class Tenant(Record):
    """A neighbouring town, a company, a school: its own VRF, seen by nobody else."""

    title: Words
    kind: Words
    vrf: VrfName
    networks: Annotated[tuple[Name, ...], Field(min_length=1)]
    quota_mbps: Annotated[int, Field(ge=1)]
    """Bandwidth sold; the 95th percentile is billed against it."""
    contact: str


class TenantsFile(Record):
    tenants: dict[Name, Tenant]
