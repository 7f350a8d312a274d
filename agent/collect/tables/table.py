"""What is read from a device, as declared in the YAML files beside this one: groups of columns, and scalars.

A column either feeds a metric straight (``metric``, with a factor or an enum value) or is handed to the
decoder of its group. Whoever adds a table writes YAML; Python is needed only where a value depends on
several columns.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from agent.collect.snmp.backend import Span
from agent.metrics import Metric

INDEX = "@index"
"""Stands for the dotted index where a label is wanted and no column names the row."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table, or a scalar when it stands under ``scalars``."""

    name: str
    """Name of the MIB object; unique over all groups."""
    oid: bytes
    metric: Metric | None = None
    labels: tuple[tuple[str, str], ...] = ()
    """Labels with a fixed value: ``cast``: ``unicast``."""
    factor: float | None = None
    offset: float = 0.0
    """Added after the factor."""
    one_when: frozenset[int] | None = None
    """The metric is 1 when the value is one of these, else 0."""
    absent: frozenset[int] = frozenset()
    """Values that mean that there is none."""
    in_text: bool = False
    """The agent sends the number within words: ``27 PERCENT``."""
    unless: tuple[str, frozenset[int]] | None = None
    """(column, values): rows in which that column has one of the values are left out."""
    also: tuple[Column, ...] = ()
    """The same column, read into other metrics."""
    instead_of: str | None = None
    """Read only when that column has fewer rows than its table; fills what is missing."""


@dataclass(frozen=True, slots=True)
class Group:
    """Columns that are read together, at one cadence."""

    name: str
    about: str = ""
    columns: tuple[Column, ...] = ()
    scalars: tuple[Column, ...] = ()
    spans: tuple[Span, ...] = ()
    """The columns without ``instead_of``, neighbours joined."""
    index_labels: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """(label, columns in whose value it is found, first that has one)."""
    namer: str | None = None
    """What gives rows more labels, where those depend on several columns; see ``namers.py``."""
    info: tuple[Metric, tuple[tuple[str, str], ...]] | None = None
    """(info metric, (label, column) pairs)."""
    decoder: str | None = None
    feeds: tuple[Metric, ...] = ()
    """What the decoder yields."""
    platforms: frozenset[str] = frozenset()
    """Platforms that are asked; empty is all."""
    every_seconds: float = 0.0
    changed_by: tuple[str, ...] = ()
    """Scalars; when the value of one moves, the group is read again before its time."""
    uses: frozenset[str] = frozenset()
    """Groups whose columns the decoder needs too."""
    required: bool = False
    """Asked for at every poll, even after it was found empty."""
    contexts: bool = False
    """Read again in every SNMP context that shows a VRF."""
    max_rows: int = 0
    """Rows after which one of its spans is cut; 0 is as many as any walk may have."""
    slow: bool = False
    """Read last in a poll, and spread over the fleet."""
    origins: tuple[tuple[Metric, str], ...] = ()
    """(metric, what the decoder makes it of), for the reference."""
    gotchas: tuple[tuple[Metric, str], ...] = ()
    """(metric, what whoever reads it has to know), for the reference."""
    unproven: bool = False
    """Written from public MIBs; no recording of such a device was at hand."""

    @property
    def feeding(self) -> tuple[Column, ...]:
        """Columns and scalars that feed metrics straight, once per metric."""
        every = (one for column in (*self.columns, *self.scalars) for one in (column, *column.also))
        return tuple(column for column in every if column.metric is not None)

    @property
    def makes(self) -> frozenset[Metric]:
        """Everything that comes of this group."""
        straight = {column.metric for column in self.feeding if column.metric}
        return frozenset(straight | set(self.feeds) | ({self.info[0]} if self.info else set()))

    @property
    def naming(self) -> frozenset[str]:
        """Columns that give labels or decide which rows are left out; of this group or of others."""
        names = {name for _, found in self.index_labels for name in found if name != INDEX}
        names |= {name for _, name in self.info[1]} if self.info else set()
        names |= {column.unless[0] for column in self.columns if column.unless}
        return frozenset(names)


@dataclass(frozen=True, slots=True)
class Platform:
    """How a kind of device is recognised: by sysObjectID, then by a pattern over sysDescr."""

    name: str
    object_id: bytes
    description: str
    """Regular expression; its groups ``model`` and ``release`` go to the info metric."""


@dataclass(frozen=True, slots=True)
class Tables:
    """Everything that the poller knows to ask for."""

    groups: tuple[Group, ...]
    platforms: tuple[Platform, ...]
    scalars: tuple[Column, ...] = field(default=())
    """Scalars of all groups."""
    metrics: tuple[Metric, ...] = ()
    """Metrics that the files declare themselves."""
    leave_out: tuple[tuple[str, re.Pattern[str]], ...] = ()
    """(label, pattern): series whose label matches from its beginning are not made."""

    def leaves_out(self, labels: Mapping[str, str]) -> bool:
        """Whether a series with these labels is not wanted."""
        return any(name in labels and pattern.match(labels[name]) for name, pattern in self.leave_out)
