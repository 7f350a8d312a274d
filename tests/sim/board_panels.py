"""The panels of all boards, with the variables filled in, for tests that ask a real Prometheus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent.noc.dashboards import build_dashboards
from agent.noc.panels import EMPTY_IS_GOOD


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
