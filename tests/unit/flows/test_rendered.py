"""The memory of rendered configurations: used when nothing changed, never when something did."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from agent.flows.lab import make_secrets
from agent.flows.rendered import Rendered, remember_rendered
from agent.intent.expand import expand_switches
from agent.intent.load import load_city
from agent.intent.switch import Switch
from agent.render.env import Templates
from agent.render.render import render_switch

ROOT = Path(__file__).parents[3]
CITY = load_city(ROOT / "inventory")
SWITCH = expand_switches(CITY)["sw-mairie"]
SECRETS = make_secrets(CITY)


class Counting(Templates):
    """Counts how often a switch is rendered."""

    count = 0

    def render(self, device: str, variables: Mapping[str, object], template: str = "nxos/switch.j2") -> str:
        self.count += 1
        return super().render(device, variables, template)


@pytest.fixture
def templates() -> Counting:
    return Counting(ROOT / "templates")


def memory(state: Path, templates_digest: str = "t", secrets: Mapping[str, str] = SECRETS) -> Rendered:
    return remember_rendered(state, templates_digest, secrets)


def test_what_did_not_change_is_not_rendered_again(tmp_path: Path, templates: Counting) -> None:
    first = memory(tmp_path).text(SWITCH, SECRETS, templates)
    second = memory(tmp_path).text(SWITCH, SECRETS, templates)
    assert templates.count == 1
    assert first == second == render_switch(SWITCH, SECRETS, Templates(ROOT / "templates"))


def test_only_its_owner_reads_it(tmp_path: Path, templates: Counting) -> None:
    memory(tmp_path).text(SWITCH, SECRETS, templates)
    (file,) = (tmp_path / "rendered").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    file.chmod(0o644)
    memory(tmp_path).text(SWITCH, SECRETS, templates)
    assert templates.count == 2, "what others could read is not trusted"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def _other(switch: Switch) -> Switch:
    return replace(switch, ports=(replace(switch.ports[0], description="moved"), *switch.ports[1:]))


def test_another_fact_template_or_secret_renders_anew(tmp_path: Path, templates: Counting) -> None:
    memory(tmp_path).text(SWITCH, SECRETS, templates)
    assert "description moved" in memory(tmp_path).text(_other(SWITCH), SECRETS, templates)
    memory(tmp_path, "other").text(_other(SWITCH), SECRETS, templates)
    fresh = {**SECRETS, "snmp_ro": "another-one"}
    assert "another-one" in memory(tmp_path, "other", fresh).text(_other(SWITCH), fresh, templates)
    assert templates.count == 4


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"half"])
def test_a_damaged_file_is_not_used(tmp_path: Path, templates: Counting, damage: bytes) -> None:
    text = memory(tmp_path).text(SWITCH, SECRETS, templates)
    (file,) = (tmp_path / "rendered").iterdir()
    file.write_bytes(damage or file.read_bytes().replace(b"vlan", b"vlam"))
    assert memory(tmp_path).text(SWITCH, SECRETS, templates) == text
    assert templates.count == 2


def test_a_disk_that_refuses_is_no_reason_to_stop(tmp_path: Path, templates: Counting) -> None:
    (tmp_path / "rendered").write_text("a file where the folder should be")
    assert memory(tmp_path).text(SWITCH, SECRETS, templates).startswith("hostname sw-mairie")
