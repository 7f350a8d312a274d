"""The NOC's files on disk: Prometheus, rules with their tests, Grafana's boards, compose to run it all."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from agent.errors import StoreError, UsageError
from agent.intent.expectation import Expectations
from agent.noc.alertmanager import HOOK_PATH, Hook, build_alertmanager
from agent.noc.alerts import GROUPS
from agent.noc.compat import build_compat
from agent.noc.compose import build_compose
from agent.noc.context import owners_of
from agent.noc.dashboards import build_dashboards, build_playlist
from agent.noc.grafana import build_provider, build_source
from agent.noc.prometheus import build_prometheus
from agent.noc.promtest import Said, build_test_files
from agent.noc.rules import RUNBOOKS, alerts_for, build_rules

HEADER = "# Made by 'moulin noc build' from the inventory; changes here are lost.\n"
BOARDS = "grafana/dashboards"


@dataclass(frozen=True, slots=True)
class NocPlaces:
    """What the files must know of the world outside. Raises UsageError for an address that is none."""

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

    def __post_init__(self) -> None:
        for option, address in (("--moulin-address", self.moulin), ("--alertmanager", self.alertmanager)):
            if not _is_address(address):
                raise UsageError(f"{option} {address!r} is not HOST:PORT. write it like 192.0.2.10:9469")


def _is_address(text: str) -> bool:
    """Whether this is ``host:port``.

    >>> [_is_address(text) for text in ("a.example:9093", "[::1]:9093", "a", "a:b", "http://a:1", "a b:1")]
    [True, True, False, False, False, False]
    """
    try:
        parts = urlsplit(f"//{text}")
        return parts.netloc == text and bool(parts.hostname and parts.port) and not re.search(r"[\s@]", text)
    except ValueError:  # a port that is no number, brackets that do not close
        return False


def _yaml(value: dict[str, Any]) -> str:
    return HEADER + yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=160)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def build_noc(expected: Expectations, places: NocPlaces) -> dict[str, str]:
    """Path below the output folder to text, for every file of the NOC."""
    wanted = frozenset(alerts_for(expected))
    groups = build_rules(expected, places.runbooks)["groups"]
    tests = build_test_files(
        ((name, [alert for alert in alerts if alert in wanted]) for name, alerts in GROUPS),
        Said(places.runbooks, owners_of(expected)),
    )
    prometheus = build_prometheus(places.moulin, places.interval_seconds, places.alertmanager)
    texts = {
        "prometheus.yml": _yaml(prometheus),
        "alertmanager.yml": _yaml(build_alertmanager(expected, _hook(places))),
        **{f"rules/{group['name']}.yml": _yaml({"groups": [group]}) for group in groups},
        **{f"tests/{name}.yml": _yaml(tests) for name, tests in tests.items()},
        **({"rules/snmp_exporter.yml": _yaml(build_compat())} if places.snmp_names else {}),
        "grafana/provisioning/datasources/moulin.yml": _yaml(build_source()),
        "grafana/provisioning/dashboards/moulin.yml": _yaml(build_provider()),
        "grafana/playlist.json": _json(build_playlist()),
        **{f"{BOARDS}/{name}": _json(board) for name, board in build_dashboards().items()},
    }
    return {**texts, "compose.yaml": _yaml(build_compose(texts, places.moulin))}


def differing(texts: dict[str, str], folder: Path) -> dict[str, str]:
    """Files that are not what would be written, and how: ``missing``, ``differs``, ``of nobody``.

    The last is a board in the folder of boards, or a rule file of an earlier build, that no build makes now.
    Raises StoreError for a file that cannot be read.
    """
    found = {}
    for name, text in texts.items():
        try:
            same = (folder / name).read_text(encoding="utf-8") == text
        except FileNotFoundError:
            found[name] = "missing"
        except UnicodeDecodeError:
            found[name] = "differs"
        except OSError as exc:
            raise StoreError(f"{folder / name}: cannot be read ({exc.strerror})") from exc
        else:
            if not same:
                found[name] = "differs"
    left = sorted((folder / BOARDS).glob("*.json"))
    left += [file for file in sorted((folder / "rules").glob("*.yml")) if _is_ours(file)]
    names = (file.relative_to(folder).as_posix() for file in left)
    return {**found, **{name: "of nobody" for name in names if name not in texts}}


def _is_ours(file: Path) -> bool:
    """Whether a build once wrote it: a rule file that is left over would raise its alerts a second time."""
    try:
        return file.read_bytes().startswith(HEADER.encode())
    except OSError:
        return False


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
