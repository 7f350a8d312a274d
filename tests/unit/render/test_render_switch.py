"""Complete configurations per role, and what happens when something is missing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agent.errors import RenderError, UsageError
from agent.intent.switch import Port, Switch
from agent.render.env import Templates
from agent.render.render import HiddenSecrets, digest_templates, render_switch

ROLES = ("core", "carrier-edge", "leaf", "building")
SwitchOf = Callable[[str], Switch]

NEEDED = {
    "core": ["feature ospf", "router ospf CITY", "vpc domain 1", "spanning-tree vlan 1,10,120 priority 4096"],
    "carrier-edge": ["feature bgp", "router bgp 65066", "ip prefix-list CITY seq 5 permit 203.0.113.0/24"],
    "leaf": ["feature vpc", "vpc domain 2", "vrf context TENANT-A", "  vpc peer-link"],
    "building": ["  power inline priority critical", "vlan configuration 120", "telemetry", "feature grpc"],
}


def stanza(text: str, header: str) -> list[str]:
    """Lines below a header of the text, without indent."""
    lines = text.splitlines()
    start = lines.index(header) + 1
    end = next((at for at in range(start, len(lines)) if not lines[at].startswith(" ")), len(lines))
    return [line.strip() for line in lines[start:end]]


@pytest.mark.parametrize("role", ROLES)
def test_configuration_is_complete(
    role: str, switch_of: SwitchOf, secrets: dict[str, str], templates: Templates
) -> None:
    switch = switch_of(role)
    lines = render_switch(switch, secrets, templates).splitlines()
    common = [f"hostname {switch.name}", "feature nxapi", "feature lldp", "banner motd #", "line vty"]
    for line in (*common, "interface mgmt0", f"  ip address {switch.management_address}", *NEEDED[role]):
        assert line in lines
    for port in switch.ports:
        assert lines.count(f"interface {port.name}") == 1


@pytest.mark.parametrize("role", ROLES)
def test_features_are_exactly_those_needed(
    role: str, switch_of: SwitchOf, secrets: dict[str, str], templates: Templates
) -> None:
    text = render_switch(switch_of(role), secrets, templates)
    for feature, use in (
        ("ospf", "router ospf "),
        ("bgp", "router bgp "),
        ("pim", "ip pim "),
        ("hsrp", "  hsrp "),
        ("vpc", "vpc domain "),
        ("tacacs+", "tacacs-server "),
        ("interface-vlan", "interface Vlan"),
        ("lacp", "mode active"),
        ("dhcp", "ip dhcp relay address"),
        ("port-security", "switchport port-security"),
        ("telemetry", "telemetry\n"),
    ):
        assert (f"\nfeature {feature}\n" in text) == (f"\n{use}" in text or f" {use}" in text), feature


@pytest.mark.parametrize(
    ("port", "wanted"),
    [
        pytest.param(
            Port("E", "x", mode="access", access_vlan=10, trust=True),
            {
                "core": ["switchport", "switchport access vlan 10", "no shutdown"],
                "leaf": ["switchport access vlan 10"],
            },
            id="switched, up",
        ),
        pytest.param(
            Port("E", "x", mode="unused", shutdown=True), {"core": [], "leaf": ["shutdown"]}, id="unused"
        ),
        pytest.param(
            Port("E", "x", mode="routed"),
            {"core": ["no shutdown"], "leaf": ["no switchport", "no shutdown"]},
            id="routed",
        ),
        pytest.param(
            Port("E", "x", mode="routed", shutdown=True),
            {"core": [], "leaf": ["no switchport"]},
            id="routed, down",
        ),
    ],
)
def test_default_lines_are_hidden_by_platform(
    port: Port,
    wanted: dict[str, list[str]],
    switch_of: SwitchOf,
    secrets: dict[str, str],
    templates: Templates,
) -> None:
    for role, lines in wanted.items():
        switch = replace(switch_of(role), ports=(port,), channels=(), qos=False)
        assert stanza(render_switch(switch, secrets, templates), "interface E") == lines


def test_a_member_takes_the_switching_side_of_its_channel(
    switch_of: SwitchOf, secrets: dict[str, str], templates: Templates
) -> None:
    text = render_switch(switch_of("leaf"), secrets, templates)
    shared = [
        "switchport mode trunk",
        "switchport trunk native vlan 200",
        "switchport trunk allowed vlan 200-201",
    ]
    assert stanza(text, "interface Ethernet1/1") == [
        "description hypervisor 1",
        *shared,
        "spanning-tree port type edge trunk",
        "channel-group 20 mode active",
    ]
    assert stanza(text, "interface port-channel20")[:3] == shared


def test_a_secret_that_is_not_set_names_template_line_and_device(
    switch_of: SwitchOf, templates: Templates
) -> None:
    with pytest.raises(
        RenderError, match=r"nxos/base\.j2:\d+: secret 'admin' is not set \(rendering core-1\)"
    ):
        render_switch(switch_of("core"), {}, templates)


def test_a_missing_variable_names_template_line_and_device(
    switch_of: SwitchOf, secrets: dict[str, str], templates: Templates, tmp_path: Path
) -> None:
    shutil.copytree(templates.root, tmp_path / "t")
    lines = tmp_path / "t" / "nxos" / "lines.j2"
    lines.write_text("line console\n  exec-timeout {{ switch.patience }}\n", encoding="utf-8")
    with pytest.raises(RenderError) as raised:
        render_switch(switch_of("leaf"), secrets, Templates(tmp_path / "t"))
    assert (raised.value.template, raised.value.line, raised.value.device) == ("nxos/lines.j2", 2, "leaf-1")
    assert "patience" in str(raised.value)


def test_a_template_that_does_not_compile_is_named(templates: Templates, tmp_path: Path) -> None:
    shutil.copytree(templates.root, tmp_path / "t")
    (tmp_path / "t" / "nxos" / "lines.j2").write_text("line console\n{% if %}\n", encoding="utf-8")
    with pytest.raises(RenderError, match=r"nxos/lines\.j2:2"):
        Templates(tmp_path / "t")


def test_a_folder_without_templates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no nxos/switch\.j2 there"):
        Templates(tmp_path)


def test_an_unknown_qos_class_is_refused(
    switch_of: SwitchOf, secrets: dict[str, str], templates: Templates
) -> None:
    switch = replace(switch_of("leaf"), ports=(Port("Ethernet1/1", "x", mode="access", qos_class="GOLD"),))
    with pytest.raises(RenderError, match=r"no QoS class 'GOLD'\. use one of REALTIME"):
        render_switch(switch, secrets, templates)


def test_hidden_secrets_show_nothing(
    switch_of: SwitchOf, secrets: dict[str, str], templates: Templates
) -> None:
    text = render_switch(switch_of("carrier-edge"), HiddenSecrets(), templates)
    assert "<hidden>" in text
    assert not [value for value in secrets.values() if value in text]


def test_the_digest_follows_names_and_contents(templates: Templates, tmp_path: Path) -> None:
    shutil.copytree(templates.root, tmp_path / "t")
    before = digest_templates(tmp_path / "t")
    assert before == digest_templates(templates.root)
    (tmp_path / "t" / "nxos" / "lines.j2").write_text("line vty\n", encoding="utf-8")
    changed = digest_templates(tmp_path / "t")
    (tmp_path / "t" / "nxos" / "lines.j2").rename(tmp_path / "t" / "nxos" / "ways.j2")
    assert len({before, changed, digest_templates(tmp_path / "t")}) == 3
