"""Runbooks that change what opens a switch, or the switch itself; one lab, left as the intent has it."""

from __future__ import annotations

import asyncio
import json
import re

import pytest
import yaml

from agent.flows.fleet import each
from agent.flows.health import poll_once
from agent.flows.rotate import settle_secrets, takes
from tests.sim.apply.runbooks import TOWN, Town, ask, history, run, wait_for

pytestmark = pytest.mark.timeout(600)  # each begins with the lab where it is the first


def secrets_of(town: Town) -> dict[str, str]:
    return dict(yaml.safe_load(town.settings.secrets.read_text("utf-8")))


def set_secret(town: Town, **values: str) -> None:
    town.settings.secrets.write_text(yaml.safe_dump(secrets_of(town) | values), "utf-8")


def opens(town: Town, password: str) -> dict[str, bool]:
    """Which switches let admin in with this password and no other."""
    harvest = each(town.fleet(TOWN), lambda device: takes(device, "admin", password))
    assert not harvest.errors
    return harvest.values


def test_a_password_is_rotated_and_nobody_is_locked_out(town: Town) -> None:
    file = town.settings.secrets.read_text("utf-8")
    old, new = secrets_of(town)["admin_password"], "a-new-Pass_word-1"
    rotate = ("rotate_credentials", "admin_password", "-l", TOWN)
    missing = run(town, *rotate)
    assert (missing.returncode, "admin_password_next: is not set" in missing.stderr) == (2, True)
    set_secret(town, admin_password_next=new)
    dry = run(town, *rotate)
    assert dry.returncode == 3, dry.stderr
    assert new not in dry.stdout + dry.stderr
    assert not any(opens(town, new).values())

    stubborn = town.fault("reject-line", "edge-2", pattern="^username", message=" ")
    failed = run(town, *rotate, "--apply", "--yes")
    assert failed.returncode == 4, failed.stdout + failed.stderr
    # both edges have carriers: edge-2 goes with the third wave, and the waves before keep the new value
    before = ("core-1", "core-2", "leaf-1", "edge-1")
    assert opens(town, old) == dict.fromkeys(TOWN.split(","), True) | dict.fromkeys(before, False)
    assert ask(town, "edge-2", "show clock")
    town.mend(stubborn)

    done = run(town, *rotate, "--apply", "--yes", "--reason", "yearly")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "9 switches open with the new value" in done.stdout
    assert new not in done.stdout + done.stderr
    assert all(opens(town, new).values())
    assert not any(opens(town, old).values())
    assert town.moulin("plan", "-l", TOWN).returncode == 0  # both secrets are tried

    set_secret(town, admin_password=new, admin_password_next=old)
    back = run(town, *rotate, "--apply", "--yes")
    assert back.returncode == 0, back.stdout + back.stderr
    assert all(opens(town, old).values())
    town.settings.secrets.write_text(file, "utf-8")


def answers_to(town: Town, community: str) -> set[str]:
    """Switches that answer SNMP with this community."""
    wanted = town.wanted()
    secrets = {**wanted.secrets, "snmp_ro": community}
    found = asyncio.run(poll_once(TOWN.split(","), wanted.expected, secrets))
    return {answer.device for answer in found if answer.page is not None}


def test_a_community_is_rotated_with_both_in_force_between(town: Town) -> None:
    file = town.settings.secrets.read_text("utf-8")
    old, new = secrets_of(town)["snmp_ro"], "new-Community-1"
    rotate = ("rotate_credentials", "snmp_ro", "-l", TOWN)
    set_secret(town, snmp_ro_next=new)
    kept = run(town, *rotate, "--keep-old", "--apply", "--yes")
    assert kept.returncode == 0, kept.stdout + kept.stderr
    everyone = set(TOWN.split(","))
    assert (answers_to(town, old), answers_to(town, new)) == (everyone, everyone)

    done = run(town, *rotate, "--apply", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert old not in done.stdout + done.stderr
    assert new not in done.stdout + done.stderr
    assert (answers_to(town, old), answers_to(town, new)) == (set(), everyone)
    settled = settle_secrets(town.settings.secrets.read_text("utf-8"), "snmp_ro", drop_old=True)
    town.settings.secrets.write_text(settled, "utf-8")
    assert town.moulin("plan", "-l", TOWN).returncode == 0

    set_secret(town, snmp_ro_next=old)
    assert run(town, *rotate, "--apply", "--yes").returncode == 0
    town.settings.secrets.write_text(file, "utf-8")
    assert town.moulin("plan", "-l", TOWN).returncode == 0


def test_a_replaced_switch_gets_the_wanted_configuration(town: Town) -> None:
    name = "sw-mairie"
    (serial,) = re.findall(r'"Chassis".*\n.*SN: (\S+)', ask(town, name, "show inventory"))
    ask(town, name, "write erase")
    each(town.fleet(name), lambda device: device.ask("reload"))
    wait_for(lambda: not each(town.fleet(name), lambda device: device.ask("show clock")).errors)
    assert "vlan 121" not in ask(town, name, "show running-config")

    stranger = run(town, "replace_switch", name, "--serial", "FDO00000000")
    assert (stranger.returncode, f"has serial number {serial}" in stranger.stderr) == (4, True), (
        stranger.stderr
    )
    wrong = run(town, "replace_switch", name, "--serial", serial, "--model", "N9K-C93180YC-FX3")
    assert wrong.returncode != 0
    dry = run(town, "replace_switch", name, "--serial", serial)
    assert dry.returncode == 3, dry.stderr
    done = run(town, "replace_switch", name, "--serial", serial, "--apply", "--yes", "--reason", "RMA 81")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"serial {serial}" in done.stdout
    assert f"{name}: is in its place" in done.stdout
    assert "does not answer" not in done.stderr
    assert town.moulin("plan", "-l", name).returncode == 0


def test_a_replaced_core_is_known_by_its_host_key(town: Town) -> None:
    (serial,) = re.findall(r'"Chassis".*\n.*SN: (\S+)', ask(town, "core-1", "show inventory"))
    known = town.settings.state / "known_hosts"
    before = known.read_text("utf-8")
    known.write_text("\n".join(row for row in before.splitlines() if ".1]:" not in row) + "\n", "utf-8")
    arguments = ("replace_switch", "core-1", "--serial", serial)
    unknown = run(town, *arguments)
    (key,) = re.findall(r"--host-key (SHA256:\S+)", unknown.stderr)
    assert unknown.returncode == 4
    other = run(town, *arguments, "--host-key", "SHA256:AAAA")
    assert (other.returncode, "not trusted" in other.stderr) == (4, True)
    dry = run(town, *arguments, "--host-key", key)
    assert dry.returncode == 0, dry.stderr  # it has its configuration already
    assert ".1]:" not in known.read_text("utf-8")
    done = run(town, *arguments, "--host-key", key, "--apply", "--yes", "--settle", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ".1]:" in known.read_text("utf-8")
    known.write_text(before, "utf-8")


def test_a_tacacs_key_is_rotated_and_the_rest_of_the_city_waits(town: Town) -> None:
    file = town.settings.secrets.read_text("utf-8")
    shown = "show running-config | include tacacs-server"
    before = ask(town, "edge-1", shown)
    set_secret(town, tacacs_key_next="a-new-Tacacs_key-1")
    done = run(town, "rotate_credentials", "tacacs_key", "-l", "edge-1", "--apply", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not all switches: the secrets stay as they are" in done.stdout
    assert "a-new-Tacacs_key-1" not in done.stdout + done.stderr
    after = ask(town, "edge-1", shown)
    assert after != before
    assert "a-new-Tacacs_key-1" not in after
    back = json.loads(town.moulin("rollback", "--json", "--yes", str(history(town)[0]["change"])).stdout)
    assert back["switches"]["edge-1"]["outcome"] == "applied"
    assert ask(town, "edge-1", shown) == before
    town.settings.secrets.write_text(file, "utf-8")
