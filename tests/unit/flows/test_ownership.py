from __future__ import annotations

from pathlib import Path

import pytest

from agent.errors import UsageError
from agent.flows.ownership import load_ownership
from agent.plan.build import build_plan

RUNNING = "hostname sw-1\nntp server 10.0.0.9\ninterface Ethernet1/1\n  description kept\n"
WANTED = "hostname other\ninterface Ethernet1/1\n  description meant\n"


def test_without_a_table_the_intent_owns_everything(tmp_path: Path) -> None:
    assert load_ownership(tmp_path).strict


def test_what_is_not_owned_is_left_and_listed(tmp_path: Path) -> None:
    (tmp_path / "ownership.yaml").write_text('owns: ["interface Ethernet1/*"]\n', "utf-8")
    plan = build_plan("sw-1", RUNNING, WANTED, owned=load_ownership(tmp_path))
    assert [line for step in plan.steps for line in step.lines] == [
        "interface Ethernet1/1",
        "  description meant",
    ]
    assert plan.unmanaged == ("hostname sw-1", "ntp server 10.0.0.9")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        pytest.param("owns: [", "broken YAML", id="yaml"),
        pytest.param("own: []\n", "own: extra inputs", id="unknown-key"),
        pytest.param("owns: 5\n", "owns: input should be a valid tuple", id="type"),
    ],
)
def test_a_mistake_in_the_table_is_one_line(tmp_path: Path, text: str, says: str) -> None:
    (tmp_path / "ownership.yaml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=says):
        load_ownership(tmp_path)
