"""The names of snmp_exporter, made of ours: Prometheus itself evaluates the rules."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from agent import metrics as m
from agent.collect import if_mib
from agent.noc.compat import COMPAT, build_compat

PORT = 'device="a",interface="Ethernet1/1",instance="a"'
BARE = 'device="a",interface="mgmt0",instance="a"'
NAMES = 'ifName="Ethernet1/1",ifDescr="Ethernet1/1"'


def case(expr: str, *samples: tuple[str, float]) -> dict[str, Any]:
    found = [{"labels": labels, "value": value} for labels, value in samples]
    return {"expr": expr, "eval_time": "2m", "exp_samples": found}


def test_prometheus_makes_the_other_names_of_ours(tmp_path: Path) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    series = {
        f'{m.INTERFACE_INFO.name}{{{PORT},alias="camera 7"}}': "1x5",
        f"{m.INTERFACE_RX_BYTES.name}{{{PORT}}}": "100+100x5",
        f"{m.INTERFACE_RX_BYTES.name}{{{BARE}}}": "7x5",
        f'{m.INTERFACE_TX_PACKETS.name}{{{PORT},cast="multicast"}}': "9x5",
        f"{m.INTERFACE_UP.name}{{{PORT}}}": "0x5",
        f"{m.INTERFACE_SPEED.name}{{{PORT}}}": "1.25e9x5",
        f'{m.UPTIME.name}{{device="a",instance="a"}}': "12.5x5",
    }
    with_alias = f'{PORT},{NAMES},ifAlias="camera 7"'
    bare = f'{BARE},ifName="mgmt0",ifDescr="mgmt0"'
    cases = [
        case("ifHCInOctets", (f"ifHCInOctets{{{with_alias}}}", 300), (f"ifHCInOctets{{{bare}}}", 7)),
        case("ifHCOutMulticastPkts", (f'ifHCOutMulticastPkts{{{with_alias},cast="multicast"}}', 9)),
        case("ifOperStatus", (f"ifOperStatus{{{with_alias}}}", 2)),
        case("ifHighSpeed", (f"ifHighSpeed{{{with_alias}}}", 10_000)),
        case("sysUpTime", ('sysUpTime{device="a",instance="a"}', 1250)),
    ]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(build_compat()))
    given = [{"series": name, "values": values} for name, values in series.items()]
    test = {
        "rule_files": ["rules.yml"],
        "tests": [{"interval": "1m", "input_series": given, "promql_expr_test": cases}],
    }
    (tmp_path / "tests.yml").write_text(yaml.safe_dump(test))
    checked = subprocess.run(
        [promtool, "test", "rules", str(tmp_path / "tests.yml")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_names_are_those_of_the_other_exporter() -> None:
    assert {rule.name for rule in COMPAT} <= {metric.name for metric in if_mib.METRICS}
