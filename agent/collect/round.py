"""What one round of questions to a device brought, and how it went."""

from __future__ import annotations

from dataclasses import dataclass, field

from agent.collect.snmp.rows import Rows


@dataclass(slots=True)
class Round:
    """What one poll brought."""

    rows: dict[str, Rows] = field(default_factory=dict)
    partial: dict[str, str] = field(default_factory=dict)
    """Problem by group that was cut short."""
    seconds: dict[str, float] = field(default_factory=dict)
    """Time spent on walks, by group."""
    capped: set[str] = field(default_factory=set)
    """Groups that have more rows than are read: another attempt would bring no more."""
    elsewhere: set[str] = field(default_factory=set)
    """Groups that have rows in the context of a VRF."""

    def take(self, group: str, within: Round) -> None:
        """Add how the same group went in a context of its own."""
        self.seconds[group] = self.seconds.get(group, 0.0) + within.seconds.get(group, 0.0)
        self.elsewhere |= {group} if any(within.rows.values()) else set()
        self.capped |= within.capped
        for name, problem in within.partial.items():
            self.partial.setdefault(name, problem)

    def problem(self) -> str:
        """One line: what was cut short, and on what the time went."""
        if not self.partial:
            return ""
        text = "; ".join(f"{name}: {problem}" for name, problem in self.partial.items())
        if not self.seconds:
            return text
        slowest = max(self.seconds, key=self.seconds.__getitem__)
        return f"{text}; slowest: {slowest} {self.seconds[slowest]:.1f} s"
