"""What Grafana reads at its start: the source, and the folder of boards."""

from __future__ import annotations

from typing import Any

SOURCE_UID = "moulin-prometheus"
"""Never changes, so that links and alerts of others may hold it."""
PROMETHEUS_URL = "http://127.0.0.1:9090"
BOARDS_FOLDER = "/etc/grafana/moulin"
"""Where compose.yaml shows Grafana the folder ``grafana/dashboards``; natively MOULIN_BOARDS says where."""


def build_source() -> dict[str, Any]:
    """``provisioning/datasources``: Prometheus on the same machine, unless MOULIN_PROMETHEUS says where."""
    return {
        "apiVersion": 1,
        "datasources": [
            {
                "uid": SOURCE_UID,
                "name": "Prometheus",
                "type": "prometheus",
                "access": "proxy",
                "url": "$MOULIN_PROMETHEUS",
                "isDefault": True,
                "editable": False,
                "jsonData": {"httpMethod": "POST", "manageAlerts": False},
            }
        ],
    }


def build_provider() -> dict[str, Any]:
    """``provisioning/dashboards``: boards come from files; what is edited in the browser is not kept."""
    return {
        "apiVersion": 1,
        "providers": [
            {
                "name": "moulin",
                "folder": "Moulin",
                "folderUid": "moulin",
                "type": "file",
                "disableDeletion": False,
                "allowUiUpdates": False,
                "updateIntervalSeconds": 30,
                "options": {"path": "$MOULIN_BOARDS"},
            }
        ],
    }
