"""PromQL read by somebody else's parser: which series an expression asks for, and which labels come out.

Labels are followed through the whole tree: what a matcher, ``by``, ``on`` or ``group_left`` names must exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import promql_parser as ql

from agent.metrics import CATALOGUE
from agent.noc.alerts import ALERTS
from agent.noc.firing import OF_PROMETHEUS
from agent.noc.rules import ALL_RECORDINGS

SCRAPE = frozenset({"job", "instance"})
TARGET = frozenset({"site", "role", "platform"})
"""Labels that the discovery of switches adds to whatever a device says."""
SET_OPERATIONS = {"and", "or", "unless"}
KEEPS_ALL = {"topk", "bottomk", "limitk", "limit_ratio"}


@dataclass(slots=True)
class Reader:
    """``known`` are labels by metric; ``problems`` and ``names`` grow while expressions are read."""

    known: Mapping[str, frozenset[str]]
    problems: list[str] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    def labels(self, node: ql.Expr) -> frozenset[str] | None:
        """Labels that the series of an expression may have; None for a number or a text."""
        match node:
            case ql.NumberLiteral() | ql.StringLiteral():
                return None
            case ql.VectorSelector():
                return self._selector(node)
            case ql.MatrixSelector():
                return self._selector(node.vector_selector)
            case ql.ParenExpr() | ql.UnaryExpr() | ql.SubqueryExpr():
                return self.labels(node.expr)
            case ql.AggregateExpr():
                return self._aggregate(node)
            case ql.BinaryExpr():
                return self._binary(node)
            case ql.Call():
                return self._call(node)
            case _:
                raise TypeError(f"no rule for {type(node).__name__}")

    def _must_have(self, wanted: Iterable[str], have: frozenset[str] | None, what: str) -> None:
        if missing := set(wanted) - (have or frozenset()):
            self.problems.append(f"{what}: no label {', '.join(sorted(missing))}")

    def _selector(self, node: ql.VectorSelector) -> frozenset[str]:
        name = str(node.name)
        self.names.add(name)
        if name not in self.known:
            self.problems.append(f"{name}: nobody declares it")
            return frozenset()
        labels = self.known[name]
        groups = [node.matchers.matchers, *node.matchers.or_matchers]
        self._must_have((m.name for group in groups for m in group), labels | SCRAPE, name)
        of_target = "device" in labels and not name.startswith("city_") and ":" not in name
        return labels | SCRAPE | (TARGET if of_target else frozenset())

    def _aggregate(self, node: ql.AggregateExpr) -> frozenset[str] | None:
        inner = self.labels(node.expr)
        if str(node.op) in KEEPS_ALL:
            return inner
        if node.modifier is None:
            return frozenset()
        named = frozenset(node.modifier.labels)
        if node.modifier.type == ql.AggModifierType.Without:
            return (inner or frozenset()) - named
        self._must_have(named, inner, f"{node.op} by")
        return named

    def _call(self, node: ql.Call) -> frozenset[str] | None:
        inner = [self.labels(argument) for argument in node.args]
        if node.func.name in {"absent", "absent_over_time", "vector"}:
            return frozenset()
        if node.func.name == "label_replace":
            _, target, _, source, _ = node.args
            if source.val:
                self._must_have([source.val], inner[0], "label_replace")
            return (inner[0] or frozenset()) | {target.val}
        return next((labels for labels in inner if labels is not None), None)

    def _binary(self, node: ql.BinaryExpr) -> frozenset[str] | None:
        left, right = self.labels(node.lhs), self.labels(node.rhs)
        if left is None or right is None:
            return left if right is None else right
        matching = node.modifier.matching if node.modifier else None
        on = (
            frozenset(matching.labels) if matching and matching.type == ql.LabelModifierType.Include else None
        )
        for side in (left, right):
            self._must_have(on or (), side, f"{node.op} on")
        if (word := str(node.op)) in SET_OPERATIONS:
            return left | right if word == "or" else left
        card = node.modifier.card if node.modifier else ql.VectorMatchCardinality.OneToOne
        taken = frozenset(node.modifier.group_labels or ()) if node.modifier else frozenset()
        many, one = (left, right) if card != ql.VectorMatchCardinality.OneToMany else (right, left)
        if card == ql.VectorMatchCardinality.OneToOne:
            return on if on is not None else left
        self._must_have(taken, one, "group_left or group_right")
        return many | taken


def known_labels() -> dict[str, frozenset[str]]:
    """Labels of all that may be asked for: the catalogue, our recordings, what Prometheus says itself."""
    known = {metric.name: frozenset(metric.labels) for metric in CATALOGUE}
    for rule in ALL_RECORDINGS:
        known[rule.name] = Reader(known).labels(ql.parse(rule.expr)) or frozenset()
    words = frozenset(label for alert in ALERTS for label in alert.labels)
    known["up"] = SCRAPE
    for name in OF_PROMETHEUS:
        known[name] = words | {"alertname", "alertstate", "severity", "service"}
    return known


def read(expr: str, known: Mapping[str, frozenset[str]]) -> tuple[Reader, frozenset[str]]:
    """What is wrong with the expression, and its labels; raises ValueError for what is no PromQL."""
    reader = Reader(known)
    return reader, reader.labels(ql.parse(expr)) or frozenset()
