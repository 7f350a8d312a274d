"""Rules of a city's own, exceptions, and the forms of the report."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml
from pydantic import ValidationError

from agent.check.baseline import baseline, rules_of
from agent.check.comply import Compliance, Policy, check_compliance
from agent.check.config import Config
from agent.check.declared import declared_rule
from agent.check.rule import BASELINE, Rule, Scene, Whole
from agent.check.tell import compliance_as_data, compliance_junit, compliance_page, compliance_sarif
from agent.errors import UsageError
from agent.intent.expand import expand_switches
from agent.intent.load import load_city
from agent.intent.policy import Exemption, RulesFile, RuleSpec

ROOT = Path(__file__).parents[3]
CITY = load_city(ROOT / "inventory")
SWITCHES = expand_switches(CITY)
TODAY = date(2026, 11, 22)

CONFIG = """\
feature telnet
interface Ethernet1/1
  description <b>"lobby" & yard</b>
interface Ethernet1/2
  shutdown
router bgp 1
  vrf A
    neighbor 192.0.2.1
      remote-as 2
"""


def spec(**keys: Any) -> RuleSpec:
    return RuleSpec.model_validate({"rationale": "Because.", "fix": "Mend it."} | keys)


def faults(rule: RuleSpec, switch: str = "sw-mairie", text: str = CONFIG) -> list[tuple[str, int]]:
    scene = Scene(SWITCHES[switch], Config(text))
    found = declared_rule("mine", rule).run(Whole(CITY, {switch: scene}), "wanted")
    return [(fault.section, fault.line) for fault in found]


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({"must_not": ["feature telnet"]}, [("", 1)]),
        ({"must": ["feature telnet"]}, []),
        ({"must": ["feature \\w+"], "at_least": 2}, [("", 1)]),
        ({"must": ["feature tel"]}, [("", 1)]),
        ({"section": "interface Ethernet*", "must": ["description .+"]}, [("interface Ethernet1/2", 4)]),
        ({"section": "interface Ethernet*", "must": ["description .+"], "unless": ["shutdown"]}, []),
        (
            {"section": "interface Ethernet*", "must": ["mtu 9216"], "when": ["description .+"]},
            [("interface Ethernet1/1", 2)],
        ),
        (
            {"section": "router bgp *|vrf *|neighbor *", "must": ["password .+"]},
            [("router bgp 1|vrf A|neighbor 192.0.2.1", 8)],
        ),
        ({"section": "router bgp *|neighbor *", "must": ["password .+"]}, []),
        ({"section": "router ospf *", "exists": True}, [("", 0)]),
        ({"section": ["line vty", "router bgp *"], "exists": True}, []),
        ({"section": "interface *", "ports": ["camera"], "must": ["mtu 1"]}, [
            ("interface Ethernet1/1", 2), ("interface Ethernet1/2", 4)]),
        ({"section": "interface *", "ports": ["door"], "must": ["mtu 1"]}, []),
        ({"must": ["never"], "roles": ["core"]}, []),
        ({"must": ["never"], "switches": ["core-*"]}, []),
        ({"must": ["never"], "sources": ["running"]}, []),
    ],
)  # fmt: skip
def test_a_rule_needs_no_python(keys: dict[str, Any], found: list[tuple[str, int]]) -> None:
    assert faults(spec(**keys)) == found


@pytest.mark.parametrize(
    "keys", [{}, {"must": ["("]}, {"must": ["a"], "severity": "fatal"}, {"must": ["a"], "shall": ["b"]}]
)
def test_what_is_no_rule_is_refused(keys: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        spec(**keys)


def test_a_name_is_taken_once() -> None:
    with pytest.raises(UsageError, match=r"rules/town.yaml: rule 'no-telnet' is there already"):
        rules_of({"town": RulesFile(rules={"no-telnet": spec(must=["a"])})})
    baseline()
    with pytest.raises(ValueError, match="is there already"):
        BASELINE.add(BASELINE.rules["vpc-peers-agree"])


def exemption(**keys: Any) -> Exemption:
    mine = {"rule": "mine", "owner": "ana@town.example", "reason": "old lift", "until": TODAY}
    return Exemption.model_validate(mine | keys)


def report(*exemptions: Exemption, today: date = TODAY) -> Compliance:
    rules = {
        "mine": declared_rule("mine", spec(section="interface *", must=["mtu 9216"])),
        "soft": declared_rule("soft", spec(must_not=["feature telnet"], severity="warning")),
        "kept": declared_rule("kept", spec(must=["feature telnet"])),
    }
    scene = Scene(SWITCHES["sw-mairie"], Config(CONFIG))
    return check_compliance(Policy(rules, exemptions, today), {"wanted": Whole(CITY, {"sw-mairie": scene})})


def test_an_error_fails_and_a_warning_does_not() -> None:
    assert not report().fine
    assert report(exemption()).fine
    assert [breach.rule.name for breach in report(exemption()).open] == ["soft"]


@pytest.mark.parametrize(
    ("keys", "excused"),
    [
        ({}, 2),
        ({"sections": ["interface Ethernet1/1"]}, 1),
        ({"switches": ["core-*"]}, 0),
        ({"rule": "soft"}, 1),
        ({"until": date(2026, 11, 21)}, 0),
    ],
)
def test_an_exception_excuses_what_it_names_until_its_last_day(keys: dict[str, Any], excused: int) -> None:
    told = report(exemption(**keys))
    assert len(told.excused) == excused
    assert bool(told.lapsed) == ("until" in keys)


@pytest.mark.parametrize("key", ["owner", "reason", "until"])
def test_an_exception_without_owner_reason_or_end_is_refused(key: str) -> None:
    whole = exemption().model_dump()
    del whole[key]
    with pytest.raises(ValidationError):
        Exemption.model_validate(whole)


def test_sarif_names_rule_file_and_line_and_suppresses_what_is_excused() -> None:
    told = compliance_sarif(report(exemption(sections=["interface Ethernet1/2"])), "1.0")
    run = json.loads(json.dumps(told))["runs"][0]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {"mine", "soft", "kept"}
    first, second, soft = run["results"]
    place = first["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "wanted/sw-mairie.cfg"},
        "region": {"startLine": 2},
    }
    assert "suppressions" not in first
    assert "ana@town.example" in second["suppressions"][0]["justification"]
    assert soft["level"] == "warning"


def test_junit_counts_a_case_for_each_rule_and_switch() -> None:
    suite = ET.fromstring(compliance_junit(report()).partition("\n")[2])  # noqa: S314 - written by us
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("3", "1", "0")
    suite = ET.fromstring(compliance_junit(report(exemption())).partition("\n")[2])  # noqa: S314
    assert (suite.get("failures"), suite.get("skipped")) == ("0", "1")


class _Reader(HTMLParser):
    """Fails on tags that are opened and never closed."""

    VOID = frozenset({"meta", "br", "link"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.remote: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        self.remote += [value for name, value in attrs if name in {"src", "href"} and value]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_stands_alone_and_escapes_what_switches_say() -> None:
    page = compliance_page(
        report(exemption(reason="<script>")), "Town & port", datetime(2026, 11, 22, tzinfo=UTC), {}
    )
    reader = _Reader()
    reader.feed(page)
    assert reader.open == []
    assert reader.remote == [], "nothing is fetched"
    assert "<script>" not in page
    assert "Town &amp; port" in page


def test_data_holds_everything() -> None:
    told = compliance_as_data(report(exemption(sections=["interface Ethernet1/2"])))
    assert told["fine"] is False
    assert [breach["excused_by"] is None for breach in told["breaches"]] == [True, False, True]


def test_the_baseline_is_valid_for_a_city_too() -> None:
    """What ships in YAML has the form that cities write."""
    text = (ROOT / "agent/check/rules/baseline.yaml").read_text("utf-8")
    assert RulesFile.model_validate(yaml.safe_load(text)).rules


def test_rules_are_values() -> None:
    rule = baseline()["no-telnet"]
    assert isinstance(rule, Rule)
    assert replace(rule, name="x") != rule
