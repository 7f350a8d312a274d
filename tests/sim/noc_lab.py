"""The whole NOC for a test: virtual city, ``moulin watch``, Prometheus, Alertmanager and tickets, for real.

Only time is shorter: every duration of the generated rules (``for``, ``keep_firing_for``, ranges, offsets,
intervals of groups) and of ``alertmanager.yml`` is divided by ``HURRY``, yet none is shorter than it takes a
few scrapes to see something.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from agent.flows.lab import call_control, make_secrets
from agent.flows.lab_slice import cut_links, cut_services
from agent.intent.city import City
from agent.intent.expand import expand_switches
from agent.intent.expect import expect
from agent.intent.expectation import Expectations
from agent.intent.lab import lab_topology
from agent.intent.load import load_city
from agent.noc.write import NocPlaces, build_noc, write_noc
from agent.render.env import Templates
from agent.render.render import render_switch
from tests.sim.city_lab import CITY, ROOT, running

HURRY = 600
SCRAPE_SECONDS = 5
FOR_SECONDS, RANGE_SECONDS = 2 * SCRAPE_SECONDS, 4 * SCRAPE_SECONDS
AGE_SECONDS = 5000.0
"""How long the lab has been up when the watch begins: nobody has just restarted."""
TOOLS = {name: shutil.which(name) for name in ("prometheus", "prometheus-alertmanager")}
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def shorter(text: str, least: int) -> str:
    """A duration of one unit, divided by HURRY; whole seconds, at least so many.

    >>> shorter("5m", 12), shorter("3d", 12)
    ('12s', '432s')
    """
    return f"{max(least, int(text[:-1]) * _UNITS[text[-1]] // HURRY)}s"


def hurry_rules(text: str) -> str:
    """The rule file with every duration shortened."""
    rules = yaml.safe_load(text)
    for group in rules["groups"]:
        if "interval" in group:
            group["interval"] = shorter(group["interval"], FOR_SECONDS)
        for rule in group["rules"]:
            rule["expr"] = re.sub(
                r"\[(\d+[smhd])\]", lambda found: f"[{shorter(found[1], RANGE_SECONDS)}]", rule["expr"]
            )
            rule["expr"] = re.sub(
                r"offset (\d+[smhd])", lambda found: f"offset {shorter(found[1], FOR_SECONDS)}", rule["expr"]
            )
            for word in {"for", "keep_firing_for"} & rule.keys():
                rule[word] = "0s" if rule[word] == "0s" else shorter(rule[word], FOR_SECONDS)
    return yaml.safe_dump(rules, sort_keys=False, allow_unicode=True, width=1000)


def hurry_alertmanager(text: str) -> str:
    """``alertmanager.yml`` with every pause shortened."""
    return re.sub(
        r"(group_wait|group_interval|repeat_interval): (\d+[smhd])",
        lambda found: f"{found[1]}: {shorter(found[2], 1 if found[1] != 'repeat_interval' else 30)}",
        text,
    )


def elsewhere(folder: Path, shift: int, buildings: int) -> Path:
    """A copy of the inventory with so many building switches, and with networks that are others.

    10.20 becomes 10.120, and 127.66 becomes 127.166. Two labs then never meet on an address: switches,
    stations and endpoints all move.
    """
    copy = folder / "inventory"
    shutil.copytree(ROOT / "inventory", copy)
    left = dict.fromkeys(host.name for host in CITY.hosts.values() if host.role != "building")
    left |= dict.fromkeys([host.name for host in CITY.switches("building")][:buildings])
    for file in copy.rglob("*.yaml"):
        moved = re.sub(
            r"\b(10|127)\.(\d{1,3})\.(?=\d)",
            lambda found: f"{found[1]}.{int(found[2]) + shift}.",
            file.read_text("utf-8").replace("203.0.113.", f"203.0.{113 + shift}."),
        )
        data = yaml.safe_load(moved)
        if file.name == "hosts.yaml":
            data = {name: host for name, host in data.items() if name in left}
        elif file.name == "links.yaml":
            data = cut_links(data, left)
        else:
            data = cut_services(data, left)
        file.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return copy


@dataclass(frozen=True)
class NocLab:
    """Handles of everything that runs."""

    city: City
    expected: Expectations
    secrets: dict[str, str]
    control: str
    watch: str
    """URL of ``moulin watch``."""
    prometheus: str
    folder: Path

    def fault(self, kind: str, **arguments: str) -> str:
        """Inject a fault; its number."""
        return str(self._ask("POST", "/faults", {"kind": kind, **arguments})["id"])

    def mend(self, number: str) -> None:
        """End a fault."""
        self._ask("DELETE", f"/faults/{number}")

    def age(self, seconds: float = AGE_SECONDS) -> None:
        """Let time pass in the lab."""
        self._ask("POST", "/clock/advance", {"seconds": seconds})

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        reply = requests.request(method, f"http://{self.control}{path}", json=body, timeout=120)
        assert reply.ok, reply.text
        return reply.json() if reply.content else {}

    def tickets(self, state: str) -> list[dict[str, Any]]:
        """As ``/api/tickets`` lists them."""
        found: list[dict[str, Any]] = _get(f"{self.watch}/api/tickets?state={state}&limit=1000")
        return found

    def filed(self) -> set[str]:
        """Alerts of which a ticket stands open in the folder."""
        heads = [
            file.read_text("utf-8").split("---\n")[1] for file in (self.folder / "tickets").glob("T-*.md")
        ]
        tickets = [yaml.safe_load(head) for head in heads]
        return {ticket["alert"] for ticket in tickets if ticket["state"] == "open"}

    def query(self, expr: str) -> list[Any]:
        """What Prometheus answers."""
        found: list[Any] = _ask(f"{self.prometheus}/api/v1/query", query=expr).json()["data"]["result"]
        return found

    def rules(self) -> list[dict[str, Any]]:
        """All rules of Prometheus with their state."""
        groups = _get(f"{self.prometheus}/api/v1/rules")["data"]["groups"]
        return [rule for group in groups for rule in group["rules"]]

    def answering(self) -> bool:
        """Whether every switch answers."""
        up = self.query("count(max by (device) (moulin_poll_success) == 1)")
        return bool(up) and int(up[0]["value"][1]) == len(self.expected.targets)

    def waiting(self) -> bool:
        """Whether the helpdesk does not yet know everything."""
        return "moulin_tickets_waiting 0" not in _ask(f"{self.watch}/metrics").text

    def settled(self) -> bool:
        """All switches were polled and scraped, and the recordings have seen it."""
        rated = self.query("count(count by (device) (device_interface:utilisation:ratio))")
        return self.answering() and bool(rated) and int(rated[0]["value"][1]) == len(self.expected.targets)


def until(true: Callable[[], bool], seconds: float, words: Callable[[], str]) -> None:
    """Ask again and again; fails with the words when it does not come true in time."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if true():
                return
        except OSError:
            pass  # it does not listen yet
        pause.wait(0.5)
    pytest.fail(f"in {seconds:.0f} s it never came: {words()}")


@contextmanager
def noc_lab(folder: Path, shift: int, buildings: int) -> Iterator[NocLab]:
    """Everything, running, with so many building switches; networks of the city are moved by ``shift``."""
    inventory = elsewhere(folder, shift, buildings)
    city = load_city(inventory)
    secrets, expected = dict(make_secrets(city)), expect(city)
    with ExitStack() as stack:
        control = stack.enter_context(_switches(folder, city, secrets))
        call_control(control, "POST", "/clock/advance", {"seconds": AGE_SECONDS})
        watch = stack.enter_context(_watch(folder, inventory, secrets))
        prometheus = stack.enter_context(_prometheus(folder, expected, watch))
        yield NocLab(city, expected, secrets, control, watch, prometheus, folder)


@contextmanager
def _switches(folder: Path, city: City, secrets: dict[str, str]) -> Iterator[str]:
    templates, switches = Templates(ROOT / "templates"), expand_switches(city)
    lab = lab_topology(city)
    for node in lab["nodes"]:
        node["startup"] = render_switch(switches[node["name"]], secrets, templates).splitlines()
    (folder / "lab.yml").write_text(yaml.safe_dump(lab, sort_keys=False), encoding="utf-8")
    command = [
        str(Path(sys.executable).with_name("vnexus")),
        "run",
        str(folder / "lab.yml"),
        "--control",
        "127.0.0.1:0",
        "--host-keys",
        str(folder / "keys"),
    ]
    password = {lab["credentials"]["password_env"]: secrets["admin_password"]}
    with running(command, folder / "lab.log", **password) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, (folder / "lab.log").read_text(encoding="utf-8")
        yield str(json.loads(line)["control"])


@contextmanager
def _watch(folder: Path, inventory: Path, secrets: dict[str, str]) -> Iterator[str]:
    command = [
        str(Path(sys.executable).with_name("moulin")),
        "watch",
        "--inventory",
        str(inventory),
        "--listen",
        "127.0.0.1:0",
        "--interval",
        str(SCRAPE_SECONDS),
    ]
    environment = {f"MOULIN_SECRET_{name.upper()}": value for name, value in secrets.items()} | {
        "MOULIN_STATE": str(folder / "state"),
        "MOULIN_TEMPLATES": str(ROOT / "templates"),
        "MOULIN_TICKETS": str(folder / "tickets"),
    }
    with running(command, folder / "watch.log", **environment) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "pages at " in line, line + (folder / "watch.log").read_text(encoding="utf-8")
        yield line.strip().rpartition(" ")[2].rstrip("/")


@contextmanager
def _prometheus(folder: Path, expected: Expectations, watch: str) -> Iterator[str]:
    telling, asking = _free_address(), _free_address()
    places = NocPlaces(watch.removeprefix("http://"), SCRAPE_SECONDS, alertmanager=telling)
    texts = build_noc(expected, places)
    for name in [name for name in texts if name.startswith("rules/")]:
        texts[name] = hurry_rules(texts[name])
    texts["alertmanager.yml"] = hurry_alertmanager(texts["alertmanager.yml"])
    write_noc(texts, folder / "noc")
    alertmanager = [
        str(TOOLS["prometheus-alertmanager"]),
        f"--config.file={folder}/noc/alertmanager.yml",
        f"--storage.path={folder}/alertmanager",
        f"--web.listen-address={telling}",
        "--cluster.listen-address=",
    ]
    prometheus = [
        str(TOOLS["prometheus"]),
        f"--config.file={folder}/noc/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address={asking}",
    ]
    with (
        running(alertmanager, folder / "alertmanager.log"),
        running(prometheus, folder / "prometheus.log"),
    ):
        yield f"http://{asking}"


def _free_address() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{free.getsockname()[1]}"


def _get(url: str) -> Any:
    return _ask(url).json()


def _ask(url: str, **query: str) -> requests.Response:
    reply = requests.get(url, query, timeout=10)
    reply.raise_for_status()
    return reply
