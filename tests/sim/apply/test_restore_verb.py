"""``moulin backup`` and ``moulin restore`` against virtual switches: sealed, masked, on other hardware."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from netmiko import ConnectHandler

from agent.cli.main import run
from agent.store.sealing import new_key
from vnexus.testing import Switch, one_switch

Corner = Any
"""The fixture of conftest.py, which cannot be imported here."""

LIMIT = ("--limit", "core-1")


def type_lines(corner: Corner, switch: str, lines: list[str]) -> None:
    host = corner.fleet(switch).inventory.hosts[switch]
    parameters = host.get_connection_parameters("ssh")
    password = corner.secrets[f"{parameters.username}_password"]
    with ConnectHandler(device_type="cisco_nxos", host=parameters.hostname, port=parameters.port or 22,
                        username=parameters.username, password=password) as session:  # fmt: skip
        assert "%" not in session.send_config_set(lines, cmd_verify=False)


def git(corner: Corner, *arguments: str) -> str:
    folder = corner.settings.state / "configs"
    done = subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def test_sealed_backup_and_the_way_back(corner: Corner) -> None:
    assert corner.moulin("apply", "--yes", *LIMIT).returncode == 0
    type_lines(corner, "core-1", ["username carol password Car0l-pass role network-operator"])
    refused = corner.moulin("backup", "--sealed", *LIMIT)
    assert refused.returncode == 2
    assert "backup_key" in refused.stderr
    key = {"MOULIN_SECRET_BACKUP_KEY": corner.moulin("backup", "key").stdout.strip()}
    assert corner.moulin("backup", "--sealed", *LIMIT, **key).returncode == 0
    again = corner.moulin("backup", "--sealed", *LIMIT, **key)
    assert "nothing changed" in again.stdout, "no commit without a change"
    assert git(corner, "log", "--format=%s") == "core-1: first backup\n"

    folder = corner.settings.state / "configs"
    masked, sealed = ((folder / f"core-1{kind}").read_text("utf-8") for kind in (".cfg", ".sealed"))
    for secret in (*corner.secrets.values(), "Car0l-pass", "$5$"):
        assert secret not in masked + sealed + git(corner, "log", "-p")
    assert "<hidden>" in masked
    assert "<hidden>" not in sealed

    type_lines(corner, "core-1", ["no username carol", "vlan 3901", "name by-hand", "interface loopback77",
                                  "description mine", "no snmp-server community x"][:5])  # fmt: skip
    changed = corner.moulin("backup", "diff", "core-1")
    assert changed.returncode == 3
    assert "+ vlan 3901" in changed.stdout
    assert "- username carol password <hidden> role network-operator" in changed.stdout
    assert corner.moulin("backup", *LIMIT, "--reason", "after the night shift").returncode == 0
    message = git(corner, "log", "-1", "--format=%B")
    assert "core-1: username carol" in message or "vlan 3901" in message
    assert "after the night shift" in message
    log = json.loads(corner.moulin("backup", "log", "core-1", "--json").stdout)
    assert len(log) == 2
    first = log[1]["commit"]
    assert corner.moulin("backup", "show", "core-1", "--at", first).stdout == masked
    between = corner.moulin("backup", "diff", "core-1", "--at", first, "--to", log[0]["commit"])
    assert between.returncode == 3

    lost = corner.moulin("restore", "core-1", "--at", first, "--dry-run")
    assert lost.returncode == 2, "masked, and nobody has the word of carol"
    assert "--secret 'username carol password=NAME'" in lost.stderr
    shown = corner.moulin("restore", "core-1", "--at", first, "--dry-run", **key)
    assert shown.returncode == 3, shown.stderr
    assert "- vlan 3901" in shown.stdout
    assert "from the sealed backup" in shown.stdout
    assert "Car0l" not in shown.stdout + shown.stderr
    assert "$5$" not in shown.stdout
    done = corner.moulin("restore", "core-1", "--at", first, "--yes", **key)
    assert done.returncode == 0, done.stdout + done.stderr
    assert corner.moulin("backup", "diff", "core-1", "--at", first).returncode == 0
    assert "nothing" not in corner.moulin("backup", "--sealed", *LIMIT, **key).stdout
    assert corner.moulin("restore", "core-1", "--at", first, "--dry-run", **key).returncode == 0
    history = corner.moulin("history", "--json").stdout
    assert '"restore"' in history
    assert f"backup {first}" in history


def test_masked_backup_takes_secrets_from_the_store(corner: Corner) -> None:
    assert corner.moulin("apply", "--yes", *LIMIT).returncode == 0
    type_lines(corner, "core-1", ["username carol password Car0l-pass role network-operator"])
    assert corner.moulin("backup", *LIMIT).returncode == 0
    running = (corner.settings.state / "configs" / "core-1.cfg").read_text("utf-8")
    community = next(line for line in running.splitlines() if line.startswith("snmp-server community"))
    group = community.rpartition(" ")[2]
    type_lines(
        corner, "core-1", ["no username carol", f"no snmp-server community snmp_ro-s3cret group {group}"]
    )
    refused = corner.moulin("restore", "core-1", "--yes")
    assert refused.returncode == 2
    assert "carol" in refused.stderr
    assert "community" not in refused.stderr, "that one stands in the intent, with its name in the store"
    by_name = ("--secret", "username carol password=carol_password")
    assert corner.moulin("restore", "core-1", "--yes", *by_name).returncode == 2, "not in the store"
    store = {"MOULIN_SECRET_CAROL_PASSWORD": "Car0l-pass"}
    done = corner.moulin("restore", "core-1", "--yes", *by_name, **store)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "from the intent and secret store" in done.stdout
    assert corner.moulin("backup", "diff", "core-1").returncode == 0


@pytest.mark.parametrize("way", ["--skip-missing", "--map"])
def test_onto_other_hardware(way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                             capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    inventory, state = tmp_path / "inventory", tmp_path / "state"
    inventory.mkdir()
    (inventory / "groups.yaml").write_text("{}\n", "utf-8")
    (inventory / "defaults.yaml").write_text("username: admin\n", "utf-8")
    for name, value in {
        "MOULIN_INVENTORY": inventory, "MOULIN_STATE": state, "MOULIN_VERIFY_HOST_KEYS": "false",
        "MOULIN_SECRET_BACKUP_KEY": new_key(), "MOULIN_SECRET_ADMIN_PASSWORD": "admin",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, str(value))

    def moulin(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run(list(arguments))
        said = capsys.readouterr()
        return code, said.out + said.err

    def is_now(switch: Switch) -> None:
        hosts = {"hall": {"hostname": switch.host, "port": switch.ssh_port}}
        (inventory / "hosts.yaml").write_text(yaml.safe_dump(hosts), "utf-8")

    startup = ("hostname hall", "vlan 10,20", "username eve password Ev3-word-x role network-operator",
               "interface Ethernet1/3", "description door", "switchport access vlan 10",
               "interface Ethernet1/60", "description uplink", "mtu 9216")  # fmt: skip
    with one_switch(model="N9K-C9300v", startup=startup) as (lab, node):
        is_now(Switch(lab, node))
        assert moulin("backup", "--sealed")[0] == 0
    with one_switch(model="N9K-C93180YC-FX3", startup=("hostname hall",)) as (lab, node):
        is_now(Switch(lab, node))
        code, said = moulin("restore", "hall", "--dry-run")
        assert code == 2
        assert "this hardware has no Ethernet1/60" in said
        assert moulin("restore", "hall", "--dry-run", "--map", "Ethernet1/60=Ethernet1/99")[0] == 2
        assert moulin("restore", "hall", "--dry-run", "--map", "Ethernet1/61=Ethernet1/54")[0] == 2
        assert moulin("restore", "hall", "--dry-run", "--map", "Ethernet1/60=Ethernet1/3")[0] == 2
        choice = ("--map", "Ethernet1/60=Ethernet1/54") if way == "--map" else ("--skip-missing",)
        code, said = moulin("restore", "hall", *choice, "--dry-run", "--verify")
        assert code == 3, said
        assert "protected by configure replace with commit-timeout: all or nothing" in said
        assert "hall: the switch would take it" in said
        assert node.replacement is None
        code, said = moulin("restore", "hall", *choice, "--yes", "--break-glass", "the box burned")
        assert code == 0, said
        assert node.replacement is not None
        assert not node.replacement.timer
        assert ("left out" in said) is (way == "--skip-missing")
        code, said = moulin("backup", "diff", "hall", "--json")
        assert code == 3
        rows = json.loads(said)["diff"]
        moved = {row.strip() for row in rows}
        assert ("+   description uplink" in moved) is (way == "--map")
        assert "username" not in said, "eve is back, with her own word"
        with ConnectHandler(**Switch(lab, node).netmiko) as session:
            shown = str(session.send_command("show running-config"))
        assert "description door" in shown
        assert "username eve password 5" in shown
