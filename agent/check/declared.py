"""Rules that are written in YAML: the baseline's own, and those of a city."""

from __future__ import annotations

from collections.abc import Iterator
from fnmatch import fnmatchcase

from agent.check.config import Block
from agent.check.rule import Fault, Rule, Scene
from agent.intent.policy import RuleSpec
from agent.records import Severity


def declared_rule(name: str, spec: RuleSpec) -> Rule:
    """The rule that the YAML describes."""

    def check(scene: Scene) -> Iterator[Fault]:
        return _check(spec, scene)

    return Rule(name, Severity(spec.severity), spec.rationale, spec.fix, spec.sources, of_switch=check)


def _check(spec: RuleSpec, scene: Scene) -> Iterator[Fault]:
    name = scene.switch.name
    if spec.roles and scene.switch.role not in spec.roles:
        return
    if not any(fnmatchcase(name, glob) for glob in spec.switches):
        return
    found = False
    for block in scene.config.blocks(*spec.section):
        found = True
        if spec.ports and not _is_meant(spec, scene, block):
            continue
        if not all(block.having(pattern) for pattern in spec.when):
            continue
        if any(block.having(pattern) for pattern in spec.unless):
            continue
        for text in _misses(spec, block):
            yield Fault(name, block.path, text, block.number)
    if spec.exists and not found:
        yield Fault(name, "", f"expected a section {' or '.join(spec.section)!r}, there is none")


def _is_meant(spec: RuleSpec, scene: Scene, block: Block) -> bool:
    port = scene.meant.get(block.path.removeprefix("interface "))
    return port is not None and port.profile in spec.ports


def _misses(spec: RuleSpec, block: Block) -> Iterator[str]:
    for pattern in spec.must:
        there = len(block.having(pattern))
        if there < spec.at_least:
            times = f"{spec.at_least} lines" if spec.at_least > 1 else "a line"
            yield f"expected {times} {pattern!r}, there {'is' if there == 1 else 'are'} {there or 'none'}"
    for pattern in spec.must_not:
        for line in block.having(pattern):
            yield f"expected no line {pattern!r}, there is {line!r}"
