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
from agent.intent.expectation import Expectations
from agent.plan.plan import Plan
from agent.settings import Settings


@dataclass(frozen=True, slots=True)
class Around:
    """Policy, pairs and promises of one change; no promises when the intent is broken."""

    policy: Policy
    pairs: tuple[frozenset[str], ...] = ()
    expected: Expectations | None = None

    def gate(self, nornir: Nornir, secrets: Mapping[str, str], plans: Mapping[str, Plan]) -> Gate | None:
        """For a way back: what the intent promises may be what is being taken back, so a port or a session
        that the plans touch themselves does not count; everything else that held before must hold after.
        """
        if self.expected is None or not self.policy.health:
            return None
        return HealthGate(nornir, self.expected, secrets, self.policy, plans, spare=True)


def make_gate(
    nornir: Nornir, city: City, secrets: Mapping[str, str], policy: Policy, plans: Mapping[str, Plan]
) -> Gate | None:
    """The gate that the policy asks for."""
    return HealthGate(nornir, expect(city), secrets, policy, plans) if policy.health else None


def look_around(
    settings: Settings, secrets: Mapping[str, str], on_failure: OnFailure | None = None
) -> Around:
    """For a way back, which must work even when the intent is broken: then one switch after the other, and
    nobody judges the health. Raises UsageError for a policy that cannot be read.
    """
    policy = load_policy(settings.inventory, on_failure)
    try:
        wanted = load_wanted(settings, secrets)
    except AgentError:
        return Around(policy.model_copy(update={"growth": 1, "canaries": 1, "widest": 1}))
    return Around(policy, wanted.pairs(), expect(wanted.city))
