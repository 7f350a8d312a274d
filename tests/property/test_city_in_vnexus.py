"""The shipped city: every rendered configuration is taken by the virtual Nexus, and reads back as meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.flows.lab import make_secrets
from agent.intent.expand import expand_switches
from agent.intent.lab import lab_topology
from agent.intent.load import load_city
from agent.nxos.digest import digest_config
from agent.plan.build import build_plan
from agent.render.env import Templates
from agent.render.render import render_switch
from tests.property.judge import Judge

ROOT = Path(__file__).parents[2]
CITY = load_city(ROOT / "inventory")
SWITCHES = expand_switches(CITY)
NODES = {node["name"]: node for node in lab_topology(CITY)["nodes"]}


@pytest.mark.parametrize("name", SWITCHES)
def test_rendered_switch_is_taken_and_reads_back_as_meant(name: str) -> None:
    switch, node = SWITCHES[name], NODES[name]
    judge = Judge.of_model(node["profile"], node["model"])
    judge.take(node["startup"])
    start = judge.running()
    wanted = render_switch(switch, make_secrets(CITY), Templates(ROOT / "templates"))

    plan = build_plan(name, start, wanted, platform=switch.platform)
    judge.take(line for step in plan.steps for line in step.lines)
    again = build_plan(name, judge.running(), wanted, platform=switch.platform)
    assert again.diff == ()
    assert digest_config(judge.running(), switch.platform) == plan.target

    judge.take(line for step in plan.undo for line in step.lines)
    back = build_plan(name, judge.running(), start, complete=True, platform=switch.platform)
    assert back.diff == ()
