"""``moulin snmp`` and ``moulin doctor`` on the command line, against a virtual Nexus and its faults."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent.cli.main import run
from vnexus.lab import Lab
from vnexus.testing import running
from vnexus.topology import Endpoint, NodeSpec, Topology

TOPOLOGY = Topology(
    name="look",
    nodes=(
        NodeSpec("hall", "n9k-10", "N9K-C9348GC-FX3PH", "127.88.35.1",
                 ("snmp-server community city group network-operator", "feature lldp",
                  "snmp-server user moulin network-operator auth sha Auth-pass-1 priv aes-128 Priv-pass-1",
                  "vrf context BLUE", "snmp-server context blue vrf BLUE",
                  "interface Ethernet1/7", "  description CAM-1")),
    ),
    links=(),
    endpoints=(
        Endpoint("hall", "Ethernet1/7", "camera", "cam-001", "00aa.bbcc.0001", None, 6.5),
    ),
)  # fmt: skip
USER = "v3 {user} sha {auth} aes128 {priv}"
RIGHT = {"user": "moulin", "auth": "Auth-pass-1", "priv": "Priv-pass-1"}


@dataclass
class Told:
    """What a verb wrote."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def steps(self) -> dict[str, dict[str, str]]:
        return {step["name"]: step for step in self.data["steps"]}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with running(TOPOLOGY) as lab:
        yield lab


@pytest.fixture
def moulin(
    lab: Lab, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Run a verb; ``HOST`` stands for the switch, the secret is in the environment."""
    (tmp_path / "hosts.yaml").write_text("{}\n")
    monkeypatch.setenv("MOULIN_INVENTORY", str(tmp_path / "nowhere"))
    monkeypatch.setenv("ASK", "city")
    monkeypatch.setenv("COLUMNS", "300")
    host = f"127.88.35.1:{lab.topology.listen.snmp}"

    def call(*arguments: str, secret: str = "city") -> Told:  # noqa: S107 - of a lab
        monkeypatch.setenv("ASK", secret)
        words = [host if word == "HOST" else word for word in arguments]
        code = run([*words, "--secret-env", "ASK"])
        told = capsys.readouterr()
        return Told(code, told.out, told.err)

    return call


# -- snmp


def test_get_takes_names_with_and_without_index(moulin: Any, lab: Lab) -> None:
    told = moulin(
        "snmp", "get", "HOST", "sysName", "SNMPv2-MIB::sysObjectID.0", ".1.3.6.1.2.1.1.3.0", "--json"
    )
    assert told.code == 0
    found = {one["name"]: one["value"] for one in told.data["objects"]}
    assert found["sysName.0"] == "hall"
    assert found["sysObjectID.0"].startswith("cisco.")
    assert int(found["sysUpTime.0"]) >= 0


def test_get_says_what_the_agent_has_not(moulin: Any) -> None:
    told = moulin("snmp", "get", "HOST", "sysName", "ifName.99")
    assert (told.code, told.out) == (4, "sysName.0 = hall\n")
    assert "the agent has no ifName.99" in told.err


def test_walk_shows_names_and_is_bounded(moulin: Any) -> None:
    told = moulin("snmp", "walk", "HOST", "ifName", "--rows", "5")
    lines = told.out.splitlines()
    assert (told.code, len(lines)) == (0, 5)
    assert all(line.startswith("ifName.") for line in lines)
    assert "the first 5. ask for more with --rows" in told.err
    assert len(moulin("snmp", "walk", "HOST").out.splitlines()) >= 6  # the system group


def test_walk_of_a_group_names_ports(moulin: Any) -> None:
    told = moulin("snmp", "walk", "HOST", "--group", "interface-names")
    assert "ifAlias Ethernet1/7 = CAM-1" in told.out.splitlines()


def test_table_has_a_row_per_port(moulin: Any) -> None:
    told = moulin("snmp", "table", "HOST", "interfaces", "--json")
    rows = {row["index"]: row for row in told.data["rows"]}
    assert told.code == 0
    assert rows["Ethernet1/7"]["ifOperStatus"] == "up(1)"
    assert rows["Ethernet1/8"]["ifOperStatus"] == "down(2)"
    pretty = moulin("snmp", "table", "HOST", "interface-names").out
    assert "Ethernet1/7" in pretty
    assert "CAM-1" in pretty


def test_table_without_a_group_lists_them(moulin: Any) -> None:
    groups = {one["group"] for one in json.loads(moulin("snmp", "table", "HOST", "--json").out)}
    assert {"interfaces", "bgp", "vpc"} <= groups


def test_a_context_shows_its_vrf_and_a_wrong_one_is_told(moulin: Any) -> None:
    told = moulin("snmp", "walk", "HOST", "ifName", "--context", "blue", secret=USER.format(**RIGHT))
    assert told.code == 0
    wrong = moulin("snmp", "get", "HOST", "sysName", "--context", "green", secret=USER.format(**RIGHT))
    assert wrong.code == 4
    assert "context" in wrong.err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (
            ("get", "HOST", "ifNam"),
            "no MIB object is known as 'ifNam'. give its number, or names like it: ifName",
        ),
        (("get", "HOST", "ifName"), "ifName has many values. give an index"),
        (("walk", "HOST", "ifName.x"), "an index is numbers"),
        (("walk", "HOST", "9.9.9"), "is no object identifier"),
        (("table", "HOST", "interfacez"), "no table group is called 'interfacez'"),
        (("get", "127.0.0.1:99999", "sysName"), "behind the colon stands a port"),
    ],
)
def test_a_slip_is_one_line(moulin: Any, words: tuple[str, ...], complaint: str) -> None:
    told = moulin("snmp", *words)
    assert told.code == 2
    assert complaint in told.err
    assert len(told.err.splitlines()) == 1


def test_a_secret_is_asked_for_by_name_only(moulin: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "--community" not in moulin("snmp", "get", "--help").out
    monkeypatch.delenv("ASK")
    assert run(["snmp", "get", "127.88.35.1", "sysName"]) == 2
    assert run(["snmp", "get", "127.88.35.1", "sysName", "--secret-env", "NOT_SET"]) == 2


def documented() -> list[str]:
    """Commands of docs/doctor.md, without the words behind them."""
    text = (Path(__file__).parents[3] / "docs" / "doctor.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n(.*?)```", text, re.DOTALL)
    return [line.split("   ")[0] for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("line", documented())
def test_every_documented_command_works(moulin: Any, line: str) -> None:
    words = [
        "HOST" if word in ("core-1", "192.0.2.7:161") else word
        for word in line.replace(" --secret-env ASK", "").split()[1:]
    ]
    told = moulin(*words, secret=USER.format(**RIGHT))
    nothing_there = "shows nothing there" in told.err and words[2:4] in (["HOST", "bgp"], ["HOST", "--group"])
    assert told.code == 0 or nothing_there, told.err


# -- doctor


def test_a_healthy_switch_is_well(moulin: Any) -> None:
    told = moulin("doctor", "HOST", "--json", secret=USER.format(**RIGHT))
    steps = told.steps
    assert told.code == 0, told.out
    seen = ("name", "snmp", "view", "tables", "vrfs")
    assert {name: steps[name]["verdict"] for name in seen} == dict.fromkeys(seen, "ok")
    assert steps["path"]["verdict"] in ("ok", "skip")
    assert "N9K-C9348GC-FX3PH" in steps["snmp"]["found"] or "Nexus" in steps["snmp"]["found"]
    assert "ports" in steps["view"]["found"]


def test_with_a_community_it_says_which_vrfs_stay_unseen(moulin: Any) -> None:
    step = moulin("doctor", "HOST", "--json").steps["vrfs"]
    assert (step["verdict"], "SNMPv3" in step["next"]) == ("warn", True)


def test_a_wrong_community_is_told_from_a_dead_agent(moulin: Any) -> None:
    told = moulin("doctor", "HOST", "--json", secret="wrong")
    assert told.code == 4
    step = told.steps["snmp"]
    assert step["verdict"] == "fail"
    assert "tells its engine, but does not answer this community" in step["found"]
    assert "show snmp community" in step["next"]
    assert "wrong" not in step["found"]


def test_a_silent_agent_on_a_device_that_lives(moulin: Any, lab: Lab) -> None:
    fault = lab.world.add_fault("snmp-silence", {"node": "hall"})
    told = moulin("doctor", "HOST", "--json")
    lab.world.remove_fault(fault)
    assert told.code == 4
    lives = told.steps["path"]["verdict"] == "ok"  # not every machine lets us ping
    words = "SNMP is off, answers in another VRF only" if lives else "no answer at all"
    assert words in told.steps["snmp"]["found"]


def test_nothing_listens(moulin: Any) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = moulin("doctor", f"127.0.0.1:{port}", "--json")
    assert told.code == 4
    assert f"nothing listens on UDP port {port}" in told.steps["path"]["found"]


def test_a_name_that_is_none(moulin: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    told = moulin("doctor", "no-such-switch.invalid", "--json")
    assert told.code in (2, 4)
    assert "no-such-switch.invalid" in told.out + told.err or "nowhere" in told.err


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        pytest.param({"user": "nobody"}, "does not know the SNMPv3 user nobody", id="user"),
        pytest.param({"auth": "Auth-pass-2"}, "wrong password or digest", id="auth"),
        pytest.param({"priv": "Priv-pass-2"}, "cannot decrypt", id="priv"),
    ],
)
def test_v3_errors_are_told_apart(moulin: Any, wrong: dict[str, str], words: str) -> None:
    told = moulin("doctor", "HOST", "--json", secret=USER.format(**(RIGHT | wrong)))
    step = told.steps["snmp"]
    assert (told.code, step["verdict"]) == (4, "fail")
    assert words in step["found"] or "privacy password" in step["next"], step
    assert step["next"]


def test_a_view_that_is_too_small(moulin: Any, lab: Lab) -> None:
    fault = lab.world.add_fault("snmp-view", {"node": "hall"})
    told = moulin("doctor", "HOST", "--json")
    lab.world.remove_fault(fault)
    assert told.code == 4
    assert told.steps["snmp"]["verdict"] == "ok"
    assert "view or role" in told.steps["view"]["found"]


def test_packet_loss_is_seen(moulin: Any, lab: Lab) -> None:
    fault = lab.world.add_fault("snmp-loss", {"node": "hall", "percent": 30})
    step = moulin("doctor", "HOST", "--json", "--timeout", "4").steps["loss"]
    lab.world.remove_fault(fault)
    assert step["verdict"] == "warn"
    assert "of packets are lost" in step["found"]
    assert "control-plane" in step["next"]


def test_a_slow_agent_and_the_tables_that_it_cuts(moulin: Any, lab: Lab) -> None:
    fault = lab.world.add_fault("snmp-slow", {"node": "hall", "seconds": 0.5})
    told = moulin("doctor", "HOST", "--json", "--timeout", "2")
    lab.world.remove_fault(fault)
    assert told.code == 4
    assert "the agent is slow" in told.steps["loss"]["found"]
    assert told.steps["tables"]["verdict"] == "fail"
    assert "interfaces" in told.steps["tables"]["found"] or "cut" in told.steps["tables"]["found"]


def test_people_read_lines_with_what_to_type_next(moulin: Any) -> None:
    told = moulin("doctor", "HOST", secret=USER.format(**(RIGHT | {"user": "nobody"})))
    lines = told.out.splitlines()
    assert lines[0].startswith("ok    name")
    assert any(line.startswith("fail  snmp") for line in lines)
    assert any(line.strip().startswith("next: configure 'snmp-server user nobody") for line in lines)
