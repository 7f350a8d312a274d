"""What the city allows: ``policy.yaml``, and rules of its own in ``rules/*.yaml``."""

from __future__ import annotations

import re
from datetime import date
from fnmatch import fnmatchcase
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator, model_validator

from agent.intent.record import Name, Record
from agent.intent.risk import Risk
from agent.intent.switch import Role

Glob = Annotated[str, Field(min_length=1, max_length=200)]
Subject = Literal["wanted", "running"]


class Approvals(Record):
    """Which marked risks need somebody's word before ``apply``."""

    needed_for: tuple[Risk, ...] = ()
    four_eyes: bool = True
    """Nobody approves what he applies himself."""
    longest_days: Annotated[int, Field(ge=1, le=366)] = 14
    """How long an approval holds when nobody says otherwise."""


class Exemption(Record):
    """A rule that does not hold somewhere for a while, and who answers for it."""

    rule: Name
    switches: tuple[Glob, ...] = ("*",)
    sections: tuple[Glob, ...] = ("*",)
    """Globs over what is found at fault: ``interface Ethernet1/*``."""
    owner: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]
    until: date
    """Last day on which it holds."""

    def excuses(self, rule: str, switch: str, section: str, today: date) -> bool:
        """Whether this fault is excused on that day.

        >>> last = date(2027, 1, 1)
        >>> e = Exemption(rule="a", sections=("line *",), owner="ana", reason="r", until=last)
        >>> e.excuses("a", "core-1", "line vty", last), e.excuses("a", "x", "line 1", date(2028, 1, 1))
        (True, False)
        """
        return (
            rule == self.rule
            and today <= self.until
            and any(fnmatchcase(switch, glob) for glob in self.switches)
            and any(fnmatchcase(section, glob) for glob in self.sections)
        )


class PolicyFile(Record):
    """``policy.yaml``."""

    approvals: Approvals = Approvals()
    exceptions: tuple[Exemption, ...] = ()
    waves: dict[str, Any] = Field(default_factory=dict)
    """How a change goes through the fleet; ``moulin apply`` says what may stand here."""


def _as_list(value: object) -> object:
    return (value,) if isinstance(value, str) else value


class RuleSpec(Record):
    """A rule over configuration lines, without Python.

    It looks at every section whose header fits ``section`` (nested headers joined by ``|``; empty means the
    top level of the configuration), leaves out those that hold a line of ``unless`` or lack a line of
    ``when``, and wants every expression of ``must`` and none of ``must_not`` there. All expressions must fit
    a whole line.
    """

    rationale: Annotated[str, Field(min_length=1)]
    fix: Annotated[str, Field(min_length=1)]
    severity: Literal["error", "warning"] = "error"
    sources: Annotated[tuple[Subject, ...], Field(min_length=1)] = ("wanted", "running")
    roles: tuple[Role, ...] = ()
    switches: tuple[Glob, ...] = ("*",)
    ports: tuple[Name, ...] = ()
    """Only interfaces that the intent gives to such endpoints: ``camera``, ``carrier``, ``uplink``."""
    section: Annotated[tuple[str, ...], BeforeValidator(_as_list)] = ("",)
    when: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    must_not: tuple[str, ...] = ()
    at_least: Annotated[int, Field(ge=1, le=100)] = 1
    """How many lines must fit each expression of ``must``."""
    exists: bool = False
    """There must be such a section at all."""

    @field_validator("when", "unless", "must", "must_not")
    @classmethod
    def _expressions(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except re.error as exc:
                raise ValueError(f"not a regular expression: {exc}") from None
        return patterns

    @model_validator(mode="after")
    def _asks_something(self) -> RuleSpec:
        if not self.must and not self.must_not and not self.exists:
            raise ValueError("the rule asks for nothing; give must, must_not or exists")
        return self


class RulesFile(Record):
    """``rules/*.yaml``: rules by name."""

    rules: dict[Name, RuleSpec]
