"""What a change must know of the city around its switches: who may not go at once, and what health means."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nornir.core import Nornir

from agent.apply.policy import OnFailure, Policy
from agent.errors import AgentError
from agent.flows.apply import Gate
from agent.flows.health import HealthGate
from agent.flows.policy import load_policy
from agent.flows.wanted import load_wanted
from agent.intent.city import City
from agent.intent.expect import expect
from agent.plan.plan import Plan
from agent.settings import Settings


@dataclass(frozen=True, slots=True)
class Around:
    """Policy and pairs of one change."""

    policy: Policy
    pairs: tuple[frozenset[str], ...] = ()


def make_gate(
    nornir: Nornir, city: City, secrets: Mapping[str, str], policy: Policy, plans: Mapping[str, Plan]
) -> Gate | None:
    """The gate that the policy asks for."""
    return HealthGate(nornir, expect(city), secrets, policy, plans) if policy.health else None


def look_around(
    settings: Settings, secrets: Mapping[str, str], on_failure: OnFailure | None = None
) -> Around:
    """For a way back, which must work even when the intent is broken: then one switch after the other.

    There is no gate: what the intent promises now is not what held before. Raises UsageError for a policy
    that cannot be read.
    """
    policy = load_policy(settings.inventory, on_failure)
    try:
        wanted = load_wanted(settings, secrets)
    except AgentError:
        return Around(policy.model_copy(update={"growth": 1, "canaries": 1, "widest": 1}))
    return Around(policy, wanted.pairs())
