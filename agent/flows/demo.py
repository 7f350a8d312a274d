"""``moulin demo``: the embedded city from intent to alarm, every stage proved before the next begins."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import requests
from netmiko import ConnectHandler
from nornir.core import Nornir
from prometheus_client.parser import text_string_to_metric_families

from agent.apply.verdict import Stop
from agent.errors import AgentError
from agent.flows.apply import Change, apply_change
from agent.flows.drift import drift_fleet
from agent.flows.fleet import access_of, open_fleet
from agent.flows.lab import Lab, LabFiles, make_secrets, start_lab, trust_lab
from agent.flows.plan import plan_fleet, what_is_left
from agent.flows.prometheus import RunningPrometheus, find_prometheus
from agent.flows.wanted import Wanted, load_wanted
from agent.intent.expect import expect
from agent.intent.expectation import Expectations, ExpectedPort
from agent.metrics import INTERFACE_UP, POLL_SERIES, POLL_SUCCESS, STREAM_UP
from agent.noc.write import NocPlaces, build_noc, write_noc
from agent.plan.plan import PlanSet
from agent.settings import Secrets, Settings
from agent.store.journal import Journal, Why

INTERVAL_SECONDS = 3
PATIENCE_SECONDS = 30.0
DAY_SECONDS = 86_400.0


class DemoError(AgentError):
    """A stage of the demo did not hold."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One thing that the demo shows; ``run`` gives one line of what was seen, or raises."""

    title: str
    run: Callable[[], str]


OpenWatch = Callable[[Expectations, Mapping[str, str], float], AbstractContextManager[str]]
"""Starts polling and pages; the context is their address."""


@dataclass(slots=True)
class Demo:
    """The stages and what they hand on to each other; ``close()`` ends every process and thread."""

    settings: Settings
    open_watch: OpenWatch
    note: Callable[[str], None]
    """Told what is going on inside a stage."""
    _open: ExitStack = field(default_factory=ExitStack)
    _wanted: Wanted | None = None
    _expected: Expectations | None = None
    _secrets: Secrets = field(default_factory=lambda: Secrets({}))
    _lab: Lab | None = None
    _fleet: Nornir | None = None
    _plans: PlanSet | None = None
    _prometheus: RunningPrometheus | None = None
    watch_url: str = ""

    def stages(self) -> Iterator[Stage]:
        """In the order in which they must run."""
        yield Stage("the inventory is checked", self._check)
        yield Stage("the switches of the city are up, as out of the box", self._up)
        yield Stage("every switch is planned", self._plan)
        yield Stage("the plan is applied in waves, verified and saved", self._apply)
        yield Stage("a second plan is empty", self._plan_again)
        yield Stage("every switch is watched", self._watch)
        if find_prometheus():
            yield Stage("Prometheus scrapes the city and evaluates its rules", self._scrape)
        yield Stage("a camera is unplugged, and the alert names it", self._unplug_camera)
        yield Stage("an uplink is cut, and the alert names it", self._cut_uplink)
        yield Stage("somebody changes a switch by hand, and drift finds it", self._drift)

    def addresses(self) -> Iterator[tuple[str, str]]:
        """(what, where) of the pages that stay up."""
        yield "status page", f"{self.watch_url}/"
        yield "in a terminal", f"moulin top --url {self.watch_url}"
        yield "metrics", f"{self.watch_url}/metrics"
        yield "one switch", f"{self.watch_url}/probe?target={self._city.targets[0].device}"
        yield "service discovery", f"{self.watch_url}/sd"
        if self._prometheus is not None:
            yield "Prometheus", f"{self._prometheus.url}/api/v1/alerts"
        yield (
            "try it yourself",
            f"export MOULIN_STATE={self.settings.state} MOULIN_SECRETS={self._files.secrets}",
        )

    def close(self) -> None:
        """End everything that was started, last first."""
        self._open.close()

    # --- stages -------------------------------------------------------------------------------------------

    def _check(self) -> str:
        shutil.rmtree(self.settings.state, ignore_errors=True)
        self._wanted = load_wanted(self.settings, self._secrets)
        self._expected = expect(self._wanted.city)
        cameras = sum(port.kind == "camera" for port in self._city.ports)
        switches = len(self._wanted.switches)
        return f"{switches} switches, {cameras} cameras, {len(self._city.ports)} promises, 0 mistakes"

    def _up(self) -> str:
        city = self._loaded.city
        self._secrets = Secrets(make_secrets(city))
        self._wanted = load_wanted(self.settings, self._secrets)
        self._lab = start_lab(city, self._files.folder, self._secrets)
        self._open.callback(self._lab.stop)
        self._fleet = open_fleet(self.settings, self._secrets)
        trust_lab(self._lab, self._fleet, self.settings.state / "known_hosts")
        return f"{len(self._lab.nodes)} virtual Nexus in one process, each on its own loopback address"

    def _plan(self) -> str:
        planned = plan_fleet(self._nornir, self._loaded, self._tell)
        _refuse(planned.errors)
        self._plans = planned.plans
        lines = sum(len(step.lines) for plan in planned.plans.plans.values() for step in plan.steps)
        return f"{len(planned.changes)} switches change, {lines} lines"

    def _apply(self) -> str:
        if self._plans is None:
            raise DemoError("there is no plan")
        wanted = self._loaded
        change = Change(
            plans=self._plans.plans,
            why=Why("apply", "demo", "the embedded city", self._plans.intent),
            pairs=wanted.pairs(),
            remaining=what_is_left(wanted),
        )
        journal = Journal(self.settings.state, url=self.settings.journal)
        self._open.callback(journal.close)
        changed = apply_change(self._nornir, change, journal, Stop(), self._tell)
        for verdict in changed.verdicts:
            if not verdict.fine:
                raise DemoError(f"{verdict.device}: {verdict.outcome}: {verdict.why}")
        count = len(changed.verdicts)
        return f"change {changed.number}: {count} switches, canary first, vPC peers never together"

    def _plan_again(self) -> str:
        planned = plan_fleet(self._nornir, self._loaded, self._tell)
        _refuse(planned.errors)
        if planned.changes:
            first = planned.plans.plans[planned.changes[0]]
            raise DemoError(f"{first.device} still differs: {'; '.join(first.diff[:3])}")
        return f"{len(planned.plans.plans)} switches read back exactly as meant"

    def _watch(self) -> str:
        if self._lab is not None:
            self._lab.advance(
                DAY_SECONDS
            )  # a city that has run for a day, else every switch has just restarted
        self.watch_url = self._open.enter_context(
            self.open_watch(self._city, self._secrets, INTERVAL_SECONDS)
        )
        names = [target.device for target in self._city.targets]

        def answered() -> bool:
            return all(self._sample(name, POLL_SUCCESS.name) == 1 for name in names)

        _await(answered, "a switch does not answer SNMP")
        series = sum(int(self._sample(name, POLL_SERIES.name) or 0) for name in names)
        return f"{len(names)} of {len(names)} answer, {series} series{self._await_streams()}"

    def _await_streams(self) -> str:
        """How many switches stream besides; empty where gRPC is not installed."""
        if find_spec("grpc") is None:
            return ""
        count = sum(target.gnmi_port is not None for target in self._city.targets)
        _await(lambda: self._streaming() == count, "a switch does not stream by gNMI")
        return f"; {count} stream by gNMI"

    def _streaming(self) -> int:
        page = requests.get(f"{self.watch_url}/metrics", timeout=30).text
        return sum(
            line.startswith(f"{STREAM_UP.name}{{") and line.endswith(" 1") for line in page.split("\n")
        )

    def _scrape(self) -> str:
        moulin = self.watch_url.removeprefix("http://")
        folder = self.settings.state / "noc"
        write_noc(build_noc(self._city, NocPlaces(moulin, INTERVAL_SECONDS)), folder)
        prometheus = RunningPrometheus(folder / "prometheus.yml", self.settings.state / "prometheus")
        self._prometheus = self._open.enter_context(prometheus)
        count = len(self._city.targets)
        prometheus.await_(
            lambda: len(prometheus.query(f"{POLL_SUCCESS.name} == 1")) == count, "to scrape all", seconds=60
        )
        prometheus.await_(
            lambda: all(_in_order(rule) for rule in prometheus.rules()), "to evaluate", seconds=60
        )
        _await(
            lambda: not prometheus.query("ALERTS"),
            lambda: f"the city is well, yet alerts are raised: {_names(prometheus.query('ALERTS'))}",
        )
        return f"{count} targets through /sd, {len(prometheus.rules())} rules in order, no alert"

    def _unplug_camera(self) -> str:
        camera = next(port for port in self._city.ports if port.kind == "camera")
        self._fault("endpoint-unplug", endpoint=camera.endpoint)
        _await(lambda: self._is_down(camera), f"{camera.endpoint} still looks alive")
        self._await_alert("CameraDark", f'endpoint="{camera.endpoint}"')
        return f"camera {camera.endpoint} at {camera.place} is dark ({camera.device} {camera.interface})"

    def _cut_uplink(self) -> str:
        uplink = next(
            port for port in self._city.ports if port.kind == "uplink" and port.device.startswith("sw-")
        )
        self._fault("link-cut", node=uplink.device, port=uplink.interface)
        _await(lambda: self._is_down(uplink), f"{uplink.device} {uplink.interface} still looks up")
        self._await_alert("UplinkRedundancyLost", f'device="{uplink.device}"')
        return f"{uplink.device} {uplink.interface} towards {uplink.endpoint}: one uplink left"

    def _drift(self) -> str:
        name = next(name for name in self._nornir.inventory.hosts if name.startswith("core"))
        access = access_of(self._nornir.inventory.hosts[name])
        with ConnectHandler(
            device_type="cisco_nxos", host=access.host, port=access.port,
            username=access.username, password=access.password,
            ssh_strict=True, alt_host_keys=True, alt_key_file=str(access.known_hosts),
            read_timeout_override=60,  # on a busy machine the lab is slow too
        ) as session:  # fmt: skip
            session.send_config_set(["interface loopback99", "description made by hand"])
        harvest = drift_fleet(self._nornir, self._loaded, self._tell)
        _refuse(harvest.errors)
        dirty = [drift for drift in harvest.values.values() if not drift.clean]
        if [drift.device for drift in dirty] != [name]:
            raise DemoError(f"drift should name {name}, but names {[drift.device for drift in dirty]}")
        return f"{name}: {'; '.join(dirty[0].unplanned)}"

    # --- parts --------------------------------------------------------------------------------------------

    @property
    def _files(self) -> LabFiles:
        return LabFiles(self.settings.state / "lab")

    @property
    def _loaded(self) -> Wanted:
        if self._wanted is None:
            raise DemoError("the inventory was not checked")
        return self._wanted

    @property
    def _city(self) -> Expectations:
        if self._expected is None:
            raise DemoError("the inventory was not checked")
        return self._expected

    @property
    def _nornir(self) -> Nornir:
        if self._fleet is None:
            raise DemoError("the lab is not up")
        return self._fleet

    def _tell(self, device: str, words: str) -> None:
        self.note(f"{device}: {words}")

    def _fault(self, kind: str, **where: object) -> None:
        if self._lab is None:
            raise DemoError("the lab is not up")
        self._lab.inject(kind, **where)

    def _sample(self, device: str, metric: str, interface: str | None = None) -> float | None:
        """Value that the watch serves for a device now; None when there is none."""
        page = requests.get(f"{self.watch_url}/probe", params={"target": device}, timeout=30).text
        lines = (line for line in page.split("\n") if line.startswith(f"{metric}{{"))
        for family in text_string_to_metric_families("\n".join(lines)):
            for sample in family.samples:
                if sample.labels.get("interface") == interface:
                    return float(sample.value)
        return None

    def _is_down(self, port: ExpectedPort) -> bool:
        return self._sample(port.device, INTERFACE_UP.name, port.interface) == 0

    def _await_alert(self, name: str, selector: str) -> None:
        prometheus = self._prometheus
        if prometheus is not None:
            asked = f'ALERTS{{alertname="{name}",{selector}}}'
            prometheus.await_(
                lambda: bool(prometheus.query(asked)), f"to raise {name}", seconds=PATIENCE_SECONDS
            )


def _in_order(rule: Mapping[str, Any]) -> bool:
    """Whether a rule was evaluated well; one whose turn is far off (budgets of a month) may still wait."""
    return bool(
        rule["health"] == "ok" or (rule["health"] == "unknown" and rule["interval"] > INTERVAL_SECONDS)
    )


def _refuse(errors: Mapping[str, AgentError]) -> None:
    for error in errors.values():
        raise DemoError(str(error))


def _names(alerts: Iterable[Mapping[str, Any]]) -> str:
    labels = [alert["metric"] for alert in alerts]
    return ", ".join(sorted({f"{each['alertname']} {each.get('device', '')}".strip() for each in labels})[:5])


def _await(holds: Callable[[], bool], problem: str | Callable[[], str]) -> None:
    """Ask until it holds; raises DemoError with the problem when it does not in time."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise DemoError(problem if isinstance(problem, str) else problem())
        time.sleep(0.3)


def demo_settings(inventory: Path, templates: Path, state: Path) -> Settings:
    """Settings of a demo: the shipped city, and a state folder of its own that it may clear."""
    return Settings(inventory=inventory, templates=templates, state=state, secrets=None)
