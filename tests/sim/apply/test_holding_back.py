"""What must not happen does not: a refused canary stops all, no means no, one wrong password of fifty."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from agent.apply.verdict import Outcome, Stop
from agent.flows.apply import Change, apply_change
from agent.flows.fleet import each, open_fleet
from agent.plan.build import build_plan
from agent.settings import Settings
from agent.store.journal import Journal, Why
from vnexus.faults import RefuseLogin
from vnexus.testing import running
from vnexus.topology import NodeSpec, Topology

Corner = Any
"""The fixture of conftest.py, which cannot be imported here."""

NODES = ("core-1", "leaf-1", "sw-mairie")
LIMIT = ",".join(NODES)


class Terminal(io.StringIO):
    """Somebody at a keyboard, who types this."""

    def isatty(self) -> bool:
        return True


def told(corner: Corner) -> dict[str, tuple[str, ...]]:
    """What every switch runs and has saved, none with a checkpoint of ours."""
    commands = ("show running-config", "show startup-config", "show checkpoint summary")
    harvest = each(corner.fleet(LIMIT), lambda device: device.ask(*commands))
    assert not harvest.errors
    assert not any("moulin-" in texts[2] for texts in harvest.values.values())
    return {
        name: tuple("\n".join(row for row in text.splitlines() if row[:1] != "!") for text in texts[:2])
        for name, texts in harvest.values.items()
    }


def test_a_canary_that_does_not_take_it_stops_all(corner: Corner, tmp_path: Path) -> None:
    with (corner.settings.inventory / "policy.yaml").open("a") as policy:
        policy.write("waves: {health: false}\n")
    before, file = told(corner), tmp_path / "plan.json"
    assert corner.moulin("plan", "-l", LIMIT, "-o", str(file)).returncode == 3
    faults: dict[str, tuple[dict[str, object], str]] = {
        "refuse-login": ({}, "refused"),
        "storage-full": ({}, "refused"),
        "reject-line": ({"pattern": "^vlan "}, "undone"),
    }
    for kind, (where, canary) in faults.items():
        number = corner.fault(kind, "core-1", **where)
        done = corner.moulin("apply", str(file), "--yes", "--json")
        assert done.returncode == 4
        said = json.loads(done.stdout)
        outcomes = {name: row["outcome"] for name, row in said["switches"].items()}
        assert outcomes == {"core-1": canary, "leaf-1": "not started", "sw-mairie": "not started"}
        change = json.loads(corner.moulin("history", str(said["change"]), "--replies", "--json").stdout)
        assert {run["device"] for run in change["switches"] if run["replies"] or run["events"]} == {"core-1"}
        corner.mend(number)
        assert told(corner) == before


def test_no_means_no(corner: Corner, monkeypatch: pytest.MonkeyPatch) -> None:
    one = ("-l", "sw-mairie")

    def refuses(*words: str) -> None:
        before, changes = told(corner), corner.moulin("history", "--json").stdout
        monkeypatch.setattr(sys, "stdin", Terminal("n\n"))
        done = corner.moulin(*words)
        assert done.returncode != 0
        assert "?" in done.stdout
        assert told(corner) == before
        assert corner.moulin("history", "--json").stdout == changes

    refuses("apply", *one)
    assert corner.moulin("backup", *one).returncode == 0
    assert corner.moulin("apply", *one, "--yes").returncode == 0
    refuses("rollback", "1")
    refuses("restore", "sw-mairie")


def test_one_wrong_password_of_fifty_holds_up_nobody(tmp_path: Path) -> None:
    names = [f"hall-{number}" for number in range(1, 51)]
    specs = [
        NodeSpec(name, "n9k-10", "N9K-C9348GC-FX3PH", f"127.0.1.{number}", ("feature nxapi",))
        for number, name in enumerate(names, 1)
    ]
    with running(Topology("halls", tuple(specs))) as lab:
        options = {"nxapi": {"port": lab.topology.listen.nxapi, "extras": {"scheme": "http"}}}
        hosts = {
            spec.name: {
                "hostname": spec.address,
                "username": "admin",
                "password": "admin",
                "data": {"model": spec.model, "transport": "nxapi"},
                "connection_options": options,
            }
            for spec in specs
        }
        for file, content in (("hosts", hosts), ("groups", {}), ("defaults", {})):
            (tmp_path / f"{file}.yaml").write_text(json.dumps(content))
        settings = Settings(inventory=tmp_path, state=tmp_path / "state", verify_host_keys=False)
        fleet = open_fleet(settings, {})
        texts = {name: lab.nodes[name].running_text("show running-config") for name in names}
        plans = {
            name: build_plan(name, text, f"{text}vlan 40\n  name phones\n", complete=True)
            for name, text in texts.items()
        }
        lab.nodes["hall-33"].faults.add(RefuseLogin())
        journal = Journal(settings.state)
        done = apply_change(
            fleet, Change(plans, Why("apply", "anna", "", "")), journal, Stop(), lambda *_: None
        )
        journal.close()
        verdicts = {verdict.device: verdict for verdict in done.verdicts}
        assert verdicts.pop("hall-33").outcome is Outcome.REFUSED
        assert {verdict.outcome for verdict in verdicts.values()} == {Outcome.APPLIED}
        assert len(verdicts) == 49
        for name, node in lab.nodes.items():
            held = {40 in node.config.vlans(), "vlan 1,40" in node.startup_text()}
            assert held == {name != "hall-33"}, name
