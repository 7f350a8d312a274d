"""compose.yaml: Moulin, Prometheus, Alertmanager and Grafana on one machine.

They share the machine's own network and listen on loopback only: Moulin then reaches switches and hears their
traps as if it ran natively, and nothing is open to others before somebody puts a proxy in front.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from agent.noc.grafana import BOARDS_FOLDER, PROMETHEUS_URL

PROMETHEUS_IMAGE = "prom/prometheus:v3.5.0"
ALERTMANAGER_IMAGE = "prom/alertmanager:v0.28.1"
GRAFANA_IMAGE = "grafana/grafana:11.6.0"
"""The release whose schema the boards are made with."""
PASSWORD = "grafana_admin_password"  # noqa: S105 - the name of a secret
_SECRETS = "moulin_secrets"
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


def _is_here(address: str) -> bool:
    """Whether Moulin listens on loopback: ``127.0.0.1:9469``."""
    host = address.rpartition(":")[0].strip("[]")
    return host in {"localhost", "::1"} or host.startswith("127.")


def build_compose(files: Collection[str], address: str) -> dict[str, Any]:
    """The file as plain data; ``files`` are those that stand beside it, ``address`` where Moulin listens.

    Alertmanager is left out when there is no alertmanager.yml; Moulin when it runs on another machine.
    """
    prometheus = _service(
        PROMETHEUS_IMAGE,
        [
            "--config.file=/etc/prometheus/prometheus.yml",
            "--storage.tsdb.path=/prometheus",
            "--storage.tsdb.retention.time=${PROMETHEUS_RETENTION:-40d}",
            "--web.listen-address=127.0.0.1:9090",
        ],
        [
            "./prometheus.yml:/etc/prometheus/prometheus.yml:ro",
            "./rules:/etc/prometheus/rules:ro",
            "prometheus:/prometheus",
        ],
    )
    alertmanager = _service(
        ALERTMANAGER_IMAGE,
        [
            "--config.file=/etc/alertmanager/alertmanager.yml",
            "--storage.path=/alertmanager",
            "--web.listen-address=127.0.0.1:9093",
            "--cluster.listen-address=",
        ],
        ["./alertmanager.yml:/etc/alertmanager/alertmanager.yml:ro", "alertmanager:/alertmanager"],
    )
    alarmed, here = "alertmanager.yml" in files, _is_here(address)
    return {
        "services": {
            **({"moulin": _moulin(address)} if here else {}),
            "prometheus": prometheus,
            **({"alertmanager": alertmanager} if alarmed else {}),
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
            PASSWORD: {"file": "${GRAFANA_PASSWORD_FILE:-./grafana-admin-password}"},
        },
    }
