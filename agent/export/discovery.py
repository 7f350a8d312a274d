"""HTTP service discovery for Prometheus: every switch of the intent, scraped through ``/probe?target=``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from agent.intent.expectation import Target


class Discovered(TypedDict):
    """One entry of the JSON list that Prometheus reads."""

    targets: list[str]
    labels: dict[str, str]


def discover_targets(targets: Iterable[Target]) -> list[Discovered]:
    """One entry per switch: its name, and the labels that all of its series get.

    >>> core = Target("core-1", "127.66.0.1", 1161, "ro", "hall", "core", "n7k")
    >>> discover_targets([core])
    [{'targets': ['core-1'], 'labels': {'site': 'hall', 'role': 'core', 'platform': 'n7k'}}]
    """
    return [
        {
            "targets": [target.device],
            "labels": {"site": target.site, "role": target.role, "platform": target.platform},
        }
        for target in targets
    ]
