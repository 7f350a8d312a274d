"""Rules are read whole, or refused in one line that names the file."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.collect.streaming.rules import load_rules, standard_rules
from agent.errors import UsageError


def test_the_shipped_rules_cover_all_sources() -> None:
    rules = standard_rules()
    assert rules.leaves and rules.rows and rules.classes and rules.tables  # noqa: PT018 - one thought
    fed = {metric.name for _, metric in rules.feeds()}
    assert {"net_interface_receive_bytes_total", "net_power_supply_input_watts", "net_bgp_session_up"} <= fed


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("leaves: [{path: '/a', metric: net_nothing}]", "no metric net_nothing"),
        ("leaves: [{path: '/a', metric: net_interface_up}]", "has the labels interface"),
        ("leaves: [{path: 'a/b', metric: net_cpu_utilisation_ratio}]", "path"),
        ("leaves: [{path: '/a', metric: net_fan_up, labels: {fan: '{x|shout}'}}]", "no filter shout"),
        ("rows: [{path: '/a', metric: net_fan_up, labels: {fan: x}}]", "made of leaves"),
        ("classes: [{name: a, dn: '('}]", "x.yaml"),
        ("commands: [{command: show x, felds: {}}]", "fields"),
        ("a: [", "not YAML"),
    ],
)
def test_a_mistake_is_one_line_with_the_file(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "x.yaml").write_text(text, "utf-8")
    with pytest.raises(UsageError, match=r"^x\.yaml: ") as caught:
        load_rules([tmp_path])
    assert problem in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_folder_of_ones_own_adds_a_leaf_without_python(tmp_path: Path) -> None:
    (tmp_path / "more.yaml").write_text(
        "leaves:\n- {path: '/a/b[id]/temp', metric: net_sensor_celsius,"
        " labels: {sensor: '{b.id}', interface: ''}}",
        "utf-8",
    )
    (rule,) = load_rules([tmp_path]).leaves
    assert rule.form.series("sw", {"b.id": "x"}) == 'net_sensor_celsius{device="sw",sensor="x",interface=""} '
