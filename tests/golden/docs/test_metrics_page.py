"""docs/metrics.md is what the catalogue says now."""

from __future__ import annotations

import os
from pathlib import Path

from agent.flows.reference import write_reference
from agent.metrics import CATALOGUE

PAGE = Path(__file__).resolve().parents[3] / "docs" / "metrics.md"


def test_the_page_is_current() -> None:
    text = write_reference()
    if os.environ.get("MOULIN_REWRITE_GOLDEN"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text, "run: MOULIN_REWRITE_GOLDEN=1 pytest tests/golden/docs"


def test_every_device_metric_has_a_source() -> None:
    rows = [line for line in write_reference().splitlines() if line.startswith("| `net_")]
    own = [metric for metric in CATALOGUE if metric.name not in CATALOGUE.guests]
    assert len(rows) == sum(metric.name.startswith("net_") for metric in own)
    assert not [row for row in rows if "| Moulin |" in row]


def test_streams_stand_beside_the_tables(tmp_path: Path) -> None:
    """What gNMI and dial-out telemetry declare is merged in, whatever the form of their files."""
    (tmp_path / "models.yaml").write_text(
        "leaves:\n"
        "- {path: /interfaces/interface/state/mtu, metric: net_interface_mtu_bytes}\n"
        "classes:\n"
        "- name: l1PhysIf\n"
        "  leaves: {mtu: [{metric: net_interface_mtu_bytes}]}\n"
        "commands:\n"
        "- {command: show it, fields: {speed: {metric: net_interface_speed_bytes}}}\n"
    )
    rows = write_reference(streams=tmp_path).splitlines()
    (mtu,) = (row for row in rows if row.startswith("| `net_interface_mtu_bytes`"))
    (speed,) = (row for row in rows if row.startswith("| `net_interface_speed_bytes`"))
    assert "ifMtu; `/interfaces/interface/state/mtu` (models); `l1PhysIf mtu` (models) | all |" in mtu
    assert "`show it speed` (models)" in speed
