"""A real Prometheus with the generated files: every rule is well, every query of the dashboards finds data.

The promises come from the shipped inventory through the real exporter; each switch says one value of every
metric of the catalogue, so that no query can be empty for want of a device that has such a thing.
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
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from agent import metrics as m
from agent.export.discovery import discover_targets
from agent.export.expected import expected_page
from agent.export.exposition import write_page
from agent.intent.expect import expect
from agent.intent.expectation import ExpectedPort
from agent.intent.load import load_city
from agent.metrics import CATALOGUE, Kind, Metric, Page, Sample
from agent.noc.dashboards import build_dashboards, queries_of
from agent.noc.write import NocPlaces, build_noc, write_noc

ROOT = Path(__file__).parents[2]
PROMETHEUS = shutil.which("prometheus")
PATIENCE_SECONDS = 60
EXPECTED = expect(load_city(ROOT / "inventory"))
DARK = next(port for port in EXPECTED.ports if port.kind == "camera")
DEVICE = DARK.device

pytestmark = pytest.mark.skipif(PROMETHEUS is None, reason="prometheus is not installed")


def _values_of(metric: Metric, device: str) -> Iterator[tuple[dict[str, str], float]]:
    """(labels besides the device, value) of what a switch says about one metric."""
    ports = [port for port in EXPECTED.ports if port.device == device]
    if metric is m.SENSOR_THRESHOLD:
        yield {"sensor": "s", "interface": "", "bound": "high-warning"}, 70
    elif "interface" in metric.labels and not metric.name.startswith("net_sensor"):
        for port in ports:
            words = {"cast": "unicast", "alias": "", "neighbor": port.endpoint, "neighbor_interface": "x"}
            yield words | {"interface": port.interface}, _port_value(metric, port)
    else:
        yield {name: "" if name == "interface" else name[0] for name in metric.labels[1:]}, _value(metric)


def _port_value(metric: Metric, port: ExpectedPort) -> float:
    if metric is m.INTERFACE_SPEED:
        return 1e9
    if metric is m.POE_WATTS:
        return 0 if port == DARK else (port.min_watts or 0) + 2
    return 0 if port == DARK and metric is m.INTERFACE_UP else _value(metric)


def _value(metric: Metric) -> float:
    if metric is m.POLL_TIMESTAMP:
        return time.time()
    return time.time() % 1_000_000 * 1000 if metric.kind is Kind.COUNTER else 1


def _probe(device: str) -> str:
    page = Page()
    for metric in CATALOGUE:
        if metric.name.startswith("city_") or metric.labels[:1] != ("device",):
            continue
        for words, value in _values_of(metric, device):
            page.add(Sample(metric, (device, *(words[name] for name in metric.labels[1:])), value))
    return write_page(page)


class _Collector(BaseHTTPRequestHandler):
    """``/metrics``, ``/sd`` and ``/probe`` as the watch serves them."""

    def do_GET(self) -> None:
        url = urllib.parse.urlsplit(self.path)
        kind = "text/plain; version=0.0.4"
        if url.path == "/sd":
            kind = "application/json"
            text = json.dumps(discover_targets(EXPECTED.targets, self.headers["Host"]))
        elif url.path == "/probe":
            text = _probe(urllib.parse.parse_qs(url.query)["target"][0])
        else:
            text = write_page(expected_page(EXPECTED, datetime.now(UTC)))
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Quiet."""


class _Api:
    def __init__(self, address: str) -> None:
        self.address = address

    def get(self, path: str, **query: str) -> Any:
        url = f"http://{self.address}/api/v1/{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url, timeout=5) as reply:
            return json.loads(reply.read())["data"]

    def query(self, expr: str) -> list[Any]:
        found: list[Any] = self.get("query", query=expr)["result"]
        return found

    def rules(self) -> list[dict[str, Any]]:
        return [rule for group in self.get("rules")["groups"] for rule in group["rules"]]

    def until_settled(self) -> None:
        """Wait until every target was scraped often enough for rates and every rule was evaluated on them."""
        gate, end = threading.Event(), time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                switches = self.query('count(min_over_time(up{job="switches"}[10s]) == 1)')
                ready = switches and int(switches[0]["value"][1]) == len(EXPECTED.targets)
                if (
                    ready
                    and self.query(m.CITY_DEVICE_INFO.name)
                    and self.query("device_interface:utilisation:ratio")
                ):
                    return
            except OSError:
                pass
            gate.wait(0.2)
        pytest.fail("Prometheus never had all targets")


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[_Api]:
    folder = tmp_path_factory.mktemp("prometheus")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    places = NocPlaces(f"127.0.0.1:{server.server_port}", interval_seconds=1)
    write_noc(build_noc(EXPECTED, places), folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [str(PROMETHEUS), f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data",
             f"--web.listen-address={address}"],
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        found = _Api(address)
        found.until_settled()
        yield found
    finally:
        process.terminate()
        process.wait()
        server.shutdown()
        server.server_close()


def test_every_rule_is_well(api: _Api) -> None:
    rules = api.rules()
    assert len(rules) > 30
    assert [(rule["name"], rule.get("lastError")) for rule in rules if rule["health"] == "err"] == []


@pytest.mark.parametrize("board", ["city.json", "switch.json"])
def test_every_query_of_the_dashboards_finds_data(api: _Api, board: str) -> None:
    queries = queries_of(build_dashboards()[board])
    filled = [query.replace("$site", ".*").replace("$device", DEVICE) for query in queries]
    assert [query for query in filled if not api.query(query)] == []


def test_the_dark_camera_is_named_with_its_street(api: _Api) -> None:
    pending = [alert for rule in api.rules() if rule["name"] == "CameraDark" for alert in rule["alerts"]]
    assert [alert["annotations"]["summary"] for alert in pending] == [
        f"camera {DARK.endpoint} at {DARK.place} is dark ({DARK.device} {DARK.interface})"
    ]
    assert pending[0]["labels"]["service"] == DARK.service
    assert pending[0]["labels"]["site"] == DARK.site


def test_nobody_else_is_woken(api: _Api) -> None:
    names = {rule["name"] for rule in api.rules() for _ in rule.get("alerts", ())}
    quiet = {"PortDown", "UplinkRedundancyLost", "SwitchUnreachable", "SwitchNotPolled", "MoulinSilent"}
    assert "CameraDark" in names
    assert not names & quiet


def test_shares_of_services_are_counted_once(api: _Api) -> None:
    dark = api.query(f'service_site:endpoints_meant:count{{service="{DARK.service}"}} '
                     f'- service_site:endpoints_up:sum{{service="{DARK.service}"}} > 0')  # fmt: skip
    assert [float(series["value"][1]) for series in dark] == [1]
    meant = sum(1 for port in EXPECTED.ports if port.service == DARK.service)
    assert (
        float(
            api.query(f'sum(service_site:endpoints_meant:count{{service="{DARK.service}"}})')[0]["value"][1]
        )
        == meant
    )
