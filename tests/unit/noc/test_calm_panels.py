"""Panels whose emptiness is good and that no fault of the lab fills: promtool fills them from made series."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from agent import metrics as m
from agent.metrics import Metric, write_series
from agent.noc import recordings as r
from agent.noc.dashboards import build_dashboards
from agent.noc.panels import EMPTY_IS_GOOD
from tests.sim.board_panels import NEVER_IN_THE_LAB

PROMTOOL = shutil.which("promtool")
pytestmark = pytest.mark.skipif(PROMTOOL is None, reason="promtool is not installed (package prometheus)")

WORDS = {
    "device": "sw-1", "interface": "Ethernet1/1", "site": "hall", "role": "building", "platform": "n9k",
    "kind": "uplink", "service": "transport", "tenant": "city", "endpoint": "core-1", "place": "Hall",
    "limit": "page", "feed": "traps", "worker": "1", "outcome": "failed", "direction": "out", "policy": "P",
    "class": "voice", "vlan": "7", "reason": "udld", "title": "Hall", "street": "Hall 1", "district": "d",
    "neighbor": "core-1", "neighbor_interface": "Ethernet1/7", "source": "gnmi", "problem": "reconnect",
    "table": "ifTable", "destination": "store", "change": "7", "who": "ana", "sensor": "Rx", "part": "t",
    "model": "SFP", "serial": "1", "hardware": "", "software": "", "vrf": "default", "peer": "192.0.2.1",
    "carrier": "north", "family": "ipv4-unicast",
}  # fmt: skip
_HERE = (m.CITY_DEVICE_INFO, "1x20")
_UPLINK = (m.CITY_INTERFACE_INFO, "1x20")
RISES = "0+60x20"

FILLED: Mapping[str, tuple[tuple[Metric | str, str], ...]] = {
    "port.json · Taken out of service by the switch": ((m.INTERFACE_ERROR_DISABLED, "1x20"),),
    "map.json · Sites without coordinates": ((m.CITY_SITE_INFO, "1x20"),),
    "quality.json · Drops by class": ((m.QOS_DROPPED_PACKETS, RISES), (m.QOS_QUEUE_DISCARDS, RISES)),
    "quality.json · Queues that drop now": ((m.QOS_QUEUE_DISCARDS, RISES),),
    "capacity.json · Links: days until 80 % full at the pace of a week": (
        _UPLINK,
        (r.UTILISATION.name, "0.1+0.0001x20"),
    ),
    "capacity.json · PoE: days until the budget is used": (_HERE, (r.POE_USED_RATIO.name, "0.5+0.0001x20")),
    "capacity.json · Memory: days until 95 % used": (_HERE, (m.MEMORY_RATIO, "0.5+0.0001x20")),
    "optics.json · Fading: more than 0.5 dB lost in a week": (_HERE, (m.SENSOR_DBM, "-2-0.1x20")),
    "collector.json · Tables that were cut short": ((m.POLL_PARTIAL, "1x20"),),
    "collector.json · Meant, and polled by nobody": (_HERE,),
    "collector.json · Series left out": ((m.DROPPED, RISES),),
    "collector.json · Receivers and workers that fell": (
        (m.FEED_FAILURES, RISES),
        (m.WORKER_RESTARTS, RISES),
    ),
    "collector.json · What came too fast": ((m.NOTIFICATIONS_LIMITED, RISES), (m.SYSLOG_LIMITED, RISES)),
    "collector.json · Tickets that failed, notices that were none": ((m.TICKET_FAILURES, RISES),),
    "change.json · Lines that differ from what is meant": (_HERE, (m.CONFIG_DRIFT_LINES, "3x20")),
    "collector.json · Events that were not kept": ((m.EVENTS_UNSAVED, RISES),),
    "collector.json · What went wrong in streams": ((m.STREAM_PROBLEMS, RISES), (m.STREAM_REFUSED, RISES)),
    "collector.json · Given up or sent again": ((m.REMOTE_DROPPED, RISES), (m.REMOTE_RETRIES, RISES)),
    "change.json · Freezes in force": ((m.CITY_FREEZE, "1x20"),),
    "change.json · Up, and nobody meant it": (_HERE, (m.INTERFACE_UP, "1x20")),
    "change.json · Cables that are not as meant": ((m.EXPECTED_NEIGHBOR, "1x20"), (m.INTERFACE_UP, "1x20")),
}
"""Panel to the series that fill it: a metric with the labels of WORDS, or a recording, and values."""


def _queries() -> dict[str, list[str]]:
    chosen = {"$site": WORDS["site"], "$device": WORDS["device"], "$interface": WORDS["interface"]}
    found = {}
    for name, board in build_dashboards().items():
        for panel in board["panels"]:
            if panel.get("description", "").startswith(EMPTY_IS_GOOD):
                exprs = [target["expr"] for target in panel["targets"]]
                for variable, value in chosen.items():
                    exprs = [expr.replace(variable, value) for expr in exprs]
                found[f"{name} · {panel['title']}"] = exprs
    return found


def _series(metric: Metric | str) -> str:
    name, labels = (
        (metric, ("device", "interface")) if isinstance(metric, str) else (metric.name, metric.labels)
    )
    if name == r.POE_USED_RATIO.name:
        labels = ("device",)
    return write_series(name, ((label, WORDS[label]) for label in labels)).strip()


def test_no_calm_panel_is_proved_by_nobody() -> None:
    assert set(FILLED) == NEVER_IN_THE_LAB
    assert set(_queries()) >= NEVER_IN_THE_LAB


def test_promtool_fills_every_panel_that_the_lab_does_not(tmp_path: Path) -> None:
    queries = _queries()
    tests = [
        {
            "name": name,
            "interval": "1m",
            "input_series": [{"series": _series(metric), "values": values} for metric, values in series],
            "promql_expr_test": [
                {
                    "expr": f"count({expr}) > 0",
                    "eval_time": "20m",
                    "exp_samples": [{"labels": "{}", "value": 1}],
                }
                for expr in queries[name]
            ],
        }
        for name, series in FILLED.items()
    ]
    (tmp_path / "tests.yml").write_text(yaml.safe_dump({"rule_files": [], "tests": tests}), encoding="utf-8")
    told = subprocess.run(
        [str(PROMTOOL), "test", "rules", "tests.yml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 0, told.stdout + told.stderr
