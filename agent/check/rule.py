"""What a rule is: a registered function with a name, a severity, a reason and words that mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from agent.check.config import Config
from agent.intent.city import City
from agent.intent.policy import Subject as Source
from agent.intent.switch import Port, Switch
from agent.records import Severity

BOTH: tuple[Source, ...] = ("wanted", "running")


@dataclass(frozen=True)
class Scene:
    """One configuration of one switch, beside what the intent says of the switch."""

    switch: Switch
    config: Config
    source: Source = "wanted"

    @cached_property
    def meant(self) -> Mapping[str, Port]:
        """Ports and port-channels of the intent by name."""
        return {port.name: port for port in (*self.switch.channels, *self.switch.ports)}


@dataclass(frozen=True)
class Whole:
    """The city with the configurations of all its switches that are at hand."""

    city: City
    scenes: Mapping[str, Scene]
    """By switch; with ``--limit``, or when one does not answer, not all are there."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a rule is broken. ``text`` reads *what is expected, what is there*."""

    switch: str
    section: str
    """Header of the section, ``site …`` or the like for faults of the intent; empty for the whole."""
    text: str
    line: int = 0
    """In the configuration, 1-based; 0 when it is nowhere."""


OfSwitch = Callable[[Scene], Iterator[Fault]]
OfCity = Callable[[Whole], Iterator[Fault]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy. Exactly one of ``of_switch`` and ``of_city`` is given."""

    name: str
    severity: Severity
    rationale: str
    fix: str
    on: tuple[Source, ...] = BOTH
    of_switch: OfSwitch | None = None
    of_city: OfCity | None = None

    def run(self, whole: Whole, source: Source) -> Iterator[Fault]:
        """Every fault in the configurations of that source; none when the rule is not about it."""
        if source not in self.on:
            return
        if self.of_city is not None:
            yield from self.of_city(whole)
        if self.of_switch is not None:
            for scene in whole.scenes.values():
                yield from self.of_switch(scene)


@dataclass(slots=True)
class Registry:
    """Rules by name; a name is taken once."""

    rules: dict[str, Rule] = field(default_factory=dict)

    def add(self, rule: Rule) -> None:
        """Take the name; raises ValueError when somebody has it."""
        if rule.name in self.rules:
            raise ValueError(f"rule {rule.name!r} is there already")
        self.rules[rule.name] = rule

    def switch(
        self, name: str, *, rationale: str, fix: str, severity: Literal["error", "warning"] = "error"
    ) -> Callable[[OfSwitch], OfSwitch]:
        """Decorator: the function is a rule about one switch."""

        def register(check: OfSwitch) -> OfSwitch:
            self.add(Rule(name, Severity(severity), rationale, fix, of_switch=check))
            return check

        return register

    def city(
        self, name: str, *, rationale: str, fix: str, on: tuple[Source, ...] = BOTH
    ) -> Callable[[OfCity], OfCity]:
        """Decorator: the function is a rule about switches together, or about the intent alone."""

        def register(check: OfCity) -> OfCity:
            self.add(Rule(name, Severity.ERROR, rationale, fix, on, of_city=check))
            return check

        return register


BASELINE = Registry()
"""The rules that come with Moulin and are written in Python."""
