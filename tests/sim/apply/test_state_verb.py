"""moulin state on virtual switches: NAPALM reads them over SSH and NX-API, the intent judges."""

from __future__ import annotations

import json
from typing import Any

from agent.flows.lab import call_control

Corner = Any
"""The fixture of conftest.py, which cannot be imported here."""


def state_of(corner: Corner, name: str) -> tuple[int, dict[str, Any]]:
    done = corner.moulin("state", "--limit", name, "--json")
    told = json.loads(done.stdout)
    assert not told["errors"]
    return done.returncode, told["switches"][name]


def test_state_names_what_is_not_as_promised(corner: Corner) -> None:
    assert corner.moulin("apply", "--yes", "--limit", "core-1,sw-mairie").returncode == 0

    code, building = state_of(corner, "sw-mairie")
    assert code == 4, "core-2 is not in this corner of the city"
    assert building["state"]["model"].startswith("Nexus9000 C9348GC-FX3PH")
    assert [port["interface"] for port in building["ports_down"]] == ["Ethernet1/50"]
    assert [row["neighbor"] for row in building["neighbors_missing"]] == ["core-2"]

    call_control(corner.control, "POST", "/faults", {"kind": "endpoint-unplug", "endpoint": "CAM-001"})
    _, building = state_of(corner, "sw-mairie")
    assert [port["endpoint"] for port in building["ports_down"]] == ["CAM-001", "core-2"]

    code, core = state_of(corner, "core-1")
    assert code == 4
    assert core["state"]["release"].startswith("7.3")
    seen = {row["neighbor"] for row in core["state"]["neighbors"]}
    assert "sw-mairie" in seen
    assert not any(row["neighbor"] == "sw-mairie" for row in core["neighbors_missing"])


def test_state_of_a_switch_with_a_wrong_password_is_one_line(corner: Corner) -> None:
    done = corner.moulin("state", "--limit", "sw-mairie", MOULIN_SECRET_ADMIN_PASSWORD="wrong")
    assert done.returncode == 4
    assert len(done.stderr.strip().splitlines()) == 1
    assert "sw-mairie" in done.stderr
    assert "wrong" not in done.stderr
