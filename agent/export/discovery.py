"""HTTP service discovery for Prometheus: every switch of the intent, ready to be scraped through ``/probe``.

The entries carry ``__metrics_path__`` and ``__param_target``, so that the scrape job needs no relabelling.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from agent.intent.expectation import Target


class Discovered(TypedDict):
    """One entry of the JSON list that Prometheus reads."""

    targets: list[str]
    labels: dict[str, str]


def discover_targets(targets: Iterable[Target], collector: str) -> list[Discovered]:
    """Entries for the switches, to be scraped from the collector at ``host:port``.

    >>> core = Target("core-1", "127.66.0.1", 1161, "ro", "hall", "core", "n7k")
    >>> entry = discover_targets([core], "127.0.0.1:9469")
    >>> entry[0]["targets"], entry[0]["labels"]["__param_target"], entry[0]["labels"]["site"]
    (['127.0.0.1:9469'], 'core-1', 'hall')
    """
    return [
        {
            "targets": [collector],
            "labels": {
                "__metrics_path__": "/probe",
                "__param_target": target.device,
                "instance": target.device,
                "site": target.site,
                "role": target.role,
                "platform": target.platform,
            },
        }
        for target in targets
    ]
