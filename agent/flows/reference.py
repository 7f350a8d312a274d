"""``docs/metrics.md``: every metric of the catalogue, written from the catalogue and the tables."""

from __future__ import annotations

from collections.abc import Iterator

from agent.collect.streaming.rules import standard_rules
from agent.collect.tables.load import standard_tables
from agent.collect.tables.table import Group, Tables
from agent.metrics import CATALOGUE, Metric

_HEAD = """# Metrics

Generated from `agent/metrics/`, the table files in `agent/collect/tables/` and the rules of streams in
`agent/collect/streaming/`; do not edit.
`MOULIN_REWRITE_GOLDEN=1 pytest tests/golden/docs` rewrites it.

`net_` is what devices say, `city_` what the intent expects, `moulin_` the agent itself. Device series are on
`/probe?target=NAME`, the other two on `/metrics`; `moulin_poll_…` of a switch stands on its own page.
"""

_STREAMS = {"gnmi": "gNMI", "mdt": "dial-out"}
_CHAPTERS = (
    ("net_", "What devices say"),
    ("city_", "What the intent expects"),
    ("moulin_", "The agent itself"),
)
_UNITS = (
    "seconds",
    "bytes",
    "watts",
    "volts",
    "amperes",
    "celsius",
    "dbm",
    "rpm",
    "ratio",
    "packets",
    "lines",
)


def write_reference(tables: Tables | None = None) -> str:
    """The page as Markdown."""
    tables = tables or standard_tables()
    parts = [_HEAD]
    for prefix, title in _CHAPTERS:
        rows = [_row(metric, tables) for metric in CATALOGUE if metric.name.startswith(prefix)]
        table = ["| metric | type, unit | labels | meaning | source |", "|---|---|---|---|---|", *rows]
        parts.append(f"## {title}\n\n" + "\n".join(table) + "\n")
    parts.append("## What is asked for, and when\n\n" + "\n".join(_groups(tables)) + "\n")
    return "\n".join(parts)


def _row(metric: Metric, tables: Tables) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels) or "none"
    meaning = metric.help.replace("|", r"\|")
    kind = metric.kind.value + _unit(metric)
    return f"| `{metric.name}` | {kind} | {labels} | {meaning} | {_source(metric, tables)} |"


def _unit(metric: Metric) -> str:
    words = metric.name.removesuffix("_total").split("_")
    found = next((unit for unit in _UNITS if unit in words), None)
    return f", {found}" if found else ""


def _source(metric: Metric, tables: Tables) -> str:
    columns = [
        f"{column.name} (where {column.instead_of} is missing)" if column.instead_of else column.name
        for group in tables.groups
        for column in group.columns
        if column.metric is metric
    ]
    groups = [group.name for group in tables.groups if metric in group.feeds or _informs(group, metric)]
    streams = [word for source, word in _STREAMS.items() if (source, metric) in set(standard_rules().feeds())]
    return ", ".join((*columns, *(f"table group {name}" for name in groups), *streams)) or "Moulin"


def _informs(group: Group, metric: Metric) -> bool:
    return group.info is not None and group.info[0] is metric


def _groups(tables: Tables) -> Iterator[str]:
    yield "| group | what | platforms | every |"
    yield "|---|---|---|---|"
    for group in sorted(tables.groups, key=lambda one: one.name):
        platforms = ", ".join(sorted(group.platforms)) or "all"
        pace = f"{group.every_seconds:.0f} s" if group.every_seconds else "poll"
        pace += f", and when {group.changed_by} moves" if group.changed_by else ""
        yield f"| {group.name} | {group.about} | {platforms} | {pace} |"
