"""One virtual switch, a plan for it, and changes of it that die: the ground of the tests of protection."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from nornir.core import Nornir

from agent.apply.verdict import Outcome, Stop, Verdict
from agent.flows.apply import Change, apply_change
from agent.flows.fleet import open_fleet
from agent.flows.resume import Resume, find_interrupted, resume_change
from agent.nxos.digest import digest_config
from agent.nxos.whole import own_words, whole_config
from agent.plan.build import build_plan
from agent.plan.plan import Plan
from agent.settings import Settings
from agent.store.journal import Journal, Why
from vnexus.lab import Lab
from vnexus.node import Node
from vnexus.testing import one_switch, running
from vnexus.topology import Endpoint, Link, NodeSpec, Topology

HERE = Path(__file__).parent
KINDS = {
    "10 ssh": ("n9k-10", "N9K-C93180YC-FX3", "ssh"),
    "10 nxapi": ("n9k-10", "N9K-C93180YC-FX3", "nxapi"),
    "9.3 ssh": ("n9k-9.3", "N9K-C93180YC-FX3", "ssh"),
    "9.3 nxapi": ("n9k-9.3", "N9K-C93180YC-FX3", "nxapi"),
    "7.3 ssh": ("n7k-7.3", "N7K-C7009", "ssh"),
}
STARTUP = ("feature nxapi", "feature lldp", "vlan 10,20", "vlan 10", "  name cameras")


def silent(_device: str, _words: str) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class Ground:
    """One switch and the folder of the Moulin that changes it."""

    lab: Lab
    node: Node
    folder: Path
    kind: str
    timeout_seconds: float = 5
    verify_host_keys: bool = False

    @property
    def platform(self) -> Any:
        return "n7k" if self.kind.startswith("7") else "n9k"

    @property
    def settings(self) -> Settings:
        state = self.folder / "state"
        return Settings(
            inventory=self.folder,
            state=state,
            verify_host_keys=self.verify_host_keys,
            timeout_seconds=self.timeout_seconds,
            workers=2,
        )

    @property
    def text(self) -> str:
        return self.node.running_text("show running-config")

    @property
    def digest(self) -> str:
        return digest_config(self.text, self.platform)

    @property
    def saved(self) -> str:
        return digest_config("\n".join(self.node.startup_lines()), self.platform)

    def fleet(self) -> Nornir:
        return open_fleet(self.settings, {})

    def plan(self, wanted: str | None = None) -> Plan:
        """Of the standard change, or of a whole wanted configuration."""
        text = wanted if wanted is not None else changed(self.text)
        plan = build_plan("switch", self.text, text, complete=True, platform=self.platform)
        (self.folder / "plan.json").write_text(plan.model_dump_json())
        return plan

    def whole_plan(self, wanted: str | None = None) -> Plan:
        """As ``plan``, of a configuration that is known as a whole: ``configure replace`` brings it."""
        plan = self.plan(wanted)
        text = wanted if wanted is not None else changed(self.text)
        (self.folder / "whole.cfg").write_text(whole_config(self.text, own_words(text)))
        return plan

    @property
    def whole(self) -> dict[str, str]:
        file = self.folder / "whole.cfg"
        return {"switch": file.read_text()} if file.exists() else {}

    def die_at(self, moment: str) -> str:
        """Carry the plan out in a process that dies then; what it said when it did not."""
        done = subprocess.run(
            [sys.executable, str(HERE / "changer.py"), str(self.folder), moment],
            capture_output=True,
            text=True,
            check=False,
            cwd=HERE.parents[2],
        )
        assert done.returncode in {0, -9}, done.stderr
        return done.stdout

    def apply(
        self, plan: Plan, stop: Stop | None = None, progress: Callable[[str, str], None] = silent
    ) -> Verdict:
        journal = Journal(self.settings.state)
        try:
            change = Change({"switch": plan}, Why("apply", "anna", "test", ""), whole=self.whole)
            (verdict,) = apply_change(self.fleet(), change, journal, stop or Stop(), progress).verdicts
        finally:
            journal.close()
        return verdict

    def resume(self, number: int | None = None, *, undo: bool = False) -> tuple[Verdict, ...]:
        journal = Journal(self.settings.state)
        try:
            found = find_interrupted(journal, number)
            return tuple(
                verdict
                for change in found
                for verdict in resume_change(
                    self.fleet(), Resume(change, "anna", undo), journal, silent
                ).verdicts
            )
        finally:
            journal.close()

    def mend(self) -> None:
        """Nothing is broken any more."""
        self.node.faults.clear()
        for number in list(self.lab.world.board.active):
            self.lab.world.remove_fault(number)

    def wait(self, minutes: float) -> None:
        """Time passes at once."""
        self.lab.clock.advance(minutes * 60)
        self.node.wake()

    def judge(self, verdict: Verdict, plan: Plan) -> None:
        """Fails unless the verdict is true: applied, undone or untouched, or left with what to type next."""
        now = (self.digest, self.saved, self.leftovers())
        match verdict.outcome:
            case Outcome.APPLIED:
                assert now == (plan.target, plan.target, []), verdict
            case Outcome.UNDONE | Outcome.REFUSED:
                assert now == (plan.base, plan.base, []), verdict
            case _:
                assert verdict.outcome in {Outcome.PROTECTED, Outcome.FAILED}, verdict
                assert verdict.next, verdict
                assert verdict.why, verdict

    def settle(self, plan: Plan) -> Verdict:
        """Where the command that was named leads once the switch can be asked; fails unless it ends."""
        (verdict,) = self.resume(1)
        if verdict.outcome is Outcome.FAILED:
            assert "--undo" in verdict.next, verdict
            (verdict,) = self.resume(1, undo=True)
        assert verdict.outcome in {Outcome.APPLIED, Outcome.UNDONE}, verdict
        self.judge(verdict, plan)
        return verdict

    def leftovers(self) -> list[str]:
        """What a change must not leave behind."""
        rows = [row for row in self.text.splitlines() if "moulin-" in row or row == "feature scheduler"]
        trial = [] if self.node.commits.trial is None else ["a commit on trial"]
        replaced = self.node.replacement
        trial += ["a replacement on trial"] if replaced is not None and replaced.timer else []
        files = [name for name in self.node.flash.files if "moulin" in name]
        return [*rows, *self.node.checkpoints.by_name, *trial, *files]


def changed(running: str) -> str:
    """The standard change: VLANs, a port, names; no feature, so that 10.x can stage it."""
    port = "interface Ethernet1/1\n" if "interface Ethernet1/1\n" in running else "interface Ethernet3/1\n"
    text = running.replace(port, f"{port}  description recorder\n", 1)
    return text + "vlan 30\n  name doors\nvlan 40\n  name phones\nntp server 192.0.2.7 use-vrf management\n"


@contextmanager
def furnished(profile: str, model: str, startup: tuple[str, ...]) -> Iterator[tuple[Lab, Node]]:
    """The same switch with a neighbour, a camera and a carrier on it, so that all that can fail is there."""
    nodes = (
        NodeSpec("switch", profile, model, "127.0.0.1", startup),
        NodeSpec("far", profile, model, "127.0.0.2"),
    )
    endpoints = (
        Endpoint("switch", "Ethernet1/3", "camera", "cam-1", "00aa.bbcc.0001"),
        Endpoint("switch", "Ethernet1/4", "carrier", "carrier-1", "00aa.bbcc.0002", "192.0.2.1"),
    )
    wires = (Link("switch", "Ethernet1/2", "far", "Ethernet1/2"),)
    with running(Topology("furnished", nodes, wires, endpoints)) as lab:
        yield lab, lab.nodes["switch"]


@contextmanager
def ground_of(kind: str, folder: Path, *, empty: bool = True) -> Iterator[Ground]:
    profile, model, transport = KINDS[kind]
    with (one_switch if empty else furnished)(profile, model, STARTUP) as (lab, node):
        listen = lab.topology.listen
        host = {
            "hostname": node.spec.address,
            "port": listen.ssh,
            "username": "admin",
            "password": "admin",
            "data": {"model": model, "transport": transport},
            "connection_options": {"nxapi": {"port": listen.nxapi, "extras": {"scheme": "http"}}},
        }
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "hosts.yaml").write_text(yaml.safe_dump({"switch": json.loads(json.dumps(host))}))
        (folder / "groups.yaml").write_text("{}\n")
        (folder / "defaults.yaml").write_text("{}\n")
        yield Ground(lab, node, folder, kind)


@pytest.fixture
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    with ground_of(getattr(request, "param", "10 nxapi"), tmp_path) as made:
        yield made


@pytest.fixture
def grounds() -> Callable[[str, Path], Any]:
    """For tests that make several, one after the other."""
    return ground_of
