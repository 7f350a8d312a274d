"""Rules over what virtual switches run: the city complies once applied, and a change by hand is found."""

from __future__ import annotations

import json
from typing import Any

from agent.flows.fleet import Device, each

Corner = Any
"""The fixture of conftest.py, which cannot be imported here."""


def test_what_runs_is_judged(corner: Corner) -> None:
    before = corner.moulin("comply", "--running", "--json", "--limit", "sw-mairie")
    assert before.returncode == 4, "a switch out of the box keeps few rules"

    assert corner.moulin("apply", "--yes", "--limit", "sw-mairie").returncode == 0
    after = corner.moulin("comply", "--running", "--json", "--limit", "sw-mairie")
    told = json.loads(after.stdout)
    running = [b for b in told["breaches"] if b["source"] == "running" and not b["excused_by"]]
    assert running == []
    assert after.returncode == 0

    def by_hand(device: Device) -> None:
        session = device.open_session()
        session.configure(("feature telnet", "interface Ethernet1/1", "no storm-control broadcast level"))

    assert not each(corner.fleet("sw-mairie"), by_hand).errors
    found = corner.moulin("comply", "--running", "--json", "--limit", "sw-mairie")
    assert found.returncode == 4
    broken = {(b["rule"], b["section"]) for b in json.loads(found.stdout)["breaches"]}
    assert {("no-telnet", ""), ("storm-control-on-cameras", "interface Ethernet1/1")} <= broken
