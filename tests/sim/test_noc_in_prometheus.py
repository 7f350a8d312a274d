"""The whole watch, for real: virtual city, collector, Prometheus with the generated files.

Every rule is well, every query of the dashboards finds data, nobody is woken while all is well; a camera is
unplugged and an uplink cut, and then the alerts name the street and the switch.
"""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent.flows.lab import call_control
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import ExpectedPort
from agent.noc.write import NocPlaces, build_noc, write_noc
from agent.web.serve import RunningWatch
from tests.sim.board_panels import panels_of
from tests.sim.city_lab import SECRETS, expected_at, running, whole_city

PROMETHEUS = shutil.which("prometheus")
INTERVAL_SECONDS = 3
PATIENCE_SECONDS = 90
SETTLED = f'count(min_over_time(up{{job="switches"}}[{2 * INTERVAL_SECONDS + 1}s]) == 1)'
RATED = "count(count by (device) (device_interface:utilisation:ratio))"

pytestmark = pytest.mark.skipif(PROMETHEUS is None, reason="prometheus is not installed")


NET = "127.86"
EXPECTED = expected_at(NET)


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


@contextmanager
def _prometheus(folder: Path, moulin: str) -> Iterator[_Api]:
    write_noc(build_noc(EXPECTED, NocPlaces(moulin, INTERVAL_SECONDS)), folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [
        str(PROMETHEUS),
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address={address}",
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


def _empty(api: _Api, port: ExpectedPort) -> list[str]:
    """Panels that show nothing and do not say why that may be."""
    chosen = {"$site": ".*", "$device": port.device, "$interface": port.interface}
    return [
        f"{panel.board} · {panel.title}: {expr}"
        for panel in panels_of(chosen)
        for expr in panel.queries
        if not panel.may_be_empty and not api.query(expr)
    ]


def test_prometheus_watches_the_city(tmp_path: Path) -> None:
    camera = next(port for port in EXPECTED.ports if port.kind == "camera")
    uplink = next(port for port in EXPECTED.ports if (port.device, port.kind) == (camera.device, "uplink"))
    with ExitStack() as stack:
        control = stack.enter_context(whole_city(tmp_path, NET))
        options = WatchOptions(interval_seconds=INTERVAL_SECONDS)
        watch = stack.enter_context(RunningWatch(lambda: Watch(EXPECTED, SECRETS, options), "127.0.0.1:0"))
        api = stack.enter_context(_prometheus(tmp_path, watch.url.removeprefix("http://")))
        _until(api.settled, "all switches scraped")

        rules = api.rules()
        assert len(rules) > 30
        assert [(rule["name"], rule.get("lastError")) for rule in rules if rule["health"] != "ok"] == []
        assert _empty(api, camera) == []
        awake = {rule["name"] for rule in rules if rule.get("alerts")}
        assert awake <= {"SwitchRestarted", "ConfigUnsaved"}  # the lab has just been switched on
        assert [float(series["value"][1]) for series in api.query("service:endpoints_up:ratio != 1")] == []

        call_control(control, "POST", "/faults", {"kind": "endpoint-unplug", "endpoint": camera.endpoint})
        where = {"node": uplink.device, "port": uplink.interface}
        call_control(control, "POST", "/faults", {"kind": "link-cut", **where})
        _until(lambda: api.summaries("CameraDark") != set(), "the alert of the camera")
        assert api.summaries("CameraDark") == {
            f"camera {camera.endpoint} at {camera.place} is dark ({camera.device} {camera.interface})"
        }
        _until(lambda: api.summaries("UplinkRedundancyLost") != set(), "the alert of the uplink")
        assert api.summaries("UplinkRedundancyLost") == {
            f"switch {uplink.device} at {uplink.site} hangs on fewer uplinks than meant"
        }
