"""Plan, apply, drift, rollback, backup on virtual switches over SSH and NX-API, as a person types them."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent.device.state import read_state
from agent.flows.fleet import access_of, each
from agent.nxos.digest import digest_config
from agent.store.journal import Journal

Corner = Any
"""The fixture of conftest.py, which cannot be imported here."""

NODES = ("core-1", "leaf-1", "sw-mairie")
LIMIT = ",".join(NODES)
ONE = "sw-mairie"


def running(corner: Corner, limit: str = LIMIT) -> dict[str, str]:
    """Running configurations without the headers that change by themselves."""
    harvest = each(corner.fleet(limit), lambda device: device.ask("show running-config")[0])
    assert not harvest.errors
    return {
        name: "\n".join(line for line in text.splitlines() if not line.startswith("!"))
        for name, text in harvest.values.items()
    }


def by_hand(corner: Corner, node: str, *lines: str) -> None:
    """Somebody types on the console."""

    def work(device: Any) -> None:
        session = device.open_session()
        session.configure(lines)
        session.close()

    assert not each(corner.fleet(node), work).errors


def outcomes(done: Any) -> dict[str, str]:
    return {name: told["outcome"] for name, told in json.loads(done.stdout)["switches"].items()}


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Poll until it holds; fails after that many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.02)


def test_from_the_box_to_the_intent_and_back(corner: Corner) -> None:
    before = running(corner)
    assert corner.moulin("plan", "-l", LIMIT).returncode == 3
    done = corner.moulin("apply", "-l", LIMIT, "--yes", "--json", "--reason", "ticket 1")
    assert done.returncode == 0, done.stderr
    assert outcomes(done) == dict.fromkeys(NODES, "applied")
    again = corner.moulin("plan", "-l", LIMIT, "--json")
    assert (again.returncode, again.stderr) == (0, "")
    assert corner.moulin("drift", "-l", LIMIT).returncode == 0

    change = json.loads(corner.moulin("history", "1", "--json").stdout)
    assert (change["reason"], change["state"]) == ("ticket 1", "done")
    assert {run["state"] for run in change["switches"]} == {"saved"}

    preview = corner.moulin("rollback", "1", "--dry-run", "-l", ONE, "--json")
    assert any(line.startswith("- ") for line in json.loads(preview.stdout)[ONE]["diff"])
    assert corner.moulin("drift", "-l", ONE).returncode == 0
    back = corner.moulin("rollback", "1", "-l", ONE, "--yes", "--json")
    assert outcomes(back) == {ONE: "applied"}, back.stdout
    assert digest_config(running(corner, ONE)[ONE]) == digest_config(before[ONE])
    assert outcomes(corner.moulin("rollback", "1", "-l", ONE, "--yes", "--json")) == {ONE: "refused"}


def test_secrets_are_never_shown(corner: Corner) -> None:
    said = ""
    apply, undo = ("apply", "--yes"), ("rollback", "1", "--yes")
    told = ("history", "1", "--replies")
    for arguments in (("plan",), apply, ("drift",), told, ("backup",), undo):
        extra = () if arguments[0] == "history" else ("-l", ONE)
        done = corner.moulin(*arguments, *extra)
        said += done.stdout + done.stderr
    saved = (corner.settings.state / "configs" / f"{ONE}.cfg").read_text()
    assert "<hidden>" in saved
    assert "Copy complete" in said
    said += "".join(
        file.read_bytes().decode("latin-1") for file in corner.settings.state.glob("journal.sqlite*")
    )
    for secret in corner.secrets.values():
        assert secret not in said
        assert secret not in saved


@pytest.mark.parametrize(
    ("kind", "where", "words"),
    [
        (
            "reject-line",
            {"pattern": "storm-control", "message": "ERROR: no room"},
            "ERROR: no room",
        ),
        ("drop-connection", {"after_lines": 60}, f"{ONE}: "),
    ],
)
def test_one_that_fails_is_undone_and_the_rest_goes_on(
    corner: Corner, kind: str, where: dict[str, object], words: str
) -> None:
    before = running(corner, ONE)
    corner.fault(kind, ONE, **where)
    done = corner.moulin("apply", "-l", LIMIT, "--yes", "--json")
    assert done.returncode == 4
    assert outcomes(done) == {"core-1": "applied", "leaf-1": "applied", ONE: "undone"}
    assert words in json.loads(done.stdout)["switches"][ONE]["why"]
    assert running(corner, ONE) == before
    shown = each(corner.fleet(ONE), lambda device: device.ask("show checkpoint summary")[0]).values[ONE]
    assert "moulin-" not in shown


def test_a_rollback_that_fails_says_what_to_type(corner: Corner) -> None:
    before = running(corner, ONE)
    corner.fault("reject-line", ONE, pattern="storm-control")
    stuck = [corner.fault("rollback-fails", ONE), corner.fault("reject-line", ONE, pattern="^no ")]
    done = corner.moulin("apply", "-l", ONE, "--yes")
    assert done.returncode == 4
    (line,) = [line for line in done.stderr.splitlines() if line.startswith(ONE)]
    command = re.search(rf"on {ONE}: (rollback running-config checkpoint moulin-\S+)", line)
    assert command, line
    assert "failed" in corner.moulin("history").stdout
    for fault in stuck:
        corner.mend(fault)
    again = corner.moulin("resume", "1", "--yes", "--json")
    assert (again.returncode, outcomes(again)) == (0, {ONE: "undone"}), again.stdout
    assert running(corner, ONE) == before


def test_noise_in_replies_fools_nobody(corner: Corner) -> None:
    corner.fault("noisy-progress", "core-1")
    corner.fault("noisy-progress", ONE)
    done = corner.moulin("apply", "-l", f"core-1,{ONE}", "--yes", "--json")
    assert outcomes(done) == {"core-1": "applied", ONE: "applied"}, done.stdout


def test_a_plan_is_applied_exactly_or_refused(corner: Corner, tmp_path: Path) -> None:
    file = tmp_path / "plan.json"
    assert corner.moulin("plan", "-l", ONE, "-o", str(file)).returncode == 3

    edited = tmp_path / "edited.json"
    edited.write_text(file.read_text().replace("switchport access vlan 121", "switchport access vlan 999"))
    edited_by_hand = corner.moulin("apply", str(edited), "--yes")
    assert (edited_by_hand.returncode, edited_by_hand.stderr.count("\n")) == (4, 1)

    by_hand(corner, ONE, "vlan 3500")
    stale = corner.moulin("apply", str(file), "-l", ONE, "--yes", "--json")
    assert (stale.returncode, outcomes(stale)) == (4, {ONE: "refused"})
    by_hand(corner, ONE, "no vlan 3500")

    sites = corner.settings.inventory / "sites.yaml"
    text = sites.read_text()
    sites.write_text(text + "# a remark\n")
    other = corner.moulin("apply", str(file), "-l", ONE, "--yes")
    assert other.returncode == 4
    assert "inventory changed since the plan" in other.stderr
    sites.write_text(text)

    assert corner.moulin("apply", str(file), "-l", ONE, "--yes").returncode == 0


def test_drift_and_what_was_not_saved(corner: Corner) -> None:
    assert corner.moulin("apply", "-l", ONE, "--yes").returncode == 0
    by_hand(corner, ONE, "interface Ethernet1/1", "  switchport access vlan 1")
    found = corner.moulin("drift", "-l", ONE, "--json")
    assert found.returncode == 3
    told = json.loads(found.stdout)["switches"][ONE]
    assert any("switchport access vlan 1" in line for line in told["unplanned"])
    assert told["unsaved"]
    assert not told["clean"]


def test_backups_tell_what_changed(corner: Corner) -> None:
    first = json.loads(corner.moulin("backup", "-l", LIMIT, "--json").stdout)
    assert sorted(first["changed"]) == sorted(NODES)
    assert json.loads(corner.moulin("backup", "-l", LIMIT, "--json").stdout)["changed"] == []
    by_hand(corner, "core-1", "vlan 3500")
    assert json.loads(corner.moulin("backup", "-l", LIMIT, "--json").stdout)["changed"] == ["core-1"]


def test_wrong_password_no_answer_and_a_stranger_do_not_hold_up_the_rest(corner: Corner) -> None:
    corner.fault("refuse-login", "leaf-1")
    hosts = corner.settings.inventory / "hosts.yaml"
    data = yaml.safe_load(hosts.read_text("utf-8"))
    stranger = ThreadingHTTPServer((data["core-2"]["hostname"], 0), BaseHTTPRequestHandler)
    threading.Thread(target=stranger.serve_forever, args=(0.01,)).start()
    data["core-2"]["port"], data["edge-1"]["port"] = stranger.server_port, 9
    hosts.write_text(yaml.safe_dump(data), "utf-8")
    done = corner.moulin("plan", "-l", f"{ONE},leaf-1,core-2,edge-1", "--json")
    stranger.shutdown()
    stranger.server_close()
    assert done.returncode == 4
    told = json.loads(done.stdout)
    assert list(told["switches"]) == [ONE]
    assert sorted(told["errors"]) == ["core-2", "edge-1", "leaf-1"]
    assert "refuses user admin" in told["errors"]["leaf-1"]
    assert "no answer" in told["errors"]["edge-1"]
    assert "does not speak SSH" in told["errors"]["core-2"]


def test_a_journal_that_cannot_be_written_stops_before_any_switch(corner: Corner, tmp_path: Path) -> None:
    before = running(corner, ONE)
    (tmp_path / "file").write_text("here is no folder")
    done = corner.moulin(
        "apply", "-l", ONE, "--yes", MOULIN_STATE=str(tmp_path / "file"), MOULIN_VERIFY_HOST_KEYS="0"
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (4, 1)
    assert "MOULIN_STATE" in done.stderr
    assert running(corner, ONE) == before


def test_a_template_that_fails_is_told_by_line(corner: Corner, tmp_path: Path) -> None:
    templates = tmp_path / "templates"
    shutil.copytree(corner.settings.templates, templates)
    broken = min((templates / "nxos").glob("*.j2"))
    broken.write_text(broken.read_text("utf-8") + "{{ nobody_knows }}\n", "utf-8")
    done = corner.moulin("plan", "-l", ONE, MOULIN_TEMPLATES=str(templates))
    assert done.returncode == 2
    assert re.search(rf"{re.escape(broken.name)}:\d+: .*nobody_knows", done.stderr), done.stderr


@contextlib.contextmanager
def slow_apply(corner: Corner) -> Iterator[subprocess.Popen[str]]:
    """``moulin apply`` of all three, held up at the canary until it is in the middle of its steps."""
    corner.fault("slow-reply", "core-1", seconds=0.02, pattern="^ *(name|description|switchport)")
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("moulin")), "apply", "-l", LIMIT, "--yes", "--json"],
        env=corner.environment(),
        cwd=Path(__file__).parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            wait_for(lambda: process.poll() is not None or sent(corner) >= 3)
            assert process.poll() is None, process.communicate()
            yield process
        finally:
            process.kill()


def sent(corner: Corner) -> int:
    """Steps that the canary has taken, by the journal of another process."""
    if not (corner.settings.state / "journal.sqlite").exists():
        return 0
    journal = Journal(corner.settings.state)
    try:
        changes = journal.changes()
        events = journal.events(changes[0].id, "core-1") if changes else ()
        return max((event.step for event in events), default=0)
    finally:
        journal.close()


@pytest.mark.parametrize(("times", "canary"), [(1, "saved"), (2, "undone")], ids=["once", "twice"])
def test_ctrl_c_finishes_or_takes_back_what_is_in_hand(corner: Corner, times: int, canary: str) -> None:
    before = running(corner)
    with slow_apply(corner) as process:
        heard = ""
        for _ in range(times):
            process.send_signal(signal.SIGINT)
            heard += (
                process.stderr.readline()
            )  # it answers each time: the next signal is not lost in this one
        told, rest = process.communicate(timeout=90)
        said = heard + rest
    assert process.returncode == 4, said
    assert "switches in hand" in said
    assert json.loads(told)["interrupted"]
    change = json.loads(corner.moulin("history", "1", "--json").stdout)
    assert change["state"] == "interrupted"
    assert {run["device"]: run["state"] for run in change["switches"]} == {
        "core-1": canary,
        "leaf-1": "planned",
        ONE: "planned",
    }
    after = running(corner)
    assert after["leaf-1"] == before["leaf-1"]
    assert (after["core-1"] == before["core-1"]) == (canary == "undone")


def test_a_killed_process_leaves_the_way_back(corner: Corner) -> None:
    before = running(corner, "core-1")
    with slow_apply(corner) as process:
        process.kill()
    change = json.loads(corner.moulin("history", "1", "--json").stdout)
    assert change["state"] == "interrupted"
    run = change["switches"][0]
    assert (run["device"], run["state"]) == ("core-1", "sending")
    refused = corner.moulin("apply", "-l", "core-1", "--yes")
    assert (refused.returncode, "moulin resume 1" in refused.stderr) == (4, True), refused.stderr
    back = corner.moulin("resume", "--yes", "--json")
    assert outcomes(back)["core-1"] == "undone", back.stdout
    assert running(corner, "core-1") == before
    assert corner.moulin("resume").stdout == "no change is unfinished\n"


def test_a_camera_moves_and_only_its_switch_changes(corner: Corner) -> None:
    services = corner.settings.inventory / "services" / "cctv.yaml"
    before = services.read_text("utf-8")
    assert corner.moulin("apply", "-l", ONE, "--yes").returncode == 0
    arguments = (
        "run",
        "playbooks/move_camera.py",
        "CAM-001",
        f"{ONE}:Ethernet1/47",
        "--place",
        "rue Haute 99",
    )
    dry = corner.moulin(*arguments)
    assert dry.returncode == 3, dry.stderr
    assert services.read_text("utf-8") == before
    done = corner.moulin(*arguments, "--apply", "--yes", "--reason", "ticket 7")
    assert done.returncode == 0, done.stderr
    after = services.read_text("utf-8")
    assert "Ethernet1/47: {tag: CAM-001, place: rue Haute 99, model: dome-4k" in after
    changed = set(before.splitlines()) ^ set(after.splitlines())
    assert len(changed) == 2
    assert corner.moulin("plan", "-l", ONE).returncode == 0
    (change,) = [
        row for row in json.loads(corner.moulin("history", "--json").stdout) if "move" in row["verb"]
    ]
    assert [run["device"] for run in change["switches"]] == [ONE]

    taken = corner.moulin("run", "playbooks/move_camera.py", "CAM-002", f"{ONE}:Ethernet1/47")
    assert (taken.returncode, "is there already" in taken.stderr) == (2, True)


def test_a_new_site_that_does_not_answer_leaves_the_inventory_alone(corner: Corner) -> None:
    before = {file: file.read_bytes() for file in corner.settings.inventory.rglob("*.yaml")}
    site = ["--title", "Halles", "--street", "place du Marché 1", "--district", "centre", "--kind", "market"]
    where = ["--hostname", "127.66.91.117", "--management", "10.66.0.117", "--uplink", "core-1:Ethernet3/40"]
    one_sided = corner.moulin("run", "playbooks/onboard_site.py", "marche", *site, *where)
    assert one_sided.returncode == 2
    assert re.match(rf"{corner.settings.inventory}/links.yaml:\d+: one-sided vPC", one_sided.stderr)
    where += ["--uplink", "core-2:Ethernet3/40"]
    done = corner.moulin("run", "playbooks/onboard_site.py", "marche", *site, *where, "--apply", "--yes")
    assert done.returncode == 4, done.stderr
    assert "sw-marche: no answer" in done.stderr
    assert "10.66.0.117" not in done.stderr
    assert {file: file.read_bytes() for file in corner.settings.inventory.rglob("*.yaml")} == before


def test_state_is_read_through_napalm_on_both_transports(corner: Corner) -> None:
    assert corner.moulin("apply", "-l", f"core-1,{ONE}", "--yes").returncode == 0
    fleet = corner.fleet(f"core-1,{ONE}")
    for name, model in (("core-1", "7009"), (ONE, "C9348GC")):
        state = read_state(access_of(fleet.inventory.hosts[name]))
        assert state.hostname.startswith(name)
        assert model in state.model
        assert any(port.up and port.name.startswith("Ethernet") for port in state.interfaces)
        assert state.uptime_seconds > 0
        wanted = {"core-1": ONE, ONE: "core-1"}[name]
        assert wanted in {neighbor.neighbor for neighbor in state.neighbors}
