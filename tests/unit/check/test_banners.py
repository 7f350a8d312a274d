"""A banner is opaque: rules, drift and backups neither stumble over what stands in it nor believe it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from agent.check.baseline import baseline
from agent.check.changed import changed_sections
from agent.check.config import Config
from agent.check.drift import Texts, find_drift
from agent.check.rule import Scene, Whole
from agent.intent.expand import expand_switches
from agent.intent.load import load_city
from agent.render.env import Templates
from agent.render.render import HiddenSecrets, render_switch

ROOT = Path(__file__).parents[3]
BANNERS = {
    "hash": "banner motd #\nfeature telnet\nno aaa accounting default group CITY\n\n! nothing # ",
    "caret": "banner motd ^\ninterface Ethernet1/1\n  no storm-control\n% Invalid command at marker.\n^",
    "one line": "banner motd @snmp-server community public@",
    "prompt": "banner motd ~\nsw-mairie# \nsw-mairie(config)# \n\n\n~",
}


@cache
def switch_and_text() -> tuple[Whole, str]:
    city, templates = load_city(ROOT / "inventory"), Templates(ROOT / "templates")
    switch = expand_switches(city)["sw-mairie"]
    text = render_switch(switch, HiddenSecrets(), templates)
    return Whole(city, {"sw-mairie": Scene(switch, Config(text), "wanted")}), text


def with_banner(text: str, banner: str) -> str:
    before, _, rest = text.partition("banner motd ")
    _, _, after = rest.partition(f"\n{rest[0]}\n")
    return f"{before}{banner}\n{after}"


@pytest.mark.parametrize("banner", BANNERS.values(), ids=BANNERS)
def test_it_is_neither_stumbled_over_nor_believed(banner: str) -> None:
    whole, text = switch_and_text()
    other = with_banner(text, banner)
    assert other != text
    scene = Scene(whole.scenes["sw-mairie"].switch, Config(other), "wanted")
    judged = Whole(whole.city, {"sw-mairie": scene})
    for rule in baseline().values():
        found = {fault.section for fault in rule.run(judged, "wanted")}
        assert found == {fault.section for fault in rule.run(whole, "wanted")}, rule.name
    assert find_drift("sw-mairie", Texts(other, other, other)).clean
    drift = find_drift("sw-mairie", Texts(text, other, other))
    assert [section.split()[0] for section in drift.sections] == ["banner"]
    assert [section.split()[0] for section in changed_sections(text, other)] == ["banner"]
