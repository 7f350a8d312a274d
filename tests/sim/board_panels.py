"""The panels of all boards, with the variables filled in, for tests that ask a real Prometheus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.noc.dashboards import build_dashboards
from agent.noc.panels import EMPTY_IS_GOOD

NEVER_IN_THE_LAB = frozenset(
    {
        "port.json · Taken out of service by the switch",
        "map.json · Sites without coordinates",
        "quality.json · Drops by class",
        "quality.json · Queues that drop now",
        "capacity.json · Links: days until 80 % full at the pace of a week",
        "capacity.json · PoE: days until the budget is used",
        "capacity.json · Memory: days until 95 % used",
        "optics.json · Fading: more than 0.5 dB lost in a week",
        "collector.json · Tables that were cut short",
        "collector.json · Meant, and polled by nobody",
        "collector.json · Series left out",
        "collector.json · Receivers and workers that fell",
        "collector.json · What came too fast",
        "collector.json · Events that were not kept",
        "collector.json · What went wrong in streams",
        "collector.json · Given up or sent again",
        "collector.json · Tickets that failed, notices that were none",
        "change.json · Lines that differ from what is meant",
        "change.json · Freezes in force",
        "change.json · Up, and nobody meant it",
        "change.json · Cables that are not as meant",
    }
)
"""Panels whose emptiness is good and that no fault of the lab is sure to fill; promtool fills them."""


@dataclass(frozen=True)
class BoardPanel:
    """A panel as its JSON has it."""

    board: str
    title: str
    queries: tuple[str, ...]
    calm: bool
    """It says that empty is good."""


def panels_of(chosen: Mapping[str, str]) -> Iterator[BoardPanel]:
    """All panels; ``chosen`` maps ``$site`` and so on to what a person chose."""
    for name, board in build_dashboards().items():
        for panel in board["panels"]:
            if panel["type"] == "row":
                continue
            queries = []
            for target in panel["targets"]:
                expr = target["expr"]
                for variable, value in chosen.items():
                    expr = expr.replace(variable, value)
                queries.append(expr)
            calm = panel.get("description", "").startswith(EMPTY_IS_GOOD)
            yield BoardPanel(name, panel["title"], tuple(queries), calm)
