"""The YAML files beside this one to rules: what feeds which metric, path by path.

``openconfig.yaml`` is for models (gNMI, and dial-out from YANG), ``dme.yaml`` for objects of NX-OS,
``nxapi.yaml`` for show commands. Whoever wants another leaf shown writes it there; Python is not needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.collect.streaming.form import Form, RowForm
from agent.collect.streaming.numbers import Conversion
from agent.collect.streaming.words import FILTERS, holes_of
from agent.errors import UsageError
from agent.metrics import CATALOGUE, Kind, Metric

Mode = Literal["sample", "on_change", "target_defined"]
ElementPath = Annotated[str, Field(pattern=r"^(/[A-Za-z0-9_.:-]+(\[[A-Za-z0-9_.:-]+\])*)+$")]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Form(_Model):
    metric: str
    labels: dict[str, str | tuple[str, ...]] = {}
    factor: float = 1.0
    offset: float = 0.0
    one_when: tuple[str, ...] = ()
    values: dict[str, float] = {}
    absent_when: tuple[float, ...] = ()


class _Row(_Model):
    metric: str
    labels: dict[str, str | tuple[str, ...]] = {}
    ratio: tuple[str, str] | None = None


class _Leaf(_Form):
    path: ElementPath
    where: dict[str, str] = {}


class _ModelRow(_Row):
    path: ElementPath
    where: dict[str, str] = {}


class _Subscription(_Model):
    path: ElementPath
    model: str
    mode: Mode
    seconds: float | None = Field(default=None, ge=1, le=604_800)


class _Class(_Model):
    name: str
    dn: str
    leaves: dict[str, tuple[_Form, ...]] = {}
    rows: tuple[_Row, ...] = ()


class _Table(_Model):
    command: str
    table: str = ""
    fields: dict[str, _Form]


class _File(_Model):
    subscriptions: tuple[_Subscription, ...] = ()
    leaves: tuple[_Leaf, ...] = ()
    rows: tuple[_ModelRow, ...] = ()
    classes: tuple[_Class, ...] = ()
    commands: tuple[_Table, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """An element of a model's path: its name, and the names of its keys when it is a list."""

    name: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subscription:
    """A path to subscribe to, all entries of its lists, and the model that must be there."""

    path: tuple[Step, ...]
    model: str
    mode: Mode
    seconds: float | None
    """Sample interval; None is the watch's own."""


@dataclass(frozen=True, slots=True)
class LeafRule:
    """A leaf of a model that feeds a metric; keys must match ``where``, whose groups name parts of them."""

    path: tuple[Step, ...]
    where: tuple[tuple[str, re.Pattern[str]], ...]
    form: Form


@dataclass(frozen=True, slots=True)
class RowRule:
    """A container of a model whose leaves together feed a metric."""

    path: tuple[Step, ...]
    where: tuple[tuple[str, re.Pattern[str]], ...]
    row: RowForm


@dataclass(frozen=True, slots=True)
class ClassRule:
    """Objects of one class, at distinguished names of one form."""

    name: str
    dn: re.Pattern[str]
    leaves: tuple[tuple[str, Form], ...]
    rows: tuple[RowForm, ...]


@dataclass(frozen=True, slots=True)
class TableRule:
    """The rows of a table of a show command; without a table, the top of its answer."""

    command: str
    table: str
    fields: tuple[tuple[str, Form], ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that streams may feed."""

    subscriptions: tuple[Subscription, ...] = ()
    leaves: tuple[LeafRule, ...] = ()
    rows: tuple[RowRule, ...] = ()
    classes: tuple[ClassRule, ...] = ()
    tables: tuple[TableRule, ...] = ()

    def feeds(self) -> Iterator[tuple[str, Metric]]:
        """(where it comes from, metric) of every rule, for the reference."""
        for leaf in self.leaves:
            yield "gnmi", leaf.form.metric
        for row in self.rows:
            yield "gnmi", row.row.form.metric
        for kind in self.classes:
            for _, form in kind.leaves:
                yield "mdt", form.metric
            for below in kind.rows:
                yield "mdt", below.form.metric
        for table in self.tables:
            for _, form in table.fields:
                yield "mdt", form.metric


@lru_cache(maxsize=1)
def standard_rules() -> Rules:
    """The rules that ship with Moulin."""
    return load_rules([files("agent.collect.streaming")])


def load_rules(folders: Iterable[Traversable | Path]) -> Rules:
    """Rules of all ``*.yaml`` in the folders. Raises UsageError with file and problem."""
    found = Rules()
    for source in (one for folder in folders for one in sorted(folder.iterdir(), key=lambda one: one.name)):
        if not source.name.endswith(".yaml"):
            continue
        try:
            read = _File.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")) or {})
            found = _join(found, _rules(read))
        except yaml.YAMLError as exc:
            raise UsageError(f"{source.name}: not YAML ({' '.join(str(exc).split())}). correct it") from exc
        except ValidationError as exc:
            first = exc.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise UsageError(f"{source.name}: {place}: {first['msg']}. correct it") from exc
        except (ValueError, re.error) as exc:
            raise UsageError(f"{source.name}: {exc}. correct it") from exc
    return found


def _join(one: Rules, other: Rules) -> Rules:
    return Rules(
        one.subscriptions + other.subscriptions,
        one.leaves + other.leaves,
        one.rows + other.rows,
        one.classes + other.classes,
        one.tables + other.tables,
    )


def _rules(read: _File) -> Rules:
    return Rules(
        tuple(
            Subscription(read_steps(item.path), item.model, item.mode, item.seconds)
            for item in read.subscriptions
        ),
        tuple(LeafRule(read_steps(item.path), _where(item.where), _form(item)) for item in read.leaves),
        tuple(RowRule(read_steps(item.path), _where(item.where), _row(item)) for item in read.rows),
        tuple(
            ClassRule(
                item.name,
                re.compile(item.dn),
                tuple((name, _form(one)) for name, forms in item.leaves.items() for one in forms),
                tuple(_row(one) for one in item.rows),
            )
            for item in read.classes
        ),
        tuple(
            TableRule(
                item.command, item.table, tuple((name, _form(one)) for name, one in item.fields.items())
            )
            for item in read.commands
        ),
    )


def read_steps(text: str) -> tuple[Step, ...]:
    """Elements of a path of a rule.

    >>> read_steps("/lldp/interfaces/interface[name]")[-1]
    Step(name='interface', keys=('name',))
    """
    found = []
    for part in text.strip("/").split("/"):
        name, *keys = part.replace("]", "").split("[")
        found.append(Step(name, tuple(keys)))
    return tuple(found)


def _where(patterns: dict[str, str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern)) for name, pattern in patterns.items())


def _metric(name: str) -> Metric:
    if name not in CATALOGUE:
        raise ValueError(f"no metric {name} in the catalogue")
    return CATALOGUE[name]


def _labels(metric: Metric, labels: dict[str, str | tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    wanted = metric.labels[1:]
    if metric.labels[:1] != ("device",) or set(labels) != set(wanted):
        raise ValueError(f"{metric.name} has the labels {', '.join(wanted) or 'device only'}")
    found = [(one,) if isinstance(one := labels[name], str) else one for name in wanted]
    unknown = {word for templates in found for one in templates for _, word in holes_of(one)} - {"", *FILTERS}
    if unknown:
        raise ValueError(f"{metric.name}: no filter {', '.join(sorted(unknown))}")
    return tuple(found)


def _form(item: _Form) -> Form:
    metric = _metric(item.metric)
    conversion = Conversion(
        item.factor,
        item.offset,
        frozenset(word.lower() for word in item.one_when),
        {word.lower(): value for word, value in item.values.items()},
        frozenset(item.absent_when),
        counter=metric.kind is Kind.COUNTER,
    )
    return Form(metric, _labels(metric, item.labels), conversion)


def _row(item: _Row) -> RowForm:
    form = Form(metric := _metric(item.metric), _labels(metric, item.labels))
    needs: list[str] = list(item.ratio or ())
    wants: list[str] = []
    for templates in form.labels:
        leaves = [name[1:] for one in templates for name, _ in holes_of(one) if name.startswith(".")]
        (needs if len(templates) == 1 else wants).extend(leaves)
    if not needs and not wants:
        raise ValueError(f"{metric.name}: a row is made of leaves; name one as {{.leaf}}")
    return RowForm(form, tuple(needs), tuple(wants), item.ratio)
