"""Scrape configuration for more collectors than one: parts of the city, each watched by two, into one store.

Every collector watches a shard. Two sets of collectors watch the same shards, so that one may die; every
scraper (a Prometheus in agent mode) scrapes both sets, so that one of those may die too. The store drops
what comes twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from agent.noc.prometheus import AGENT_JOB, SWITCH_JOB
from agent.noc.rule import duration

LABEL = "collector"
"""Which set told it: on ``up`` and ``scrape_…`` in the store, on nothing else there."""


@dataclass(frozen=True, slots=True)
class Collector:
    """A ``moulin watch --shard NUMBER/COUNT``."""

    set_name: str
    number: int
    count: int
    address: str
    """``host:port`` of its pages."""

    @property
    def name(self) -> str:
        """Short word for it: ``a-0``."""
        return f"{self.set_name}-{self.number}"


def build_scraper(collectors: Iterable[Collector], store: str, interval_seconds: int = 30) -> dict[str, Any]:
    """``prometheus.yml`` of a scraper; ``store`` is the URL of the store's remote write."""
    found = list(collectors)
    return {
        "global": {
            "scrape_interval": duration(interval_seconds),
            "scrape_timeout": duration(max(1, interval_seconds * 3 // 4)),
        },
        "scrape_configs": [job for one in found for job in (_switches(one), _itself(one))],
        "remote_write": [{"url": store, "write_relabel_configs": _merge_sets()}],
    }


def _switches(collector: Collector) -> dict[str, Any]:
    return {
        "job_name": f"{SWITCH_JOB}-{collector.name}",
        "metrics_path": "/probe",
        "http_sd_configs": [{"url": f"http://{collector.address}/sd", "refresh_interval": "60s"}],
        "relabel_configs": [
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__param_target"], "target_label": "instance"},
            {"target_label": "__address__", "replacement": collector.address},
            {"target_label": "job", "replacement": SWITCH_JOB},
            {"target_label": LABEL, "replacement": collector.set_name},
        ],
    }


def _itself(collector: Collector) -> dict[str, Any]:
    shard = f"shard-{collector.number}"
    return {
        "job_name": f"{AGENT_JOB}-{collector.name}",
        "static_configs": [{"targets": [collector.address]}],
        "relabel_configs": [
            {"target_label": "job", "replacement": AGENT_JOB},
            {"target_label": "instance", "replacement": collector.name},
            {"target_label": LABEL, "replacement": collector.set_name},
        ],
        # what the intent expects is the same from both sets: one series, whichever tells it
        "metric_relabel_configs": [
            {
                "source_labels": ["__name__"],
                "regex": "city_.+",
                "target_label": "instance",
                "replacement": shard,
            }
        ],
    }


def _merge_sets() -> list[dict[str, Any]]:
    """Both sets fill the same series, except where it matters who scraped whom."""
    kept = "__tmp_set"
    return [
        {
            "source_labels": ["__name__", LABEL],
            "regex": "(?:up|scrape_.+);(.+)",
            "target_label": kept,
        },
        {"regex": LABEL, "action": "labeldrop"},
        {"source_labels": [kept], "regex": "(.+)", "target_label": LABEL},
        {"regex": kept, "action": "labeldrop"},
    ]
