"""``docs/metrics.md``: every metric, written from the catalogue, the tables and the streams."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from agent import collect
from agent.collect.tables.load import standard_tables
from agent.collect.tables.table import Column, Group, Tables
from agent.metrics import CATALOGUE, CLOCK_SKEW, Metric, unit_of

_HEAD = """# Metrics

Generated from `agent/metrics/`, the table files in `agent/collect/tables/` and the stream files in
`agent/collect/streaming/`; do not edit. `MOULIN_REWRITE_GOLDEN=1 pytest tests/golden/docs` rewrites it.

`net_` is what devices say, `city_` what the intent expects, `moulin_` the agent itself. Device series are on
`/probe?target=NAME`, the other two on `/metrics`; `moulin_poll_…` of a switch stands on its own page.
Metrics of your own: [watch](watch.md#add-a-table).
"""

_CHAPTERS = (
    ("net_device_ net_cpu_ net_memory_ net_snmp_ net_core_ net_config_ net_part_", "The device"),
    ("net_interface_", "Ports"),
    ("net_sensor_", "Sensors and optics"),
    ("net_power_ net_fan_ net_module_ net_stack_", "Supplies, fans, modules, stacks"),
    ("net_poe_", "Power over Ethernet"),
    ("net_ups_", "Uninterruptible supplies"),
    ("net_camera_ net_wireless_ net_access_", "Cameras and access points"),
    ("net_", "Neighbours and protocols"),
    ("city_", "What the intent expects"),
    ("moulin_", "The agent itself"),
)

_HEARD = {CLOCK_SKEW.name: "stamps of syslog"}
"""What switches say without being asked."""

STREAMS = Path(collect.__file__).parent / "streaming"


def write_reference(tables: Tables | None = None, streams: Path = STREAMS) -> str:
    """The page as Markdown. ``streams`` is the folder of files that say which path feeds which metric."""
    tables = tables or standard_tables()
    streamed = read_streams(streams)
    parts, told = [_HEAD], set[str]()
    for prefixes, title in _CHAPTERS:
        metrics = [
            metric
            for metric in CATALOGUE
            if metric.name.startswith(tuple(prefixes.split())) and metric.name not in told | CATALOGUE.guests
        ]
        told |= {metric.name for metric in metrics}
        if metrics:
            parts.append(f"## {title}\n\n" + "\n".join(_table(metrics, tables, streamed)) + "\n")
    parts.append("## What is asked for, and when\n\n" + "\n".join(_groups(tables)) + "\n")
    return "\n".join(parts)


def _table(metrics: Iterable[Metric], tables: Tables, streamed: Mapping[str, list[str]]) -> Iterator[str]:
    yield "| metric | type, unit | labels | meaning | source | platforms | gotchas |"
    yield "|---|---|---|---|---|---|---|"
    for metric in metrics:
        groups = [group for group in tables.groups if metric in group.makes]
        unit = unit_of(metric.name)
        sources = "; ".join((*_sources(metric, groups), *streamed.get(metric.name, ())))
        cells = (
            f"`{metric.name}`",
            metric.kind.value + (f", {unit}" if unit else ""),
            ", ".join(f"`{label}`" for label in metric.labels) or "none",
            metric.help,
            sources or _HEARD.get(metric.name, "Moulin"),
            _platforms(groups),
            "; ".join(text for group in groups for one, text in group.gotchas if one is metric),
        )
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def _sources(metric: Metric, groups: Iterable[Group]) -> Iterator[str]:
    for group in groups:
        yield from (_column(one) for one in group.feeding if one.metric is metric)
        if group.info is not None and group.info[0] is metric:
            yield ", ".join(name for _, name in group.info[1])
        if metric in group.feeds:
            words = dict(group.origins).get(metric)
            yield words or ", ".join(one.name for one in (*group.columns, *group.scalars))


def _column(column: Column) -> str:
    return f"{column.name} (where {column.instead_of} is missing)" if column.instead_of else column.name


def _platforms(groups: Iterable[Group]) -> str:
    groups = tuple(groups)
    if not groups:
        return ""
    if any(not group.platforms for group in groups):
        return "all"
    proven = {name for group in groups if not group.unproven for name in group.platforms}
    others = {name for group in groups for name in group.platforms} - proven
    return ", ".join((*sorted(proven), *(f"{name} (unproven)" for name in sorted(others))))


def _groups(tables: Tables) -> Iterator[str]:
    yield "Unproven groups are written from public MIBs; no recording of such a device was at hand.\n"
    yield "| group | what | platforms | every |"
    yield "|---|---|---|---|"
    for group in sorted(tables.groups, key=lambda one: one.name):
        platforms = ", ".join(sorted(group.platforms)) or "all"
        pace = f"{group.every_seconds:.0f} s" if group.every_seconds else "poll"
        pace += f", and when {' or '.join(group.changed_by)} moves" if group.changed_by else ""
        about = f"{group.about} (unproven)" if group.unproven else group.about
        yield f"| {group.name} | {about} | {platforms} | {pace} |"


def read_streams(folder: Path) -> dict[str, list[str]]:
    """Paths by metric, of every YAML file in the folder; empty when there is none."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("*.yaml")):
        for metric, where in _leaves(yaml.safe_load(path.read_text(encoding="utf-8")), ()):
            words = f"`{where}` ({path.stem})"
            if words not in found.setdefault(metric, []):
                found[metric].append(words)
    return found


def _leaves(node: Any, trail: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """(metric, where it comes from) below a node: paths, names, commands and keys of leaves on the way."""
    if isinstance(node, list):
        for item in node:
            yield from _leaves(item, trail)
    elif isinstance(node, dict):
        trail += tuple(str(node[word]) for word in ("path", "name", "command") if word in node)
        if isinstance(node.get("metric"), str):
            yield node["metric"], " ".join(trail)
        for key, value in node.items():
            inner = key in ("leaves", "fields") and isinstance(value, dict)
            for name, item in value.items() if inner else (("", value),):
                if isinstance(item, list | dict):
                    yield from _leaves(item, (*trail, name) if name else trail)
