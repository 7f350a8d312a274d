"""What may stand in a table file, as it is written; ``load.py`` makes groups and columns of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Oid = Annotated[str, Field(pattern=r"^\d+(\.\d+)+$")]
MetricName = Annotated[str, Field(pattern=r"^net_[a-z][a-z0-9_]*$")]
LabelName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Numbers = int | tuple[int, ...]


class TableRecord(BaseModel):
    """Base of all of them: frozen, no unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Feed(TableRecord):
    """How a value feeds a metric."""

    metric: str
    labels: dict[LabelName, str] = {}
    factor: float | None = None
    offset: float = 0.0
    one_when: Numbers | None = None
    absent: Numbers = ()


class ColumnEntry(TableRecord):
    """A column, by its number in the table's entry."""

    number: Annotated[int, Field(ge=1)]
    metric: str | None = None
    labels: dict[LabelName, str] = {}
    factor: float | None = None
    offset: float = 0.0
    one_when: Numbers | None = None
    absent: Numbers = ()
    in_text: bool = False
    also: tuple[Feed, ...] = ()
    unless: dict[str, Numbers] = {}
    instead_of: str | None = None

    @model_validator(mode="after")
    def _one_unless(self) -> ColumnEntry:
        if len(self.unless) > 1:
            raise ValueError("'unless' names one column")
        return self


class ScalarEntry(TableRecord):
    """A scalar, by its OID without the ``.0``."""

    oid: Oid
    metric: str | None = None
    labels: dict[LabelName, str] = {}
    factor: float | None = None
    offset: float = 0.0
    one_when: Numbers | None = None
    absent: Numbers = ()
    in_text: bool = False
    also: tuple[Feed, ...] = ()


class TableEntry(TableRecord):
    """A table of a MIB."""

    entry: Oid
    columns: dict[str, ColumnEntry]


class InfoEntry(TableRecord):
    """An info metric of every row."""

    metric: str
    labels: dict[str, str] = {}


class GroupEntry(TableRecord):
    """Columns that are read together."""

    group: str
    about: str
    tables: tuple[TableEntry, ...] = ()
    scalars: dict[str, ScalarEntry] = {}
    index_labels: dict[LabelName, tuple[str, ...]] = {}
    namer: str | None = None
    info: InfoEntry | None = None
    decoder: str | None = None
    feeds: tuple[str, ...] | dict[str, str] = ()
    gotchas: dict[str, str] = {}
    platforms: frozenset[str] = frozenset()
    every_seconds: Annotated[float, Field(ge=0)] = 0.0
    changed_by: str | tuple[str, ...] = ()
    uses: frozenset[str] = frozenset()
    required: bool = False
    slow: bool = False
    contexts: bool = False
    max_rows: Annotated[int, Field(ge=0)] = 0
    unproven: bool = False


class PlatformEntry(TableRecord):
    """How a kind of device is recognised."""

    name: str
    object_id: Oid
    description: str = ""


class MetricEntry(TableRecord):
    """A metric of a city's own tables; ``device`` is its first label without being named."""

    name: MetricName
    help: Annotated[str, Field(min_length=1, max_length=200)]
    kind: Literal["gauge", "counter"] = "gauge"
    unit: str | None = None
    labels: tuple[LabelName, ...] = ()


class TableFile(TableRecord):
    """A table file."""

    groups: tuple[GroupEntry, ...] = ()
    platforms: tuple[PlatformEntry, ...] = ()
    metrics: tuple[MetricEntry, ...] = ()
    leave_out: dict[LabelName, str] = {}
