"""One poll of one device: which groups are due, their walk within a deadline, columns to families."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from agent.collect.columns import Columns, Memo, Watched, remember
from agent.collect.contexts import SILENT_SECONDS, Contexts
from agent.collect.decoders import DECODERS
from agent.collect.pace import next_reading, phase_of
from agent.collect.reading import Reading, read_text
from agent.collect.restart import restarted
from agent.collect.round import Round
from agent.collect.snmp.backend import MAX_ROWS, Backend, Span
from agent.collect.snmp.ber import Value, decode_numbers, encode_numbers
from agent.collect.snmp.rows import Rows
from agent.collect.sorter import Sorter
from agent.collect.straight import Families, Straight
from agent.collect.tables.table import Column, Group, Tables
from agent.errors import DeviceError
from agent.metrics import POLL_PARTIAL, POLL_SECONDS, POLL_SERIES, POLL_SUCCESS, Page, Sample
from agent.metrics.roll import Rolls, Tally, join

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
    """Outcome of one poll; ``page`` holds what the device said, and how the poll went.

    A family that did not change since the last poll is the same object as then.
    """

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
    restarted: bool = False
    """The device restarted since the poll before."""


@dataclass(slots=True)
class _Known:
    """What a poller remembers of its device between polls."""

    platform: str = ""
    model: str = ""
    release: str = ""
    columns: Columns = field(default_factory=Columns)
    scalars: dict[str, Value] = field(default_factory=dict)
    straight: dict[str, Families] = field(default_factory=dict)
    decoded: dict[str, Memo[Families]] = field(default_factory=dict)
    next_at: dict[str, float] = field(default_factory=dict)
    capped: dict[str, str] = field(default_factory=dict)
    """Problem by group that had more rows than are read, until it is read again."""
    spare_until: float = 0.0
    """Slow groups wait until then, by the phase of the device."""


class Poller:
    """Polls one device, again and again; polls of one poller must not overlap."""

    def __init__(
        self, device: str, backend: Backend, tables: Tables, clocks: Clocks, *, contexts: bool = False
    ) -> None:
        """``contexts``: whether the agent can be asked in the contexts of its VRFs (SNMPv3)."""
        self._device, self._backend, self._tables, self._clocks = device, backend, tables, clocks
        self._rolls = Rolls()
        self._sorter = Sorter()
        self._straight = {
            group.name: Straight(group, device, tables.leaves_out if tables.leave_out else None, self._rolls)
            for group in tables.groups
            if group.info or any(column.metric for column in (*group.columns, *group.scalars))
        }
        self._naming = frozenset(name for group in tables.groups for name in group.naming)
        self._watching = frozenset(name for group in tables.groups for name in group.changed_by)
        self._known = _Known()
        self._contexts = Contexts(tables.groups, self._known.columns) if contexts else None
        self._only: frozenset[str] = frozenset()
        """Groups of the poll under way; empty is all."""

    def spread(self, seconds: float) -> None:
        """The first reading of slow groups may wait so long: who starts many pollers at once wants that."""
        phase = phase_of(self._device, "start")
        self._known.spare_until = self._clocks.monotonic() + seconds * phase

    async def poll(self, deadline_seconds: float, only: frozenset[str] = frozenset()) -> Poll:
        """Ask for all that is due. Never raises for what the device does: the outcome says it.

        With ``only``, these groups are asked for and no others; the page holds the others as they were.
        A first poll is always a whole one.
        """
        self._only = only if self._known.straight or self._known.decoded else frozenset()
        at, start = self._clocks.unix(), self._clocks.monotonic()
        self._backend.limit(deadline_seconds)
        try:
            came_back = await self._read_scalars(start)
        except DeviceError as exc:
            return self._close(at, start, Round({}, {}, {}), str(exc))
        due = sorted((group for group in self._tables.groups if self._is_due(group, start)), key=_is_slow)
        done = await self._read(due)
        for group in due:
            self._keep(group, done)
        await self._read_contexts([group for group in due if group.contexts], done, start)
        for group in due:
            self._fill(group, done, start)
        self._decode()
        for columns in self._layers():
            columns.rest()
        self._schedule(due, done, start)
        done.partial = self._known.capped | done.partial
        return self._close(at, start, done, None, came_back=came_back)

    def port_name(self, index: int) -> str:
        """Name of the port with an ifIndex, as last read; empty when there is none."""
        raw, columns = encode_numbers((index,)), self._known.columns
        return read_text(columns.get("ifName", {}).get(raw)) or read_text(columns.get("ifDescr", {}).get(raw))

    def port_names(self) -> dict[int, str]:
        """Names of all ports by ifIndex, as last read."""
        columns = self._known.columns
        found = {**columns.get("ifDescr", {}), **columns.get("ifName", {})}
        return {decode_numbers(raw)[0]: read_text(value) for raw, value in found.items() if raw}

    def _close(
        self, at: float, start: float, done: Round, failure: str | None, *, came_back: bool = False
    ) -> Poll:
        known = self._known
        seconds = self._clocks.monotonic() - start
        page = Page()
        if failure is None:
            for group in self._tables.groups:
                _merge(page.families, known.straight.get(group.name, {}))
                decoded = known.decoded.get(group.name)
                if decoded is not None:
                    _merge(page.families, decoded.result)
                for one in self._contexts.all() if self._contexts and group.contexts else ():
                    if group.name in one.decoded:
                        _merge(page.families, one.decoded[group.name].result)
        success = bool(page.families)
        page.add(Sample(POLL_SERIES, (self._device,), len(page)))
        page.add(Sample(POLL_SUCCESS, (self._device,), int(success)))
        page.add(Sample(POLL_SECONDS, (self._device,), round(seconds, 6)))
        for name in done.partial:
            page.add(Sample(POLL_PARTIAL, (self._device, name), 1))
        problem = failure or done.problem()
        return Poll(
            self._device, at, seconds, success, problem, page, known.platform, tuple(done.partial), came_back
        )

    async def _read_scalars(self, now: float) -> bool:
        """Scalars of what is due, those that tell of changes first; whether the device restarted."""
        asked = self._wanted(now)
        came_back = self._learn(await self._get(asked))
        more = {name: column for name, column in self._wanted(now).items() if name not in asked}
        if more:  # another kind of device than was thought, or one that came back
            self._known.scalars |= await self._get(more)
        return came_back

    def _wanted(self, now: float) -> dict[str, Column]:
        return {
            column.name: column
            for group in self._tables.groups
            if self._fits(group)
            for column in group.scalars
            if column.name in self._watching or self._is_due(group, now)
        }

    async def _get(self, columns: Mapping[str, Column]) -> dict[str, Value]:
        answered = await self._backend.get([column.oid for column in columns.values()])
        return {name: answered[column.oid] for name, column in columns.items()}

    def _learn(self, scalars: dict[str, Value]) -> bool:
        """Take in scalars: platform, and which slow groups must be read early; whether it restarted."""
        known = self._known
        before, known.scalars = known.scalars, known.scalars | scalars
        came_back = restarted(before, scalars)
        who, who_before = (
            tuple(known_by.get(name) for name in ("sysObjectID", "sysDescr"))
            for known_by in (known.scalars, before)
        )
        if who != who_before:
            known.platform, known.model, known.release = recognise(self._tables, who[0], read_text(who[1]))
            known.straight.clear()
            known.decoded.clear()
        if came_back or who != who_before:  # perhaps as another release
            known.next_at.clear()
        for group in self._tables.groups:
            if any(known.scalars.get(name) != before.get(name) for name in group.changed_by):
                known.next_at.pop(group.name, None)
        return came_back

    def _fits(self, group: Group) -> bool:
        return not group.platforms or self._known.platform in group.platforms

    def _is_due(self, group: Group, now: float) -> bool:
        if self._only:
            return self._fits(group) and group.name in self._only
        if group.slow and now < self._known.spare_until:
            return False
        return self._fits(group) and now >= self._known.next_at.get(group.name, 0.0)

    async def _read(self, groups: Sequence[Group]) -> Round:
        done = Round()
        for group in groups:
            for column in group.scalars:
                value = self._known.scalars.get(column.name)
                done.rows[column.name] = Rows() if value is None else Rows((column.oid,), (value,))
        # slow groups last, so that a deadline that they overrun cuts nothing but them
        for some in ([one for one in groups if not one.slow], [one for one in groups if one.slow]):
            await self._walk([(group, span) for group in some for span in group.spans], done)
            await self._walk([(group, span) for group in some for span in _fallbacks(group, done.rows)], done)
        return done

    async def _walk(self, work: list[tuple[Group, Span]], done: Round, context: str = "") -> None:
        todo = iter(work)

        async def follow() -> None:
            for group, span in todo:
                walked = await self._backend.walk(span, context)
                done.seconds[group.name] = done.seconds.get(group.name, 0.0) + walked.seconds
                if walked.problem and len(walked.rows) >= (span.most_rows or MAX_ROWS):
                    done.capped.add(group.name)
                if walked.problem:
                    done.partial.setdefault(group.name, f"{walked.problem} after {walked.seconds:.1f} s")
                done.rows |= self._sorter.sort(group, span, walked.rows, context)

        await asyncio.gather(*(follow() for _ in range(min(OUTSTANDING, len(work)))))

    async def _read_contexts(self, groups: list[Group], done: Round, now: float) -> None:
        """Read groups again in the context of every VRF; one that stays silent is left alone for a while."""
        for one in self._contexts.all() if self._contexts else ():
            if now < one.silent_until:
                continue
            for group in groups:
                within = Round()
                await self._walk([(group, span) for span in group.spans], within, one.context)
                if within.partial and not any(within.rows.values()):
                    one.silent_until = now + SILENT_SECONDS
                    break
                done.take(group.name, within)
                for column in group.columns:
                    one.columns.put(column.name, len(column.oid), within.rows.get(column.name, Rows()))

    def _layers(self) -> Iterator[Columns]:
        """All columns that are kept, those of contexts too."""
        yield self._known.columns
        for one in self._contexts.all() if self._contexts else ():
            yield one.columns

    def _keep(self, group: Group, done: Round) -> None:
        """Remember the columns that decoders, of this group or of others, look into."""
        columns = self._known.columns
        for column in group.columns:
            if column.metric is None or column.name in self._naming:
                rows = done.rows.get(column.name, Rows())
                if group.changed_by and group.name in done.partial and len(rows) < columns.count(column.name):
                    continue  # of what is nearly constant, the last whole reading is better than half of one
                columns.put(column.name, len(column.oid), rows)

    def _fill(self, group: Group, done: Round, now: float) -> None:
        straight = self._straight.get(group.name)
        if straight is None:
            return
        self._known.straight[group.name] = straight.fill(done.rows, self._known.columns)
        if straight.nameless:
            straight.nameless = False
            for other in self._tables.groups:
                if other.every_seconds and not group.naming.isdisjoint(c.name for c in other.columns):
                    self._known.next_at[other.name] = now

    def _decode(self) -> None:
        """Let the decoders work whose columns or scalars changed, whether their group was due or not."""
        known = self._known
        for group in self._tables.groups:
            if group.decoder is None or not self._fits(group):
                continue
            memo = known.decoded.get(group.name)
            if memo is None or not memo.holds(known.columns, known.scalars):
                known.decoded[group.name] = self._call(group.decoder, known.columns)
            for one in self._contexts.all() if self._contexts and group.contexts else ():
                memo = one.decoded.get(group.name)
                if memo is None or not memo.holds(one.columns, known.scalars):
                    one.decoded[group.name] = self._call(group.decoder, one.columns, one.vrf)

    def _call(self, decoder: str, columns: Columns, vrf: str = "default") -> Memo[Families]:
        known, choosy = self._known, bool(self._tables.leave_out)

        def make(columns: Watched[Mapping[bytes, Value]], scalars: Watched[Value]) -> Families:
            page = Page()
            who = (self._device, known.platform, known.model, known.release)
            reading = Reading(*who, scalars, columns, vrf)
            for sample in DECODERS[decoder](reading):
                if not (
                    choosy
                    and self._tables.leaves_out(dict(zip(sample.metric.labels, sample.labels, strict=True)))
                ):
                    page.add(sample)
            return {name: Tally.of(name, family, self._rolls) for name, family in page.families.items()}

        return remember(make, columns, known.scalars)

    def _schedule(self, groups: Iterable[Group], done: Round, now: float) -> None:
        known = self._known
        for group in groups:
            known.capped.pop(group.name, None)
            if group.name in done.capped:
                known.capped[group.name] = done.partial[group.name]
            elif group.name in done.partial:
                continue  # again at the next poll
            names = (column.name for column in (*group.columns, *group.scalars))
            absent = not (
                group.required or group.name in done.elsewhere or any(done.rows.get(name) for name in names)
            )
            if absent:
                known.next_at[group.name] = now + max(RECHECK_SECONDS, group.every_seconds)
            else:
                phase = phase_of(self._device, group.name)
                known.next_at[group.name] = next_reading(now, group.every_seconds, phase)


def recognise(tables: Tables, object_id: Value, description: str) -> tuple[str, str, str]:
    """(platform, model, release) by the first platform that fits; empty words where none does."""
    for platform in tables.platforms:
        if isinstance(object_id, bytes) and object_id.startswith(platform.object_id):
            found = re.search(platform.description, description)
            if found:
                words = found.groupdict()
                return platform.name, words.get("model") or "", words.get("release") or ""
    return "", "", ""


def _is_slow(group: Group) -> bool:
    return group.slow


def _merge(page: Families, families: Families) -> None:
    """Add families to a page; the first value of a series stays. Nothing that was given is changed."""
    for name, values in families.items():
        mine = page.get(name)
        page[name] = values if mine is None else join(mine, values)


def _fallbacks(group: Group, rows: Mapping[str, Rows]) -> list[Span]:
    most = max((len(rows.get(column.name, [])) for column in group.columns), default=0)
    return [
        Span(group.name, (column.oid,))
        for column in group.columns
        if column.instead_of is not None and len(rows.get(column.instead_of, [])) < most
    ]
