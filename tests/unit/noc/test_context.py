"""What every rule says beside its own words."""

from __future__ import annotations

from pathlib import Path

import promql_parser
import pytest

from agent.intent.expect import expect
from agent.intent.load import load_city
from agent.noc.alerts import ALERTS
from agent.noc.context import Owners, owners_of, quiet_at_work
from agent.noc.rule import Alert
from agent.noc.rules import build_rules

BELLERIVE = expect(load_city(Path(__file__).parents[3] / "inventory"))


def test_every_rule_has_an_owner_and_a_service() -> None:
    teams = {team.team for team in BELLERIVE.teams}
    rules = [rule for group in build_rules(BELLERIVE)["groups"] for rule in group["rules"] if "alert" in rule]
    for rule in rules:
        owner = rule["labels"]["owner"]
        assert owner in teams or "$labels.service" in owner, rule["alert"]
    for alert in ALERTS:
        assert alert.service or "service" in alert.labels or alert.name == "MoulinSilent", alert.name


def test_the_owner_is_worked_out_from_the_service() -> None:
    owners = Owners({"cctv": "video", "doors": "houses", "wifi": "net", "voice": "net"}, "net")
    assert owners.template() == (
        '{{ if eq $labels.service "cctv" }}video{{ else if eq $labels.service "doors" }}houses'
        "{{ else }}net{{ end }}"
    )
    assert Owners({"wifi": "net"}, "net").template() == "net"
    assert owners_of(BELLERIVE).of("cctv") == "video"


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_works_keep_quiet_what_has_a_place(alert: Alert) -> None:
    expr = quiet_at_work(alert)
    promql_parser.parse(expr)
    placed = bool({"site", "device"} & set(alert.labels)) and alert.service != "monitoring"
    assert ("city_maintenance" in expr) == placed
