"""``moulin comply``: the city's rules over what is meant and over what runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from nornir.core import Nornir

from agent.check.baseline import rules_of
from agent.check.comply import Compliance, Policy, check_compliance
from agent.check.config import Config
from agent.check.rule import Scene, Whole
from agent.errors import AgentError, UsageError
from agent.flows.fleet import Device, Progress, each
from agent.flows.limit import choose_names
from agent.intent.city import City
from agent.intent.expand import expand_switches
from agent.intent.policy import Subject as Source
from agent.intent.switch import Switch
from agent.render.env import Templates
from agent.render.render import HiddenSecrets, render_switch
from agent.settings import Settings


@dataclass(frozen=True, slots=True)
class Complied:
    """The report, and why some switches were not read."""

    compliance: Compliance
    errors: dict[str, AgentError]


@dataclass(frozen=True, slots=True)
class Question:
    """Which switches and rules (globs), and on which day exceptions must still hold."""

    limit: str
    rules: str
    today: date


def policy_of(city: City, question: Question) -> Policy:
    """Rules and exceptions; raises UsageError for an exception to a rule that does not exist."""
    rules = rules_of(city.rules)
    for item in city.policy.exceptions:
        if item.rule not in rules:
            raise UsageError(
                f"policy.yaml: an exception to rule {item.rule!r}, which does not exist. "
                "see the names: moulin comply --list"
            )
    globs = [glob.strip() for glob in question.rules.split(",")]
    chosen = {name: rule for name, rule in rules.items() if any(fnmatchcase(name, glob) for glob in globs)}
    if not chosen:
        raise UsageError(f"no rule matches {question.rules!r}. see the names: moulin comply --list")
    return Policy(chosen, city.policy.exceptions, question.today)


def check_wanted(settings: Settings, city: City, switches: dict[str, Switch]) -> Whole:
    """The rendered configurations of the city, secrets hidden."""
    templates = Templates(settings.templates)
    scenes = {
        name: Scene(switch, Config(render_switch(switch, HiddenSecrets(), templates)))
        for name, switch in switches.items()
    }
    return Whole(city, scenes)


def comply(
    settings: Settings, city: City, question: Question, fleet: Nornir | None, progress: Progress
) -> Complied:
    """Run the rules over the wanted configurations, with a fleet also over the running ones.

    Nothing is changed. Raises UsageError, RenderError.
    """
    policy = policy_of(city, question)
    expanded = expand_switches(city)
    switches = {name: expanded[name] for name in choose_names(expanded, question.limit)}
    wholes: dict[Source, Whole] = {"wanted": check_wanted(settings, city, switches)}
    errors: dict[str, AgentError] = {}
    if fleet is not None:

        def work(device: Device) -> Scene:
            (running,) = device.ask("show running-config")
            return Scene(switches[device.name], Config(running), "running")

        harvest = each(fleet, work, progress=progress)
        wholes["running"] = Whole(city, dict(sorted(harvest.values.items())))
        errors = dict(sorted(harvest.errors.items()))
    return Complied(check_compliance(policy, wholes), errors)
