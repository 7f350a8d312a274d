"""All rules that are in force: the baseline, and the city's own."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module, resources

import yaml

from agent.check.declared import declared_rule
from agent.check.rule import BASELINE, Rule
from agent.errors import UsageError
from agent.intent.policy import RulesFile

_MODULES = ("management", "ports", "routing", "together")


@lru_cache(maxsize=1)
def baseline() -> Mapping[str, Rule]:
    """Rules that come with Moulin, by name."""
    for module in _MODULES:
        import_module(f"agent.check.rules.{module}")
    text = (resources.files("agent.check.rules") / "baseline.yaml").read_text(encoding="utf-8")
    declared = RulesFile.model_validate(yaml.safe_load(text))
    found = {name: declared_rule(name, spec) for name, spec in declared.rules.items()}
    if taken := found.keys() & BASELINE.rules.keys():
        raise ValueError(f"rules are there twice: {sorted(taken)}")
    return dict(sorted((found | BASELINE.rules).items()))


def rules_of(files: Mapping[str, RulesFile]) -> Mapping[str, Rule]:
    """The baseline and the rules of the files; raises UsageError when a name is taken."""
    found = dict(baseline())
    for file, content in files.items():
        for name, spec in content.rules.items():
            if name in found:
                raise UsageError(
                    f"rules/{file}.yaml: rule {name!r} is there already. choose another name, "
                    "or make an exception in policy.yaml"
                )
            found[name] = declared_rule(name, spec)
    return found
