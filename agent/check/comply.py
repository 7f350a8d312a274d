"""Compliance: every rule over every configuration, less what somebody answers for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from agent.check.rule import Fault, Rule, Whole
from agent.intent.policy import Exemption
from agent.intent.policy import Subject as Source
from agent.records import Severity


@dataclass(frozen=True, slots=True)
class Breach:
    """A fault against a rule; ``exemption`` is whoever answers for it."""

    rule: Rule
    fault: Fault
    source: Source
    exemption: Exemption | None = None

    @property
    def fails(self) -> bool:
        return self.exemption is None and self.rule.severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class Compliance:
    """What was asked of whom, and what was found."""

    rules: tuple[Rule, ...]
    switches: tuple[str, ...]
    breaches: tuple[Breach, ...]
    """By rule, then by switch."""
    lapsed: tuple[Exemption, ...] = ()
    """Exceptions whose last day is past: they excuse nothing any more."""

    @property
    def fine(self) -> bool:
        return not any(breach.fails for breach in self.breaches)

    @property
    def open(self) -> tuple[Breach, ...]:
        """Breaches that nobody answers for."""
        return tuple(breach for breach in self.breaches if breach.exemption is None)

    @property
    def excused(self) -> tuple[Breach, ...]:
        return tuple(breach for breach in self.breaches if breach.exemption is not None)


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules in force, exceptions, and the day on which they are asked."""

    rules: Mapping[str, Rule]
    exemptions: tuple[Exemption, ...]
    today: date


def check_compliance(policy: Policy, wholes: Mapping[Source, Whole]) -> Compliance:
    """Ask every rule about the wanted and, where given, the running configurations."""
    switches = dict.fromkeys(name for whole in wholes.values() for name in whole.scenes)
    return Compliance(
        rules=tuple(policy.rules.values()),
        switches=tuple(switches),
        breaches=tuple(_breaches(policy, wholes)),
        lapsed=tuple(item for item in policy.exemptions if item.until < policy.today),
    )


def _breaches(policy: Policy, wholes: Mapping[Source, Whole]) -> Iterator[Breach]:
    for rule in policy.rules.values():
        for source, whole in wholes.items():
            for fault in rule.run(whole, source):
                yield Breach(rule, fault, source, _excuse(policy.exemptions, rule, fault, policy.today))


def _excuse(exemptions: Iterable[Exemption], rule: Rule, fault: Fault, today: date) -> Exemption | None:
    fitting = (item for item in exemptions if item.excuses(rule.name, fault.switch, fault.section, today))
    return next(fitting, None)
