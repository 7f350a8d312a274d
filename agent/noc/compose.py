"""compose.yaml: Moulin, Prometheus, Alertmanager and Grafana on one machine.

They share the machine's own network and listen on loopback only: Moulin then reaches switches and hears their
traps as if it ran natively, and nothing is open to others before somebody puts a proxy in front.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from agent.noc.grafana import BOARDS_FOLDER, PROMETHEUS_URL

PROMETHEUS_IMAGE = "prom/prometheus:v3.5.0"
ALERTMANAGER_IMAGE = "prom/alertmanager:v0.28.1"
GRAFANA_IMAGE = "grafana/grafana:11.6.0"
"""The release whose schema the boards are made with."""
PASSWORD = "grafana_admin_password"  # noqa: S105 - the name of a secret
_SECRETS, _MAIL = "moulin_secrets", "smtp_password"
_NOC = "/noc"
"""The folder as a whole: a file that is mounted by itself stays the old one when a build replaces it."""
_USER = "${MOULIN_USER:-1000:1000}"
"""Who may read the secret files: ``$(id -u):$(id -g)`` of the person who made them."""


def _service(image: str, command: list[str] | None, volumes: list[str]) -> dict[str, Any]:
    return {
        "image": image,
        **({"command": command} if command else {}),
        "network_mode": "host",
        "restart": "unless-stopped",
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "volumes": volumes,
    }


def _moulin(address: str) -> dict[str, Any]:
    moulin = _service(
        "${MOULIN_IMAGE:-moulin:latest}",
        ["watch", "--listen", address],
        ["${MOULIN_INVENTORY:-../inventory}:/city/inventory:ro", "moulin:/city/state"],
    )
    return {
        **moulin,
        "user": _USER,
        "secrets": [_SECRETS],
        "environment": {"MOULIN_SECRETS": f"/run/secrets/{_SECRETS}"},
    }


def _grafana() -> dict[str, Any]:
    grafana = _service(
        GRAFANA_IMAGE,
        None,
        [
            "./grafana/provisioning:/etc/grafana/provisioning:ro",
            f"./grafana/dashboards:{BOARDS_FOLDER}:ro",
            "grafana:/var/lib/grafana",
        ],
    )
    environment = {
        "GF_SERVER_HTTP_ADDR": "127.0.0.1",
        "GF_SECURITY_ADMIN_PASSWORD__FILE": f"/run/secrets/{PASSWORD}",
        "GF_USERS_ALLOW_SIGN_UP": "false",
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        "GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH": f"{BOARDS_FOLDER}/wall.json",
        "MOULIN_BOARDS": BOARDS_FOLDER,
        "MOULIN_PROMETHEUS": PROMETHEUS_URL,
    }
    return {
        **grafana,
        "user": _USER,
        "secrets": [PASSWORD],
        "environment": environment,
        "depends_on": ["prometheus"],
    }


def _alertmanager(password_file: str) -> dict[str, Any]:
    """It runs as nobody, who owns its volume, in the group of whoever made the password file."""
    alertmanager = _service(
        ALERTMANAGER_IMAGE,
        [
            f"--config.file={_NOC}/alertmanager.yml",
            "--storage.path=/alertmanager",
            "--web.listen-address=127.0.0.1:9093",
            "--cluster.listen-address=",
        ],
        [f".:{_NOC}:ro", "alertmanager:/alertmanager"],
    )
    if not password_file:
        return alertmanager
    secret = {"source": _MAIL, "target": password_file}
    return {**alertmanager, "user": "65534:${MOULIN_GROUP:-1000}", "secrets": [secret]}


def _is_here(address: str) -> bool:
    """Whether Moulin listens on loopback: ``127.0.0.1:9469``."""
    host = address.rpartition(":")[0].strip("[]")
    return host in {"localhost", "::1"} or host.startswith("127.")


def build_compose(files: Mapping[str, str], address: str) -> dict[str, Any]:
    """The file as plain data; ``files`` are the texts that stand beside it, ``address`` where Moulin listens.

    Alertmanager is left out when there is no alertmanager.yml; Moulin when it runs on another machine.
    """
    prometheus = _service(
        PROMETHEUS_IMAGE,
        [
            f"--config.file={_NOC}/prometheus.yml",
            "--storage.tsdb.path=/prometheus",
            "--storage.tsdb.retention.time=${PROMETHEUS_RETENTION:-40d}",
            "--web.listen-address=127.0.0.1:9090",
        ],
        [f".:{_NOC}:ro", "prometheus:/prometheus"],
    )
    alarmed, here = "alertmanager.yml" in files, _is_here(address)
    alerting = yaml.safe_load(files["alertmanager.yml"]) if alarmed else {}
    mail = str(alerting.get("global", {}).get("smtp_auth_password_file", ""))
    return {
        "services": {
            **({"moulin": _moulin(address)} if here else {}),
            "prometheus": prometheus,
            **({"alertmanager": _alertmanager(mail)} if alarmed else {}),
            "grafana": _grafana(),
        },
        "volumes": {
            **({"moulin": {}} if here else {}),
            "prometheus": {},
            **({"alertmanager": {}} if alarmed else {}),
            "grafana": {},
        },
        "secrets": {
            **({_SECRETS: {"file": "${MOULIN_SECRETS:-../secrets.yaml}"}} if here else {}),
            **({_MAIL: {"file": "${SMTP_PASSWORD_FILE:-./smtp-password}"}} if mail else {}),
            PASSWORD: {"file": "${GRAFANA_PASSWORD_FILE:-./grafana-admin-password}"},
        },
    }
