"""What ``moulin init`` writes works at once: rendered, taken by the virtual Nexus, read back as meant."""

from __future__ import annotations

from pathlib import Path

from agent.flows.init import write_scaffold
from agent.flows.lab import make_secrets
from agent.intent.expand import expand_switches
from agent.intent.lab import lab_topology
from agent.intent.load import load_city
from agent.plan.build import build_plan
from agent.render.env import Templates
from agent.render.render import render_switch
from tests.property.judge import Judge

TEMPLATES = Path(__file__).parents[2] / "templates"


def test_every_switch_of_the_scaffold_reads_back_as_meant(tmp_path: Path) -> None:
    write_scaffold(tmp_path / "city")
    city = load_city(tmp_path / "city")
    secrets, templates = make_secrets(city), Templates(TEMPLATES)
    nodes = {node["name"]: node for node in lab_topology(city)["nodes"]}
    for name, switch in expand_switches(city).items():
        judge = Judge.of_model(nodes[name]["profile"], nodes[name]["model"])
        judge.take(nodes[name]["startup"])
        wanted = render_switch(switch, secrets, templates)
        plan = build_plan(name, judge.running(), wanted, platform=switch.platform)
        judge.take(line for step in plan.steps for line in step.lines)
        assert plan.steps
        assert build_plan(name, judge.running(), wanted, platform=switch.platform).diff == ()
