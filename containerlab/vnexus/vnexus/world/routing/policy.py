"""Prefix lists, AS path lists and route maps: which routes pass, and how they look afterwards."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network
from typing import Protocol, Self

from vnexus.facts import ConfigFacts


class Routed(Protocol):
    """What a clause looks at."""

    @property
    def prefix(self) -> IPv4Network: ...


@dataclass(frozen=True, slots=True)
class Attributes:
    """What a route map can match beside the prefix, and set."""

    as_path: tuple[str, ...] = ()
    local_preference: int = 100
    weight: int = 0
    metric: int = 0
    tag: str = ""
    next_hop: str = ""


@dataclass(frozen=True, slots=True)
class PrefixRule:
    """``seq N {permit | deny} NET [eq] [ge] [le]``"""

    permits: bool
    network: IPv4Network
    shortest: int
    longest: int

    @classmethod
    def read(cls, words: list[str]) -> Self:
        network = IPv4Network(words[1])
        said = {words[i]: int(words[i + 1]) for i in range(2, len(words) - 1, 2)}
        if "eq" in said:
            return cls(words[0] == "permit", network, said["eq"], said["eq"])
        low = said.get("ge", network.prefixlen)
        high = said.get("le", 32 if "ge" in said else network.prefixlen)
        return cls(words[0] == "permit", network, low, high)

    def covers(self, prefix: IPv4Network) -> bool:
        return self.shortest <= prefix.prefixlen <= self.longest and prefix.subnet_of(self.network)


@dataclass(frozen=True, slots=True)
class Clause:
    permits: bool
    lines: tuple[str, ...]


@dataclass(slots=True)
class Policies:
    """The lists of one configuration."""

    prefix_lists: dict[str, list[PrefixRule]] = field(default_factory=dict)
    path_lists: dict[str, list[tuple[bool, str]]] = field(default_factory=dict)
    route_maps: dict[str, list[Clause]] = field(default_factory=dict)

    @classmethod
    def read(cls, config: ConfigFacts) -> Self:
        """Clauses in the order of their numbers."""
        made = cls()
        numbered: list[tuple[str, int, Clause]] = []
        for line in config.lines():
            words = line.split()
            if words[:2] == ["ip", "prefix-list"] and len(words) > 6 and words[3] == "seq":
                made.prefix_lists.setdefault(words[2], []).append(PrefixRule.read(words[5:]))
            elif words[:3] == ["ip", "as-path", "access-list"] and "seq" in words:
                rule = (words[6] == "permit", " ".join(words[7:]).strip('"'))
                made.path_lists.setdefault(words[3], []).append(rule)
            elif words[0] == "route-map" and len(words) > 3:
                numbered.append((words[1], int(words[3]), Clause(words[2] == "permit", config.lines(line))))
        for name, _, clause in sorted(numbered, key=lambda item: item[:2]):
            made.route_maps.setdefault(name, []).append(clause)
        return made

    def allowed(self, name: str, prefix: IPv4Network) -> bool:
        """By a prefix list; one that is not there permits everything."""
        rules = self.prefix_lists.get(name)
        if rules is None:
            return True
        return next((rule.permits for rule in rules if rule.covers(prefix)), False)

    def through(self, name: str, prefix: IPv4Network, given: Attributes) -> Attributes | None:
        """What a route map makes of a route; None when it stops it. A map that is not there stops all."""
        for clause in self.route_maps.get(name, ()):
            if all(self._matches(line, prefix, given) for line in clause.lines if line.startswith("match ")):
                return _changed(clause, given) if clause.permits else None
        return None

    def _matches(self, line: str, prefix: IPv4Network, given: Attributes) -> bool:
        """A kind of match that the model has nothing for never applies."""
        words = line.split()
        if "prefix-list" in words:
            names = words[words.index("prefix-list") + 1 :]
            return (
                words[1] == "ip"
                and words[2] == "address"
                and any(self.allowed(name, prefix) for name in names)
            )
        match words[1]:
            case "as-path":
                return any(self._path(name, given.as_path) for name in words[2:])
            case "tag":
                return given.tag in words[2:]
            case "metric":
                return str(given.metric) in words[2:]
            case _:
                return False

    def _path(self, name: str, as_path: tuple[str, ...]) -> bool:
        text = " ".join(as_path)
        for permits, pattern in self.path_lists.get(name, ()):
            if re.search(pattern.replace("_", r"(?:^|$| )"), text):
                return permits
        return False


def _changed(clause: Clause, given: Attributes) -> Attributes:
    changes: dict[str, object] = {}
    for line in clause.lines:
        words = line.split()
        if words[0] != "set":
            continue
        match words[1:]:
            case ["local-preference", value]:
                changes["local_preference"] = int(value)
            case ["weight", value]:
                changes["weight"] = int(value)
            case ["metric", value, *_] if value.isdigit():
                changes["metric"] = int(value)
            case ["tag", value]:
                changes["tag"] = value
            case ["ip", "next-hop", value, *_] if value.count(".") == 3:
                changes["next_hop"] = value
            case ["as-path", "prepend", *numbers] if all(number.isdigit() for number in numbers):
                changes["as_path"] = (*numbers, *given.as_path)
            case _:
                pass
    return replace(given, **changes) if changes else given  # type: ignore[arg-type]  # names of its fields


class Library:
    """Policies of every node, read when they are first asked for."""

    def __init__(self, configs: Mapping[str, ConfigFacts]) -> None:
        self._configs = configs
        self._read: dict[str, Policies] = {}

    def of(self, node: str) -> Policies:
        found = self._read.get(node)
        if found is None:
            found = self._read[node] = Policies.read(self._configs[node])
        return found
