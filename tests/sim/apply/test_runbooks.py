"""Runbooks on virtual switches, as a person types them; one lab for all, left as the intent has it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from agent.flows.fleet import each

Town = Any
"""The fixture of conftest.py, which cannot be imported here."""

pytestmark = pytest.mark.timeout(600)  # each begins with the lab where it is the first


def ask(town: Town, switch: str, command: str) -> str:
    """Output of one command."""
    harvest = each(town.fleet(switch), lambda device: device.ask(command)[0])
    assert not harvest.errors, harvest.errors
    return str(harvest.values[switch])


def run(town: Town, script: str, *arguments: str, **environment: str) -> Any:
    return town.moulin("run", f"playbooks/{script}.py", *arguments, **environment)


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

    for service in ("cctv", "doors", "voice", "wifi"):
        refused = run(town, "night_power", "off", "--service", service)
        assert (refused.returncode, "never goes dark" in refused.stderr) == (2, True), service

    back = run(town, "night_power", "on", *one, "--apply", "--yes")
    assert back.returncode == 0, back.stderr
    assert town.moulin("plan", "-l", "sw-mairie").returncode == 0


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
