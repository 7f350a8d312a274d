"""Runbooks on virtual switches, as a person types them; one lab for all, left as the intent has it."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.apply.policy import Policy
from agent.apply.verdict import Outcome, Stop
from agent.flows.fleet import each
from agent.flows.health import poll_once
from agent.flows.lab import call_control
from agent.flows.rotate import settle_secrets, takes
from agent.flows.survey import Images, look_ahead
from agent.flows.upgrade import Upgrade, upgrade_fleet
from agent.store.journal import Journal, Why

Town = Any
"""The fixture of conftest.py, which cannot be imported here."""

TOWN = "core-1,core-2,edge-1,edge-2,leaf-1,leaf-2,leaf-3,leaf-4,sw-mairie"

pytestmark = pytest.mark.timeout(600)  # each begins with the lab where it is the first


def ask(town: Town, switch: str, command: str) -> str:
    """Output of one command."""
    harvest = each(town.fleet(switch), lambda device: device.ask(command)[0])
    assert not harvest.errors, harvest.errors
    return str(harvest.values[switch])


def run(town: Town, script: str, *arguments: str, **environment: str) -> Any:
    return town.moulin("run", f"playbooks/{script}.py", *arguments, **environment)


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Poll until it holds; fails after that many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.1)


def history(town: Town) -> list[dict[str, Any]]:
    return list(json.loads(town.moulin("history", "--json").stdout))


def test_displays_sleep_at_night_and_cameras_never(town: Town) -> None:
    one = ("--limit", "sw-mairie")
    dry = run(town, "night_power", "off", *one)
    assert dry.returncode == 3, dry.stderr
    assert "22 W asleep for 7 hours save 0.15 kWh a night" in dry.stdout
    assert "power inline never" not in ask(town, "sw-mairie", "show running-config interface Ethernet1/45")

    done = run(town, "night_power", "off", *one, "--apply", "--yes", "--reason", "night")
    assert done.returncode == 0, done.stderr
    assert "measured: 22 W before, 0 W now, 22 W saved" in done.stdout
    rows = ask(town, "sw-mairie", "show power inline").splitlines()
    (display,) = [row for row in rows if row.startswith("Eth1/45 ")]
    (camera,) = [row for row in rows if row.startswith("Eth1/1 ")]
    assert display.split()[1:3] == ["never", "off"]
    assert camera.split()[1:3] == ["auto", "on"]
    assert run(town, "night_power", "off", *one).stdout.endswith("nothing to do\n")
    quiet = town.moulin("drift", "-l", "sw-mairie")
    assert (quiet.returncode, "asleep by the night schedule" in quiet.stdout) == (0, True), quiet.stdout
    assert "Ethernet1/45" in quiet.stdout

    for service in ("cctv", "doors", "voice", "wifi"):
        refused = run(town, "night_power", "off", "--service", service)
        assert (refused.returncode, "never goes dark" in refused.stderr) == (2, True), service

    back = run(town, "night_power", "on", *one, "--apply", "--yes")
    assert back.returncode == 0, back.stderr
    assert town.moulin("plan", "-l", "sw-mairie").returncode == 0
    assert "asleep" not in town.moulin("drift", "-l", "sw-mairie").stdout


def test_a_carrier_is_drilled_and_comes_back(town: Town) -> None:
    before = ask(town, "edge-1", "show ip bgp summary")
    dry = run(town, "carrier_drill", "alize", "--seconds", "1")
    assert dry.returncode == 3, dry.stderr
    assert "+     shutdown" in dry.stdout
    closed = run(town, "carrier_drill", "alize", "--seconds", "1", "--apply", "--yes")
    assert (closed.returncode, "no maintenance window is open" in closed.stderr) == (4, True), closed.stderr

    done = run(town, "carrier_drill", "alize", "--seconds", "1", "--apply", "--yes", "--break-glass", "drill")
    assert done.returncode == 0, done.stdout + done.stderr
    rows = {row.split()[0]: row.split()[1:4] for row in done.stdout.splitlines() if row.count(" ") > 3}
    assert rows["alize"][1] == "down"
    assert rows["alize"][0] == rows["alize"][2]
    assert rows["boreal"][0] == rows["boreal"][1]
    assert "drill passed" in done.stdout
    (latest, *_) = history(town)
    assert (latest["verb"], latest["switches"][0]["state"]) == ("drill alize", "undone")
    assert ask(town, "edge-1", "show ip bgp summary").count("Shut") == before.count("Shut") == 0
    assert town.moulin("plan", "-l", "edge-1").returncode == 0

    alone = run(town, "carrier_drill", "alize", "--keep", "9")
    assert (alone.returncode, "only 5 other carriers stand" in alone.stderr) == (4, True), alone.stderr


IMAGE = "nxos64-cs.10.5.3.F.bin"


def test_leaves_are_upgraded_one_side_at_a_time(town: Town) -> None:
    pair = ("upgrade_nxos", "leaf-1,leaf-2", "--image", IMAGE)
    absent = run(town, *pair)
    assert (absent.returncode, absent.stderr.count("no such file")) == (4, 2), absent.stderr
    for leaf in ("leaf-1", "leaf-2"):
        ask(town, leaf, f"copy running-config bootflash:{IMAGE}")
    dry = run(town, *pair)
    assert dry.returncode == 3, dry.stderr
    assert "NX-OS 10.5(2) becomes 10.5(3), without disruption" in dry.stdout
    assert "NXOS: version 10.5(2)" in ask(town, "leaf-1", "show version")

    cut = town.fault("link-cut", "leaf-2", port="Ethernet1/53")
    other = town.fault("link-cut", "leaf-2", port="Ethernet1/54")
    sick = run(town, *pair, "--apply", "--yes")
    assert sick.returncode == 4
    assert "its vPC peer adjacency is not formed" in sick.stderr
    town.mend(cut)
    town.mend(other)

    done = run(town, *pair, "--apply", "--yes", "--reason", "CSCwx", "--probe", "0.5")
    assert done.returncode == 0, done.stdout + done.stderr
    for leaf in ("leaf-1", "leaf-2"):
        assert "NXOS: version 10.5(3)" in ask(town, leaf, "show version")
        assert f"boot nxos bootflash:/{IMAGE}" in ask(town, leaf, "show startup-config")
    (latest, *_) = history(town)
    assert {row["device"]: row["wave"] for row in latest["switches"]} == {"leaf-1": 1, "leaf-2": 2}
    assert {row["state"] for row in latest["switches"]} == {"saved"}
    assert run(town, *pair).stdout.endswith("nothing to do\n")
    assert town.moulin("plan", "-l", "leaf-1,leaf-2").returncode == 0


def test_an_upgrade_that_restarts_needs_approval_and_shows_what_goes_dark(town: Town) -> None:
    image = "nxos64-cs.10.6.1.F.bin"
    ask(town, "sw-mairie", f"copy running-config bootflash:{image}")
    one = ("upgrade_nxos", "sw-mairie", "--image", image, "--probe", "0.5")
    dry = run(town, *one)
    assert (dry.returncode, "cameras dark meanwhile" in dry.stdout) == (3, True), dry.stdout
    gentle = run(town, *one, "--hitless-only")
    assert (gentle.returncode, "would restart" in gentle.stderr) == (4, True)
    alone = run(town, *one, "--apply", "--yes")
    assert (alone.returncode, "nobody has approved the risk" in alone.stderr) == (4, True), alone.stderr
    done = run(town, *one, "--apply", "--yes", "--break-glass", "security fix")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "NXOS: version 10.6(1)" in ask(town, "sw-mairie", "show version")
    assert "sw-mairie: write 'release: \"10.6\"' into its data in hosts.yaml" in done.stdout


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


def inventory_of(town: Town) -> dict[str, bytes]:
    root = town.settings.inventory
    return {str(file.relative_to(root)): file.read_bytes() for file in root.rglob("*.yaml")}


def put_back(town: Town, files: dict[str, bytes]) -> None:
    """The inventory as it was, and the switches with it."""
    for file, text in files.items():
        (town.settings.inventory / file).write_bytes(text)
    assert town.moulin("apply", "-l", TOWN, "--yes", "--break-glass", "the test is over").returncode == 0


def test_a_camera_is_added_on_the_next_free_port(town: Town) -> None:
    before = inventory_of(town)
    add = ("add_camera", "CAM-901", "sw-mairie", "--place", "rue des Meuniers 3")
    dry = run(town, *add)
    assert dry.returncode == 3, dry.stderr
    (port,) = re.findall(
        r"^sw-mairie (Ethernet\S+): \{tag: CAM-901, place: rue des", dry.stdout, re.MULTILINE
    )
    assert inventory_of(town) == before
    done = run(town, *add, "--apply", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    section = ask(town, "sw-mairie", f"show running-config interface {port}")
    assert "description camera CAM-901 rue des Meuniers 3" in section
    assert "switchport access vlan 121" in section
    again = run(town, *add)
    assert (again.returncode, "CAM-901" in again.stderr) == (2, True)
    put_back(town, before)


def test_a_tenant_is_opened_in_a_vrf_of_its_own(town: Town) -> None:
    before = inventory_of(town)
    words = (
        "--title",
        "Boulangerie des Meuniers",
        "--kind",
        "company",
        "--contact",
        "reseau@meuniers.example",
    )
    sold = ("--prefix", "10.85.0.0/24", "--quota", "200")
    gear = ("--port", "leaf-3:Ethernet1/11", "--port", "leaf-4:Ethernet1/11", "--rack", "Sud - baie 9")
    tenant = ("open_tenant", "meuniers", *words, *sold, *gear)
    clash = run(town, "open_tenant", "meuniers", *words, "--prefix", "10.81.0.0/24", "--quota", "1")
    assert (clash.returncode, "10.81.0.0/24" in clash.stderr) == (2, True), clash.stderr
    done = run(town, *tenant, "--apply", "--yes", "--reason", "contract 14")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "vrf context T-MEUNIERS" in ask(town, "core-1", "show running-config")
    assert "vrf member T-MEUNIERS" in ask(town, "core-1", "show running-config interface Vlan305")
    assert "switchport access vlan 305" in ask(town, "leaf-3", "show running-config interface port-channel18")
    assert "305" in ask(town, "leaf-1", "show running-config interface port-channel11")
    assert town.moulin("plan", "-l", TOWN).returncode == 0
    put_back(town, before)


def test_a_webcast_is_prepared_and_taken_back(town: Town) -> None:
    before = inventory_of(town)
    port = "Ethernet1/48"
    running = ask(town, "sw-mairie", f"show running-config interface {port}")
    hall = ("--encoder", f"sw-mairie:{port}", "--place", "salle du conseil", "--address", "10.40.2.20")
    evening = ("--starts", "2035-04-08T17:00+02:00", "--ends", "2035-04-08T23:30+02:00")
    assert run(town, "council_webcast", "takeback").returncode == 2
    done = run(town, "council_webcast", "prepare", *hall, *evening, "--apply", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    section = ask(town, "sw-mairie", f"show running-config interface {port}")
    assert "switchport access vlan 220" in section
    assert "service-policy type qos input CITY-MARK-REALTIME" in section
    waits = run(town, "council_webcast", "takeback", "--if-over", "--apply", "--yes")
    assert (waits.returncode, "nothing to do yet" in waits.stdout) == (0, True)
    back = run(town, "council_webcast", "takeback", "--apply", "--yes")
    assert back.returncode == 0, back.stdout + back.stderr
    assert inventory_of(town) == before
    after = ask(town, "sw-mairie", f"show running-config interface {port}")
    assert [row for row in after.splitlines() if row[:1] != "!"] == [
        row for row in running.splitlines() if row[:1] != "!"
    ]


def test_an_upgrade_that_comes_back_unwell_ends_there(town: Town) -> None:
    image = "nxos64-cs.10.5.4.F.bin"
    for leaf in ("leaf-3", "leaf-4"):
        ask(town, leaf, f"copy running-config bootflash:{image}")
    wanted, fleet, images = town.wanted(), town.fleet(TOWN), Images(image)
    found = look_ahead(fleet, town.fleet("leaf-3,leaf-4"), wanted, images, lambda _name, _words: None)
    assert not found.errors
    cut: list[str] = []

    def progress(name: str, words: str) -> None:
        if words.startswith("sending") and not cut:
            cut.append(town.fault("link-cut", name, port="Ethernet1/47"))

    why = Why("upgrade", "test", "", "")
    policy = Policy(settle_seconds=1)
    upgrade = Upgrade(wanted, images, found.values, why, policy, patience_seconds=60, probe_seconds=0.2)
    journal = Journal(town.settings.state)
    changed = upgrade_fleet(fleet, upgrade, journal, Stop(), progress)
    journal.close()
    town.mend(cut[0])
    first, second = changed.verdicts
    assert (first.device, first.outcome, second.outcome) == ("leaf-3", Outcome.FAILED, Outcome.NOT_STARTED)
    assert "not as well as before: leaf-3: uplink core-1 on Ethernet1/47 is up" in first.why
    assert first.next == "on leaf-3, to go back: install all nxos bootflash:///nxos64-cs.10.5.2.F.bin"
    assert "NXOS: version 10.5(2)" in ask(town, "leaf-4", "show version")


def test_a_drill_whose_moulin_is_killed_ends_by_itself(town: Town) -> None:
    moulin, script = str(Path(sys.executable).with_name("moulin")), "playbooks/carrier_drill.py"
    words = ("run", script, "boreal", "--seconds", "120", "--apply", "--yes", "--break-glass", "drill")
    process = subprocess.Popen(
        [moulin, *words],
        env=town.environment(),
        cwd=Path(__file__).parents[3],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(lambda: "Shut (Admin)" in ask(town, "edge-2", "show ip bgp summary"))
    finally:
        process.kill()
        process.wait()
    assert "Shut (Admin)" in ask(town, "edge-2", "show ip bgp summary")
    call_control(town.control, "POST", "/clock/advance", {"seconds": 900})
    wait_for(lambda: "Shut (Admin)" not in ask(town, "edge-2", "show ip bgp summary"))
    assert town.moulin("plan", "-l", "edge-2", "--json").returncode in {0, 3}
    assert town.moulin("resume", "--yes").returncode == 0
    assert town.moulin("plan", "-l", "edge-2").returncode == 0


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
