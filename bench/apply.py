"""The same lines to many switches, by Moulin and by Ansible: ``python bench/apply.py [SWITCHES] [--write]``.

A lab of that many virtual Nexus 9000 with about a thousand lines each is started afresh for every contestant,
in a process of its own. Each contestant is one process from start to end, with all that it starts
(``spent.py``), and works on as many switches at once as the others. Moulin's own lines are in
``apply_moulin.py``; Ansible plays ``cisco.nxos.nxos_config`` (``src``, ``save_when: changed``), one task.
Afterwards running and startup configurations of all switches are read and must be the same whoever was there.
``make judges`` installs Ansible.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from section import write_section
from vnexus_lab import building_lines, cpu_seconds, node_lines, started

from agent.flows.fleet import each, open_fleet
from agent.settings import Settings, load_secrets

ROOT = Path(__file__).parents[1]
NETWORK = "127.66.120"
MARK = "Applying"
MODEL, PORTS = "N9K-C9348GC-FX3PH", {"ssh": 2222, "nxapi": 8080}
PASSWORD = "admin"  # noqa: S105 - of the lab
CONTESTANTS = {
    "Moulin, all protection, one wave": ("apply_moulin.py", "wave"),
    "Moulin, all protection, waves of 1, 3, 9, 27, 50": ("apply_moulin.py", "waves"),
    "Moulin, bare: read, compare, send, save": ("apply_moulin.py", "bare"),
    "Ansible": ("ansible", ""),
}
CONNECTIONS = {"ssh": "network_cli", "nxapi": "httpapi"}
TARGET = 10


@dataclass(frozen=True, slots=True)
class Figures:
    """One contestant on one fresh lab."""

    wall: float
    cpu: float
    lab: float
    """CPU seconds of the lab meanwhile."""
    mib: float
    left: int
    """Processes that it left behind."""
    ended: dict[str, tuple[str, ...]] = field(repr=False)
    """Running and startup configuration of each switch afterwards."""


def change_lines(name: str, number: int) -> list[str]:
    """A new service on a switch: its VLAN, its access list, eight ports."""
    lines = ["vlan 700", "  name AIR-QUALITY", "ip access-list AIR-QUALITY"]
    lines += [f"  {10 * n} permit udp 10.70.{number}.{n}/32 10.66.2.0/24 eq {5600 + n}" for n in range(1, 11)]
    for port in range(33, 41):
        lines += [f"interface Ethernet1/{port}", f"  description sensor {name} {port}"]
        lines.append("  switchport access vlan 700")
    return lines


def write_folder(folder: Path, count: int, transport: str) -> None:
    """Lab, lines, and the inventories of both."""
    base, nodes = building_lines(), []
    ours: dict[str, Any] = {}
    theirs: dict[str, Any] = {}
    (folder / "lines").mkdir()
    (folder / "inventory").mkdir()
    for number in range(1, count + 1):
        name, address = f"hall-{number}", f"{NETWORK}.{number}"
        startup = [*node_lines(base, name, number), "feature nxapi"]
        nodes.append(
            {"name": name, "profile": "n9k-10", "model": MODEL, "address": address, "startup": startup}
        )
        text = "\n".join(change_lines(name, number)) + "\n"
        (folder / "lines" / f"{name}.cfg").write_text(text, "utf-8")
        ours[name] = {"hostname": address, "groups": ["halls"]}
        theirs[name] = {"ansible_host": address}
    (folder / "lab.yaml").write_text(yaml.dump({"name": "bench", "nodes": nodes}), "utf-8")
    nxapi = {"port": PORTS["nxapi"], "extras": {"scheme": "http"}}
    group = {
        "data": {"model": MODEL, "transport": transport}, "connection_options": {"nxapi": nxapi},
    }  # fmt: skip
    defaults = {"username": "admin", "port": PORTS["ssh"]}
    for file, content in (("hosts", ours), ("groups", {"halls": group}), ("defaults", defaults)):
        (folder / "inventory" / f"{file}.yaml").write_text(yaml.safe_dump(content), "utf-8")
    (folder / "ansible.json").write_text(json.dumps(ansible_inventory(theirs, transport)), "utf-8")
    task = {
        "name": "lines",
        "cisco.nxos.nxos_config": {
            "src": f"{folder}/lines/{{{{ inventory_hostname }}}}.cfg", "save_when": "changed",
        },
    }  # fmt: skip
    play = [{"name": "apply", "hosts": "all", "gather_facts": False, "tasks": [task]}]
    (folder / "play.yaml").write_text(yaml.safe_dump(play), "utf-8")


def ansible_inventory(hosts: dict[str, Any], transport: str) -> dict[str, Any]:
    common = {
        "ansible_user": "admin", "ansible_password": PASSWORD, "ansible_network_os": "cisco.nxos.nxos",
        "ansible_connection": f"ansible.netcommon.{CONNECTIONS[transport]}",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "ansible_port": PORTS["ssh"], "ansible_network_cli_ssh_type": "libssh",
        "ansible_httpapi_port": PORTS["nxapi"], "ansible_httpapi_use_ssl": False,
    }  # fmt: skip
    return {"all": {"vars": common, "hosts": hosts}}


def our_environment(folder: Path, forks: int) -> dict[str, str]:
    """For Moulin: as many workers as forks; host keys are checked."""
    return {
        "MOULIN_INVENTORY": str(folder / "inventory"), "MOULIN_STATE": str(folder / "state"),
        "MOULIN_WORKERS": str(forks), "MOULIN_SECRET_ADMIN_PASSWORD": PASSWORD,
        "MOULIN_TIMEOUT_SECONDS": "120",
    }  # fmt: skip


def ansible_environment(folder: Path, program: Path, forks: int) -> dict[str, str]:
    """Its own defaults but for the forks; host keys are not checked; time enough on a busy machine."""
    return {
        "PATH": f"{program.parent}:{os.environ['PATH']}", "HOME": str(folder), "LC_ALL": "C.UTF-8",
        "ANSIBLE_HOME": str(folder / "home"), "ANSIBLE_LOCAL_TEMP": str(folder / "tmp"),
        "ANSIBLE_HOST_KEY_CHECKING": "False", "ANSIBLE_FORKS": str(forks),
        "ANSIBLE_PERSISTENT_COMMAND_TIMEOUT": "120", "ANSIBLE_PERSISTENT_CONNECT_TIMEOUT": "120",
    }  # fmt: skip


@contextmanager
def fresh_lab(folder: Path) -> Iterator[int]:
    """The lab's process id; its host keys are known."""
    with started("-m", "vnexus", "run", str(folder / "lab.yaml")) as lab:
        assert lab.stdout is not None
        ready = json.loads(lab.stdout.readline())["nodes"].values()
        (folder / "state").mkdir(exist_ok=True)
        keys = [f"[{node['address']}]:{node['ssh']} {node['host_key']}\n" for node in ready]
        (folder / "state" / "known_hosts").write_text("".join(keys), "utf-8")
        yield lab.pid


def contend(folder: Path, program: tuple[str, str], judge: Path, forks: int) -> Figures:
    """One contestant, whose command must succeed."""
    name, how = program
    if name == "ansible":
        command = [str(judge), "-i", str(folder / "ansible.json"), str(folder / "play.yaml")]
        environment = ansible_environment(folder, judge, forks)
    else:
        command = [sys.executable, str(Path(__file__).with_name(name)), str(folder), how]
        environment = os.environ | our_environment(folder, forks)
    told, said = folder / "spent.json", folder / "said.log"
    spent = [sys.executable, str(Path(__file__).with_name("spent.py")), str(told), *command]
    with fresh_lab(folder) as lab, said.open("w") as log:
        before = cpu_seconds(lab)
        code = subprocess.run(spent, env=environment, stdout=log, stderr=log, check=False).returncode
        served = cpu_seconds(lab) - before
        assert code == 0, said.read_text("utf-8")[-3000:]
        found = json.loads(told.read_text("utf-8"))
        return Figures(**found, lab=served, ended=read_back(folder))


def read_back(folder: Path) -> dict[str, tuple[str, ...]]:
    """Running and startup configuration of every switch, without what says when."""
    settings = Settings(inventory=folder / "inventory", state=folder / "state", timeout_seconds=120)
    secrets = load_secrets(None, {"MOULIN_SECRET_ADMIN_PASSWORD": PASSWORD})
    read = each(
        open_fleet(settings, secrets),
        lambda device: device.ask("show running-config", "show startup-config"),
    )
    assert not read.errors, [str(error) for error in read.errors.values()]
    return {name: tuple(map(without_hour, texts)) for name, texts in read.values.items()}


def without_hour(text: str) -> str:
    """The lines that are configuration."""
    return "\n".join(line.rstrip() for line in text.splitlines() if line.strip() and line[:1] != "!")


def compare(folder: Path, runs: dict[str, Figures]) -> int:
    """Lines of a switch; raises AssertionError where two contestants left anything different behind."""
    first, *others = runs.values()
    for name, (running, startup) in first.ended.items():
        assert running == startup, f"{name}: running is not startup"
        wanted = (folder / "lines" / f"{name}.cfg").read_text("utf-8").splitlines()
        missing = set(wanted) - set(running.splitlines())
        assert not missing, f"{name}: {missing}"
        for other in others:
            assert other.ended[name] == (running, startup), f"{name}: they differ"
    return len(next(iter(first.ended.values()))[0].splitlines())


def measure(folder: Path, count: int, transport: str, options: argparse.Namespace) -> list[str]:
    """The table of one transport, ours first."""
    write_folder(folder, count, transport)
    runs: dict[str, Figures] = {}
    for name, program in CONTESTANTS.items():
        runs[name] = contend(folder, program, options.ansible, options.forks)
        figures = runs[name]
        print(f"{transport}: {name}: {figures}", file=sys.stderr)
    lines = compare(folder, runs)
    ours = next(iter(runs.values()))
    words = {"ssh": "SSH", "nxapi": "NX-API over HTTP"}[transport]
    sent = len(change_lines("", 1))
    rows = [
        f"{words}: {count} switches of {lines} lines, {sent} new lines each, all saved.",
        "Running and startup configuration of every switch are the same after every row.",
        "",
        "| what | CPU s | of ours | wall s | of ours | lab CPU s meanwhile | largest process MiB |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, run in runs.items():
        label = f"Ansible `nxos_config`, {CONNECTIONS[transport]}" if name == "Ansible" else name
        cpu, wall = run.cpu / ours.cpu, run.wall / ours.wall
        cells = (f"{run.cpu:.1f}", f"{cpu:.1f}", f"{run.wall:.1f}", f"{wall:.1f}", f"{run.lab:.1f}")
        rows.append(f"| {label} | {' | '.join(cells)} | {run.mib:.0f} |")
    return [*rows, "", verdict(runs)]


def verdict(runs: dict[str, Figures]) -> str:
    """Against the target, in words."""
    theirs = runs["Ansible"]
    told = []
    for name in ("Moulin, all protection, one wave", "Moulin, bare: read, compare, send, save"):
        cpu, wall = theirs.cpu / runs[name].cpu, theirs.wall / runs[name].wall
        both = "reached" if min(cpu, wall) >= TARGET else "not reached"
        told.append(
            f"{name}: {cpu:.1f} times less CPU, {wall:.1f} times less wall (target {TARGET}: {both})."
        )
    return "\n".join(told)


def versions(judge: Path) -> str:
    said = subprocess.run([str(judge), "--version"], capture_output=True, text=True, check=True)
    return said.stdout.partition("\n")[0].replace("ansible-playbook [core ", "ansible-core ").rstrip("]")


HEAD = """\
`python bench/apply.py {switches} --forks {forks} --write` on {cores} cores, Python {python}, {ansible};
load of the machine at the start {load:.1f}.
CPU is of the command and all that it started, from start to end, imports included. A fresh lab for every row,
in a process of its own on the same cores: its CPU is apart, wall seconds hold both.
Moulin's protection: checkpoint, dual-stage commit confirmed (SSH) or a rollback job on the switch (NX-API),
journal, read-back and confirmation on a new session, save; no health gate, for these switches have no intent.
`bare` is Moulin without: it reads, compares, sends and saves in one session, as Ansible does."""


def main() -> None:
    """Print the tables; with --write put them into RESULTS.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("switches", type=int, nargs="?", default=50)
    parser.add_argument("--forks", type=int, default=10)
    parser.add_argument("--transports", default="ssh,nxapi")
    parser.add_argument("--ansible", type=Path, default=ROOT / ".venv-ansible" / "bin" / "ansible-playbook")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    head = HEAD.format(
        switches=options.switches,
        forks=options.forks,
        cores=os.cpu_count(),
        python=platform.python_version(),
        ansible=versions(options.ansible),
        load=os.getloadavg()[0],
    )
    say = [head]
    for transport in options.transports.split(","):
        with tempfile.TemporaryDirectory() as folder:
            say += ["", *measure(Path(folder), options.switches, transport, options)]
    text = "\n".join(say)
    print(text)
    if options.write:
        write_section(MARK, text)


if __name__ == "__main__":
    main()
