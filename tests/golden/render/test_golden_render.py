"""One YAML per case: facts laid over a small building switch, and the text of one template."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from agent.intent.switch import Base, Switch
from agent.render.context import build_context
from agent.render.env import Templates

ROOT = Path(__file__).parents[3]
CASES = sorted((ROOT / "tests/golden/render").glob("*.yaml"))
SECRETS = {"admin": "$5$salt$hash", "tacacs": "tacacs-key", "snmp_ro": "city-ro", "bgp_north": "north-key"}
EMPTY = {field.name: [] for field in fields(Base)}
BASE = EMPTY | {
    "domain": "bellerive.example",
    "banner": "Authorised use only.",
    "timezone": ["CET", 1, 0],
    "tacacs_secret": "tacacs",
    "snmp_community": "snmp_ro",
    "snmp_acl": "",
    "vty_acl": "",
    "snmp_contact": "noc",
    "snmp_location": "School",
    "admins": [["admin", "admin", "network-admin"]],
}
SWITCH = {
    "name": "sw-1",
    "role": "building",
    "platform": "n9k",
    "model": "N9K-C9348GC-FX3PH",
    "release": "10.3",
    "site": "school",
    "management_address": "10.66.0.31/24",
    "management_gateway": "10.66.0.1",
}


class _Block(yaml.SafeDumper):
    """Writes multi-line text as a block, so that the case reads like a configuration."""


def _block(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Block.add_representer(str, _block)


def _render(case: dict[str, Any]) -> str:
    facts = SWITCH | case["facts"] | {"base": BASE | case["facts"].get("base", {})}
    switch = TypeAdapter(Switch).validate_python(facts)
    variables = build_context(switch, SECRETS)
    text = Templates(ROOT / "templates").render(switch.name, variables, f"nxos/{case['template']}")
    return text.strip("\n") + "\n"


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_golden(file: Path) -> None:
    case = yaml.safe_load(file.read_text(encoding="utf-8"))
    text = _render(case)
    if os.environ.get("MOULIN_REWRITE_GOLDEN"):
        case["text"] = text
        file.write_text(yaml.dump(case, Dumper=_Block, sort_keys=False, width=110), encoding="utf-8")
    assert text == case.get("text")


def test_there_are_cases() -> None:
    assert CASES
