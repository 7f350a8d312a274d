"""``moulin plan`` against virtual switches: what it shows, writes and promises."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from agent.flows.fleet import Device, each
from agent.nxos.digest import digest_config

CORNER = ("--limit", "core-1,leaf-1,sw-mairie")
Corner = Any
"""The fixture of conftest.py, which cannot be imported here."""


def edit(corner: Corner, file: str, old: str, new: str) -> None:
    path = corner.settings.inventory / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_camera_that_moves_is_told_by_name(corner: Corner, tmp_path: Path) -> None:
    assert corner.moulin("apply", "--yes", *CORNER).returncode == 0
    assert corner.moulin("plan", *CORNER).returncode == 0, "nothing to do"
    camera = "{tag: CAM-004, place: rue Haute 2, model: bullet-ir, address: 10.20.1.13}"
    edit(corner, "services/cctv.yaml", f"    Ethernet1/4: {camera}\n", "")
    git = ["git", "-C", str(corner.settings.inventory), "-c", "user.name=a", "-c", "user.email=a@example.net"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "a camera goes"]):
        subprocess.run([*git, *words], check=True)

    page, file = tmp_path / "plan.html", tmp_path / "plan.json"
    shown = corner.moulin("plan", *CORNER, "--undo", "--html", str(page), "-o", str(file))
    assert shown.returncode == 3
    for words in (
        "camera rue Haute 2 (Ethernet1/4)",
        "! port down",
        "! power cut",
        "undo:",
        "1 of 3 switches change",
        "hits: 1 camera rue Haute (cctv 1)",
        "order: sw-mairie",
        "from the last 3 switches that were changed here",
    ):
        assert words in shown.stdout, shown.stdout
    text = page.read_text("utf-8")
    assert "rue Haute 2" in text
    assert all(secret not in text for secret in corner.secrets.values())

    told = json.loads(corner.moulin("plan", *CORNER, "--json").stdout)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout
    assert told["commit"] == commit.strip()
    assert told["affected"]["services"] == {"cctv": 1}
    assert told["waves"] == [["sw-mairie"]]
    assert told["forbidden"] == ""
    assert len(told["switches"]["sw-mairie"]["base"]) == 64

    edit(corner, "services/cctv.yaml", "CAM-005", "CAM-905")
    assert corner.moulin("apply", "--yes", str(file)).returncode == 4, "the plan is stale, and is refused"


def test_a_risk_that_policy_marks_needs_somebody_elses_word(corner: Corner, tmp_path: Path) -> None:
    assert corner.moulin("apply", "--yes", "--limit", "sw-mairie").returncode == 0
    edit(corner, "policy.yaml", "[needs reload, VRF removal]", "[power cut]")
    camera = "{tag: CAM-004, place: rue Haute 2, model: bullet-ir, address: 10.20.1.13}"
    edit(corner, "services/cctv.yaml", f"    Ethernet1/4: {camera}\n", "")
    file = tmp_path / "plan.json"
    shown = corner.moulin("plan", "--limit", "sw-mairie", "-o", str(file))
    assert "not now: nobody has approved the risk on sw-mairie (power cut)" in shown.stderr

    refused = corner.moulin("apply", "--yes", str(file))
    assert refused.returncode == 4
    assert "moulin approve plan.json" in refused.stderr
    assert corner.moulin("approve", "--yes", str(file), "--reason", "ticket 12").returncode == 0
    own = corner.moulin("apply", "--yes", str(file))
    assert own.returncode == 4
    assert "cannot approve what" in own.stderr

    (approval,) = (corner.settings.inventory / "approvals").glob("*.yaml")
    lines = approval.read_text("utf-8").splitlines()
    others = ["approved_by: somebody-else" if line.startswith("approved_by:") else line for line in lines]
    approval.write_text("\n".join(others) + "\n", "utf-8")
    assert corner.moulin("apply", "--yes", str(file)).returncode == 0


def test_a_plan_from_the_factory_state_is_a_page_too(corner: Corner, tmp_path: Path) -> None:
    page = tmp_path / "plan.html"
    assert corner.moulin("plan", *CORNER, "--html", str(page)).returncode == 3
    assert page.stat().st_size < 3_000_000
    assert page.read_text("utf-8").count("<details") == 3


def test_planning_touches_nothing(corner: Corner) -> None:
    def ask(device: Device) -> tuple[str, ...]:
        return device.ask("show running-config", "dir bootflash:")

    before = each(corner.fleet("leaf-1"), ask).values
    corner.moulin("plan", "--limit", "leaf-1")
    after = each(corner.fleet("leaf-1"), ask).values
    strip = [line for line in before["leaf-1"][0].splitlines() if not line.startswith("!")]
    assert strip == [line for line in after["leaf-1"][0].splitlines() if not line.startswith("!")]
    assert before["leaf-1"][1] == after["leaf-1"][1]


def test_the_switch_itself_is_asked_and_nothing_stays_there(corner: Corner) -> None:
    def look(device: Device) -> tuple[str, ...]:
        return device.ask("dir bootflash:", "show running-config")

    assert corner.moulin("apply", "--yes", *CORNER).returncode == 0
    edit(corner, "services/cctv.yaml", "place: rue Haute 2,", "place: rue Haute 22,")
    edit(corner, "addresses.yaml", "description: Cameras Centre", "description: Cameras du Centre")
    before = each(corner.fleet("sw-mairie"), look).values["sw-mairie"]
    asked = corner.moulin("plan", *CORNER, "--verify")
    assert "sw-mairie: the switch would take it" in asked.stdout, asked.stdout + asked.stderr
    assert "core-1: not verified on the switch: release 7.3 has no verify-only" in asked.stdout
    assert asked.returncode == 3
    after = each(corner.fleet("sw-mairie"), look).values["sw-mairie"]
    assert "moulin-verify" not in after[0]
    assert digest_config(after[1]) == digest_config(before[1])


def test_a_patch_that_the_switch_cannot_parse_is_a_failure_though_it_says_successful(corner: Corner) -> None:
    assert corner.moulin("apply", "--yes", "--limit", "sw-mairie").returncode == 0
    edit(corner, "services/cctv.yaml", "place: rue Haute 2,", "place: rue Haute 22,")
    corner.fault("reject-line", "sw-mairie", pattern="description camera CAM-004 rue Haute 22")
    asked = corner.moulin("plan", "--limit", "sw-mairie", "--verify")
    assert asked.returncode == 4
    assert "the switch would not take it: Syntax error while parsing 'description camera" in asked.stderr
