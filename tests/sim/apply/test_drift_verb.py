"""``moulin drift`` and ``--only`` against virtual switches, with what test clients and people really type."""

from __future__ import annotations

import json
from typing import Any

from netmiko import ConnectHandler

Corner = Any
"""The fixture of conftest.py, which cannot be imported here."""

CORNER = ("--limit", "core-1,sw-mairie")
PYATS = [
    "no logging console", "line console", "exec-timeout 0", "line vty", "exec-timeout 0",
    "terminal width 511",
]  # fmt: skip
"""What unicon sends at every connect."""


def type_lines(corner: Corner, switch: str, lines: list[str]) -> None:
    host = corner.fleet(switch).inventory.hosts[switch]
    parameters = host.get_connection_parameters("ssh")
    password = corner.secrets[f"{parameters.username}_password"]
    with ConnectHandler(device_type="cisco_nxos", host=parameters.hostname, port=parameters.port or 22,
                        username=parameters.username, password=password) as session:  # fmt: skip
        assert "%" not in session.send_config_set(lines, cmd_verify=False)


def test_drift_is_quiet_and_names_who_did_it(corner: Corner) -> None:
    assert corner.moulin("apply", "--yes", *CORNER).returncode == 0
    type_lines(corner, "core-1", PYATS)
    quiet = corner.moulin("drift", *CORNER)
    assert quiet.returncode == 0, quiet.stdout + quiet.stderr
    assert "core-1: left by a test client, not counted: line vty / exec-timeout 0" in quiet.stdout
    assert "0 of 2 switches differ" in quiet.stdout

    user = corner.fleet("core-1").inventory.hosts["core-1"].get_connection_parameters("ssh").username
    type_lines(corner, "core-1", ["vlan 3901", "name by-hand", "interface loopback77", "description mine"])
    found = corner.moulin("drift", *CORNER)
    assert found.returncode == 3
    assert f"who: {user}, " in found.stdout
    assert "loopback77 ; description mine" in found.stdout, found.stdout
    assert "core-1: not saved" in found.stdout
    told = json.loads(corner.moulin("drift", *CORNER, "--json").stdout)["switches"]["core-1"]
    assert set(told["sections"]) == {"vlan 3901", "interface loopback77"}
    assert {author["user"] for author in told["authors"]} == {user}
    assert not json.loads(corner.moulin("drift", "--limit", "sw-mairie", "--json").stdout)["switches"][
        "sw-mairie"
    ]["left"]

    piece = ("--limit", "core-1", "--only", "vlan 3901")
    shown = corner.moulin("plan", *piece)
    assert shown.returncode == 3
    assert "no vlan 3901" in shown.stdout or "- vlan 3901" in shown.stdout
    assert "loopback77" not in shown.stdout
    assert corner.moulin("apply", "--yes", *piece).returncode == 0
    after = json.loads(corner.moulin("drift", *CORNER, "--json").stdout)["switches"]["core-1"]
    assert after["sections"] == ["interface loopback77"], "the rest waits for its own decision"

    file = corner.settings.state / "plan.json"
    assert (
        corner.moulin("plan", "--limit", "core-1", "--only", "interface lo*", "-o", str(file)).returncode == 3
    )
    assert corner.moulin("apply", "--yes", str(file), "--only", "vlan *").returncode == 2
    assert corner.moulin("apply", "--yes", str(file)).returncode == 0
    last = corner.moulin("drift", *CORNER)
    assert last.returncode == 0, last.stdout
