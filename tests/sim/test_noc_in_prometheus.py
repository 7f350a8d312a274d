"""The whole watch, for real: virtual city, collector, Prometheus with the generated files.

Every rule is well, every panel of every board shows data unless it says that empty is good, nobody is woken
while all is well; then things break: the alerts name the street and the switch, and those panels fill too.
"""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from agent.export.exposition import TEXT, write_page
from agent.flows.lab import call_control
from agent.intent.expectation import ExpectedPort
from agent.noc.recordings import CITY_WATTS
from agent.noc.write import NocPlaces, build_noc, write_noc
from agent.web.serve import RunningWatch
from tests.sim.board_panels import NEVER_IN_THE_LAB, BoardPanel, panels_of
from tests.sim.city_lab import SECRETS, expected_at, part_of, running, whole_city
from tests.sim.full_watch import MORE, Attended, full_watch, others_page

PROMETHEUS = shutil.which("prometheus")
INTERVAL_SECONDS = 5
PATIENCE_SECONDS = 120
SETTLED = f'count(min_over_time(up{{job="switches"}}[{2 * INTERVAL_SECONDS + 1}s]) == 1)'
RATED = "count(count by (device) (device_interface:utilisation:ratio))"

pytestmark = pytest.mark.skipif(PROMETHEUS is None, reason="prometheus is not installed")


NET = "127.86"
BUILDINGS = ("sw-mairie", "sw-mediatheque", "sw-police", "sw-pompiers")
CENTRE = ("core-1", "core-2", "edge-1", "edge-2", "leaf-1", "leaf-2", "leaf-3", "leaf-4")
EXPECTED = part_of(expected_at(NET), {*BUILDINGS, *CENTRE})
"""Half of the city: every kind of switch and of endpoint."""


@dataclass(frozen=True)
class _Api:
    """Prometheus over HTTP."""

    address: str

    def get(self, path: str, **query: str) -> Any:
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=10) as reply:
            return json.loads(reply.read())["data"]

    def query(self, expr: str) -> list[Any]:
        found: list[Any] = self.get("query", query=expr)["result"]
        return found

    def rules(self) -> list[dict[str, Any]]:
        return [rule for group in self.get("rules")["groups"] for rule in group["rules"]]

    def summaries(self, name: str) -> set[str]:
        """What the alerts of a rule say, pending or firing."""
        alerts = [alert for rule in self.rules() if rule["name"] == name for alert in rule["alerts"]]
        return {alert["annotations"]["summary"] for alert in alerts}

    def settled(self) -> bool:
        """All switches and the intent were scraped, and the last recordings have seen it."""
        counts = [self.query(count) for count in (SETTLED, RATED)]
        everywhere = all(found and int(found[0]["value"][1]) == len(EXPECTED.targets) for found in counts)
        return everywhere and bool(self.query("service:endpoints_up:ratio"))


class _Others(BaseHTTPRequestHandler):
    """The page of what the lab has no device for."""

    def do_GET(self) -> None:
        body = write_page(others_page()).encode()
        self.send_response(200)
        self.send_header("Content-Type", TEXT)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name of the base class
        """Nothing."""


@contextmanager
def _others() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Others) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@contextmanager
def _store(folder: Path) -> Iterator[_Api]:
    """A Prometheus that takes remote write, and scrapes nobody."""
    folder.mkdir()
    (folder / "prometheus.yml").write_text("{}\n", encoding="utf-8")
    with _server(folder, "--web.enable-remote-write-receiver") as api:
        yield api


@contextmanager
def _prometheus(folder: Path, moulin: str, *others: str) -> Iterator[_Api]:
    write_noc(build_noc(EXPECTED, NocPlaces(moulin, INTERVAL_SECONDS)), folder)
    config = folder / "prometheus.yml"
    read = yaml.safe_load(config.read_text(encoding="utf-8"))
    read["scrape_configs"].append({"job_name": "others", "static_configs": [{"targets": list(others)}]})
    config.write_text(yaml.safe_dump(read), encoding="utf-8")
    for rules in (folder / "rules").glob("*.yml"):
        hasty = yaml.safe_load(rules.read_text(encoding="utf-8"))
        for group in hasty["groups"]:
            group.pop("interval", None)  # what is worked out every few minutes only
            for rule in group["rules"]:
                if rule.get("alert") == "CameraDark":
                    del rule["for"]  # one incident is open at once; the others wait as they should
        rules.write_text(yaml.safe_dump(hasty), encoding="utf-8")
    _remember(folder)
    with _server(folder) as api:
        yield api


def _remember(folder: Path) -> None:
    """Watts of the days before, as Prometheus would have recorded them, for what compares weeks."""
    now = int(time.time())
    text = [f"{CITY_WATTS.name} {20_000 + hour % 24} {now - 3600 * hour}" for hour in range(24 * 9, 6, -1)]
    (folder / "before.txt").write_text("\n".join([*text, "# EOF", ""]), encoding="utf-8")
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "before.txt", "data"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout + told.stderr


@contextmanager
def _server(folder: Path, *options: str) -> Iterator[_Api]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [
        str(PROMETHEUS),
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address={address}",
        *options,
    ]
    with running(command, folder / "prometheus.log"):
        yield _Api(address)


def _until(true: Callable[[], bool], what: str) -> None:
    pause, end = threading.Event(), time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        try:
            if true():
                return
        except OSError:
            pass  # Prometheus does not listen yet
        pause.wait(0.3)
    pytest.fail(f"in {PATIENCE_SECONDS} s it never came: {what}")


def _empty(api: _Api, ports: list[ExpectedPort], *, calm: bool) -> list[str]:
    """Panels that never show anything for any of these ports; ``calm``: of those whose emptiness is good.

    They are asked again and again until all have shown something or patience ends.
    """
    asked: dict[str, list[BoardPanel]] = defaultdict(list)
    for port in ports:
        chosen = {"$site": ".*", "$device": port.device, "$interface": port.interface}
        for panel in panels_of(chosen):
            name = f"{panel.board} · {panel.title}"
            if panel.calm is calm and name not in NEVER_IN_THE_LAB:
                asked[name].append(panel)
    pause, end = threading.Event(), time.monotonic() + PATIENCE_SECONDS
    while asked and time.monotonic() < end:
        for name in [name for name, panels in asked.items() if any(_shows(api, one) for one in panels)]:
            del asked[name]
        pause.wait(1.0)
    return sorted(asked)


def _shows(api: _Api, panel: BoardPanel) -> bool:
    found = (bool(api.query(expr)) for expr in dict.fromkeys(panel.queries))
    return any(found) if panel.calm else all(found)


def _break(control: str, kind: str, **words: object) -> None:
    """The lab works out all routes anew meanwhile: it may take its time."""
    told = requests.post(f"http://{control}/faults", json={"kind": kind, **words}, timeout=60)
    assert told.ok, told.text


def _type(device: str, *lines: str) -> None:
    """Somebody changes a switch by hand, and does not save."""
    address = next(target.address for target in EXPECTED.targets if target.device == device)
    told = requests.post(
        f"http://{address}:8080/ins",
        auth=("admin", SECRETS["admin_password"]),
        json={
            "ins_api": {
                "version": "1.0",
                "type": "cli_conf",
                "chunk": "0",
                "sid": "1",
                "input": " ;".join(lines),
                "output_format": "json",
            }
        },
        timeout=30,
    )
    assert told.ok, told.text


def _spoil(control: str, camera: ExpectedPort, uplink: ExpectedPort) -> None:
    """A bad day: one of everything that the boards keep a panel for."""
    _break(control, "endpoint-unplug", endpoint=camera.endpoint)
    _break(control, "link-cut", node=uplink.device, port=uplink.interface)
    others = [port for port in EXPECTED.ports if port.kind == "camera" and port.device != camera.device]
    rates = {"rx_errors": 50, "rx_discards": 50, "tx_discards": 50, "tx_errors": 5}
    _break(control, "port-errors", node=others[0].device, port=others[0].interface, **rates)
    point = next(port for port in EXPECTED.ports if port.kind == "access-point")
    _break(control, "endpoint-unplug", endpoint=point.endpoint)
    tenant = next(port for port in EXPECTED.ports if port.tenant != "city")
    _break(control, "endpoint-unplug", endpoint=tenant.endpoint)
    _break(control, "psu-fail", node="leaf-2", slot=1)
    last = EXPECTED.targets[-1].device
    _break(control, "snmp-silence", node=last)
    ports = (port for port in EXPECTED.ports if port.kind == "uplink")
    far = next(port for port in ports if port.device not in {uplink.device, last, "leaf-2"})
    _break(control, "link-one-way", node=far.device, port=far.interface)
    _break(control, "optic-dim", node="core-1", port="Ethernet3/1", decibels=6)
    _break(control, "carrier-down", endpoint="alize")
    _break(control, "carrier-down", endpoint="boreal", for_seconds=60)  # it comes back when the clock goes on


@pytest.mark.timeout(480)  # a minute where nothing else runs
def test_prometheus_watches_the_city(tmp_path: Path) -> None:
    camera = next(port for port in EXPECTED.ports if port.kind == "camera")
    uplink = next(port for port in EXPECTED.ports if (port.device, port.kind) == (camera.device, "uplink"))
    with ExitStack() as stack:
        store = stack.enter_context(_store(tmp_path / "store"))
        control = stack.enter_context(whole_city(tmp_path, NET, MORE))
        where = Attended(tmp_path, NET, store.address, INTERVAL_SECONDS)
        watch = stack.enter_context(RunningWatch(lambda: full_watch(EXPECTED, SECRETS, where), "127.0.0.1:0"))
        others = stack.enter_context(_others())
        api = stack.enter_context(_prometheus(tmp_path, watch.url.removeprefix("http://"), others))
        _until(api.settled, "all switches scraped")

        rules = api.rules()
        assert len(rules) > 30
        assert [(rule["name"], rule.get("lastError")) for rule in rules if rule["health"] != "ok"] == []
        awake = {rule["name"] for rule in rules for one in rule.get("alerts", ()) if one["state"] == "firing"}
        assert awake <= {"SwitchRestarted", "ConfigUnsaved"}  # the lab has just been switched on
        assert [float(series["value"][1]) for series in api.query("service:endpoints_up:ratio != 1")] == []

        _type("leaf-3", "interface loopback77", "description by hand")
        assert "\n".join(_empty(api, [camera, uplink], calm=False)) == ""

        _spoil(control, camera, uplink)
        _until(lambda: api.summaries("CameraDark") != set(), "the alert of the camera")
        assert api.summaries("CameraDark") >= {
            f"camera {camera.endpoint} at {camera.place} is dark ({camera.device} {camera.interface})"
        }
        _until(lambda: api.summaries("UplinkRedundancyLost") != set(), "the alert of the uplink")
        assert api.summaries("UplinkRedundancyLost") >= {
            f"switch {uplink.device} at {uplink.site} hangs on fewer uplinks than meant"
        }
        call_control(control, "POST", "/clock/advance", {"seconds": 300})
        assert "\n".join(_empty(api, [camera, uplink], calm=True)) == ""
