"""prometheus.yml: who is scraped, how often, and which rules are evaluated."""

from __future__ import annotations

from typing import Any

from agent.noc.rule import duration

SWITCH_JOB, AGENT_JOB = "switches", "moulin"


def build_prometheus(moulin: str, interval_seconds: int = 60, alertmanager: str = "") -> dict[str, Any]:
    """The file as plain data. ``moulin`` is ``host:port`` of ``moulin watch``.

    The switches come from its ``/sd`` by name; each is scraped through its ``/probe?target=NAME``, so that
    ``up`` and the schedule belong to Prometheus; a switch added to the inventory is watched a minute later.
    ``alertmanager`` is ``host:port`` of who is told of alerts; empty: nobody.
    """
    return {
        "global": {
            "scrape_interval": duration(interval_seconds),
            "scrape_timeout": duration(max(1, interval_seconds * 3 // 4)),
            "evaluation_interval": duration(interval_seconds),
        },
        "rule_files": ["rules/*.yml"],
        **({"alerting": {"alertmanagers": [_told(alertmanager)]}} if alertmanager else {}),
        "scrape_configs": [
            {"job_name": AGENT_JOB, "static_configs": [{"targets": [moulin]}]},
            {
                "job_name": SWITCH_JOB,
                "honor_labels": True,  # the role of a port in spanning tree is not the role of the switch
                "metrics_path": "/probe",
                "http_sd_configs": [{"url": f"http://{moulin}/sd", "refresh_interval": "60s"}],
                "relabel_configs": [
                    {"source_labels": ["__address__"], "target_label": "__param_target"},
                    {"source_labels": ["__param_target"], "target_label": "instance"},
                    {"target_label": "__address__", "replacement": moulin},
                ],
            },
        ],
    }


def _told(alertmanager: str) -> dict[str, Any]:
    return {"static_configs": [{"targets": [alertmanager]}]}
