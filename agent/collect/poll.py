"""One poll of one device: which groups are due, their walk within a deadline, columns to families."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from agent.collect.decoders import DECODERS
from agent.collect.reading import Reading, read_text
from agent.collect.snmp.backend import Backend, Span, Walked
from agent.collect.snmp.ber import Row, Value
from agent.collect.straight import Families, Straight
from agent.collect.tables.table import Group, Tables
from agent.errors import DeviceError
from agent.metrics import POLL_PARTIAL, POLL_SECONDS, POLL_SERIES, POLL_SUCCESS, Page, Sample

OUTSTANDING = 2
"""Walks of one device at the same time: more runs into the control-plane policer of a Nexus."""

RECHECK_SECONDS = 3600.0
"""After so long, a group that was found empty is asked for again."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Where a poller gets its time from; seconds."""

    monotonic: Callable[[], float]
    unix: Callable[[], float]


@dataclass(frozen=True, slots=True)
class Poll:
    """Outcome of one poll; ``page`` holds what the device said, and how the poll went."""

    device: str
    at: float
    """Unix time at which the poll began."""
    seconds: float
    success: bool
    problem: str
    page: Page
    platform: str = ""
    partial: tuple[str, ...] = ()
    """Groups that were cut short."""


@dataclass(slots=True)
class _Known:
    """What a poller remembers of its device between polls."""

    platform: str = ""
    model: str = ""
    release: str = ""
    columns: dict[str, dict[bytes, Value]] = field(default_factory=dict)
    families: dict[str, Families] = field(default_factory=dict)
    next_at: dict[str, float] = field(default_factory=dict)
    scalars: dict[str, Value] = field(default_factory=dict)


class Poller:
    """Polls one device, again and again; polls of one poller must not overlap."""

    def __init__(self, device: str, backend: Backend, tables: Tables, clocks: Clocks) -> None:
        self._device, self._backend, self._tables, self._clocks = device, backend, tables, clocks
        self._straight = {
            group.name: Straight(group, device)
            for group in tables.groups
            if any(column.metric for column in group.columns)
        }
        self._known = _Known()

    async def poll(self, deadline_seconds: float, only: frozenset[str] = frozenset()) -> Poll:
        """Ask for all that is due. Never raises for what the device does: the outcome says it.

        With ``only``, these groups are asked for and no others; the page holds the others as they were.
        """
        at, start = self._clocks.unix(), self._clocks.monotonic()
        self._backend.limit(deadline_seconds)
        try:
            answered = await self._backend.get([column.oid for column in self._tables.scalars])
        except DeviceError as exc:
            return self._close(at, start, str(exc), {}, ())
        self._learn({column.name: answered[column.oid] for column in self._tables.scalars})
        due = [group for group in self._tables.groups if self._is_due(group, start, only)]
        rows, partial = await self._read(due)
        for group in due:
            self._keep(group, rows)
        for group in due:
            self._decode(group, rows, start, complete=group.name not in partial)
        problem = "; ".join(f"{name}: {text}" for name, text in partial.items())
        return self._close(at, start, problem, self._known.families, tuple(partial))

    def _close(
        self,
        at: float,
        start: float,
        problem: str,
        families: Mapping[str, Families],
        partial: tuple[str, ...],
    ) -> Poll:
        seconds = self._clocks.monotonic() - start
        page = Page()
        for group in self._tables.groups:
            page.merge(families.get(group.name, {}))
        success = bool(families)
        page.add(Sample(POLL_SERIES, (self._device,), len(page)))
        page.add(Sample(POLL_SUCCESS, (self._device,), int(success)))
        page.add(Sample(POLL_SECONDS, (self._device,), round(seconds, 6)))
        for name in partial:
            page.add(Sample(POLL_PARTIAL, (self._device, name), 1))
        return Poll(self._device, at, seconds, success, problem, page, self._known.platform, partial)

    def _learn(self, scalars: dict[str, Value]) -> None:
        """Take in the scalars: platform, reboot, and which slow groups must be read before their time."""
        known = self._known
        before, known.scalars = known.scalars, scalars
        uptime, uptime_before = scalars.get("sysUpTime"), before.get("sysUpTime")
        if isinstance(uptime, int) and isinstance(uptime_before, int) and uptime < uptime_before:
            known.next_at.clear()  # the device came back, perhaps as another release
        if (scalars.get("sysObjectID"), scalars.get("sysDescr")) != (
            before.get("sysObjectID"),
            before.get("sysDescr"),
        ):
            known.platform, known.model, known.release = recognise(
                self._tables, scalars.get("sysObjectID"), read_text(scalars.get("sysDescr"))
            )
            known.next_at.clear()
        for group in self._tables.groups:
            if group.changed_by and scalars.get(group.changed_by) != before.get(group.changed_by):
                known.next_at.pop(group.name, None)

    def _is_due(self, group: Group, now: float, only: frozenset[str]) -> bool:
        if group.platforms and self._known.platform not in group.platforms:
            return False
        if only and self._known.families:  # a first poll is always a whole one
            return group.name in only
        return now >= self._known.next_at.get(group.name, 0.0)

    async def _read(self, groups: Iterable[Group]) -> tuple[dict[str, list[Row]], dict[str, str]]:
        """(rows by column, problem by group that was cut short)."""
        rows: dict[str, list[Row]] = {}
        partial: dict[str, str] = {}
        await self._walk([(group, span) for group in groups for span in group.spans], rows, partial)
        await self._walk(
            [(group, span) for group in groups for span in _fallbacks(group, rows)], rows, partial
        )
        return rows, partial

    async def _walk(
        self, work: list[tuple[Group, Span]], rows: dict[str, list[Row]], partial: dict[str, str]
    ) -> None:
        todo = iter(work)

        async def follow() -> None:
            for group, span in todo:
                walked = await self._backend.walk(span)
                if walked.problem:
                    partial.setdefault(group.name, f"{walked.problem} after {walked.seconds:.1f} s")
                _sort(group, span, walked, rows)

        await asyncio.gather(*(follow() for _ in range(min(OUTSTANDING, len(work)))))

    def _keep(self, group: Group, rows: Mapping[str, list[Row]]) -> None:
        """Remember the columns that decoders, of this group or of others, look into."""
        for column in group.columns:
            if column.metric is None:
                size, found = len(column.oid), rows.get(column.name, [])
                self._known.columns[column.name] = {oid[size:]: value for oid, value in found}

    def _decode(self, group: Group, rows: Mapping[str, list[Row]], now: float, *, complete: bool) -> None:
        known = self._known
        families: Families = {}
        if group.name in self._straight:
            families = self._straight[group.name].fill(rows)
        if group.decoder is not None:
            families = self._call(group.decoder)
        known.families[group.name] = families
        if complete:
            found = any(rows.get(column.name) for column in group.columns)
            absent = not (found or families or group.required)
            known.next_at[group.name] = now + (RECHECK_SECONDS if absent else group.every_seconds)

    def _call(self, decoder: str) -> Families:
        known = self._known
        page = Page()
        reading = Reading(
            self._device, known.platform, known.model, known.release, known.scalars, known.columns
        )
        for sample in DECODERS[decoder](reading):
            page.add(sample)
        return page.families


def recognise(tables: Tables, object_id: Value, description: str) -> tuple[str, str, str]:
    """(platform, model, release) by the first platform that fits; empty words where none does."""
    for platform in tables.platforms:
        if isinstance(object_id, bytes) and object_id.startswith(platform.object_id):
            found = re.search(platform.description, description)
            if found:
                words = found.groupdict()
                return platform.name, words.get("model", ""), words.get("release", "")
    return "", "", ""


def _sort(group: Group, span: Span, walked: Walked, rows: dict[str, list[Row]]) -> None:
    """Rows of a span to their columns: neighbours differ in the last byte or bytes of the column's OID."""
    names = {column.oid: column.name for column in group.columns}
    for name in (names[oid] for oid in span.columns):
        rows[name] = []
    if len(span.columns) == 1:
        rows[names[span.columns[0]]] = walked.rows
        return
    sizes = {len(oid) for oid in span.columns}
    lists = {oid: rows[names[oid]] for oid in span.columns}
    for size in sizes:
        for row in walked.rows:
            found = lists.get(row[0][:size])
            if found is not None:
                found.append(row)


def _fallbacks(group: Group, rows: Mapping[str, list[Row]]) -> list[Span]:
    most = max((len(rows.get(column.name, [])) for column in group.columns), default=0)
    return [
        Span(group.name, (column.oid,))
        for column in group.columns
        if column.instead_of is not None and len(rows.get(column.instead_of, [])) < most
    ]
