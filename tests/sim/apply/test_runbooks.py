"""Runbooks on virtual switches, as a person types them; one lab for all, left as the intent has it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from agent.apply.policy import Policy
from agent.apply.verdict import Outcome, Stop
from agent.flows.lab import call_control
from agent.flows.survey import Images, look_ahead
from agent.flows.upgrade import Upgrade, upgrade_fleet
from agent.store.journal import Journal, Why
from tests.sim.apply.runbooks import TOWN, Town, ask, history, run, wait_for

pytestmark = pytest.mark.timeout(600)  # each begins with the lab where it is the first


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
