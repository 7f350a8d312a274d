"""Each YAML file shows one case on one screen: running, wanted, and the lines that the plan sends.

``make golden`` rewrites the lines; the diff is then reviewed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from agent.plan.build import build_plan

CASES = sorted((Path(__file__).parent / "plan").glob("*.yaml"))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_plan_sends_what_the_case_says(file: Path) -> None:
    case = yaml.safe_load(file.read_text(encoding="utf-8"))
    plan = build_plan(
        "sw-1",
        case["running"],
        case["wanted"],
        complete=case.get("complete", False),
        platform=case.get("platform", "n9k"),
        names=case.get("names", {}),
    )
    sent = "\n".join(line for step in plan.steps for line in step.lines)
    undone = "\n".join(line for step in plan.undo for line in step.lines)
    if os.environ.get("MOULIN_REWRITE_GOLDEN"):
        _rewrite(file, case, sent, undone, [str(risk) for risk in plan.risks])
        return
    assert sent == case["steps"].rstrip("\n")
    assert undone == case["undo"].rstrip("\n")
    assert [str(risk) for risk in plan.risks] == case.get("risks", [])


def _rewrite(file: Path, case: dict[str, object], sent: str, undone: str, risks: list[str]) -> None:
    case |= {"steps": sent + "\n" if sent else "", "undo": undone + "\n" if undone else ""}
    if risks:
        case["risks"] = risks
    yaml.add_representer(
        str,
        lambda dumper, text: dumper.represent_scalar(
            "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None
        ),
        Dumper=yaml.SafeDumper,
    )
    file.write_text(yaml.safe_dump(case, sort_keys=False, allow_unicode=True, width=110), encoding="utf-8")
