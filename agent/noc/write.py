"""The NOC's files on disk: Prometheus, rules with their tests, dashboards."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from agent.errors import StoreError
from agent.intent.expectation import Expectations
from agent.noc.alertmanager import HOOK_PATH, Hook, build_alertmanager
from agent.noc.compat import build_compat
from agent.noc.context import owners_of
from agent.noc.dashboards import build_dashboards
from agent.noc.prometheus import build_prometheus
from agent.noc.promtest import build_tests
from agent.noc.rules import RUNBOOKS, alerts_for, build_rules

HEADER = "# Made by 'moulin noc build' from the inventory; changes here are lost.\n"


@dataclass(frozen=True, slots=True)
class NocPlaces:
    """What the files must know of the world outside."""

    moulin: str
    """``host:port`` of ``moulin watch``."""
    interval_seconds: int = 60
    runbooks: str = RUNBOOKS
    """Address before ``/<alert>.md``."""
    snmp_names: bool = False
    """Record the names of snmp_exporter too."""
    alertmanager: str = "127.0.0.1:9093"
    """``host:port`` of Alertmanager, as Prometheus reaches it."""
    token_file: str = ""
    """File with the secret ``web_alerts_token``, where Alertmanager runs; empty where nobody is asked."""


def _yaml(value: dict[str, Any]) -> str:
    return HEADER + yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=160)


def build_noc(expected: Expectations, places: NocPlaces) -> dict[str, str]:
    """Path below the output folder to text, for every file of the NOC."""
    alerts, owners = alerts_for(expected), owners_of(expected)
    dashboards = {
        f"grafana/{name}": json.dumps(board, indent=2, ensure_ascii=False) + "\n"
        for name, board in build_dashboards().items()
    }
    return {
        "prometheus.yml": _yaml(
            build_prometheus(places.moulin, places.interval_seconds, places.alertmanager)
        ),
        "alertmanager.yml": _yaml(build_alertmanager(expected, _hook(places))),
        "rules/city.yml": _yaml(build_rules(expected, places.runbooks)),
        "tests/city.yml": _yaml(build_tests(alerts, "../rules/city.yml", places.runbooks, owners)),
        **({"rules/snmp_exporter.yml": _yaml(build_compat())} if places.snmp_names else {}),
        **dashboards,
    }


def _hook(places: NocPlaces) -> Hook:
    return Hook(f"http://{places.moulin}{HOOK_PATH}", places.token_file)


def write_noc(texts: dict[str, str], folder: Path) -> tuple[Path, ...]:
    """Write the files, each replaced as a whole. Raises StoreError when the disk refuses."""
    written = []
    try:
        for name, text in texts.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            part = file.with_name(f"{file.name}.part")
            part.write_text(text, encoding="utf-8")
            written.append(part.replace(file))
    except OSError as exc:
        raise StoreError(
            f"{exc.filename or folder}: cannot be written ({exc.strerror}). choose another -o"
        ) from exc
    return tuple(written)
