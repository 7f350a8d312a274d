"""What a command answers, as text and as structure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Output:
    """``body`` is None for commands without structured output. The text has no trailing newline."""

    text: str = ""
    body: Body | None = None
    error: bool = False
    question: str = ""
    """A confirmation to ask for: the text of the question; the answer runs ``command`` again."""
    configured: bool = False
    """The line went to configuration mode."""
    closes: bool = False
    """The session ends."""


@dataclass(frozen=True, slots=True)
class Column:
    """``key`` in the structure, ``title`` and ``width`` in the text; width 0 is the last one."""

    key: str
    title: str
    width: int


@dataclass(frozen=True, slots=True)
class Table:
    """One description of a list of rows for both forms."""

    name: str
    """``interface`` makes TABLE_interface and ROW_interface."""
    columns: Sequence[Column]
    rows: Sequence[dict[str, Any]]
    head: str = ""
    """Lines above the titles."""
    rule: str = ""
    """A line of this character above and below the titles."""
    extra: Body = field(default_factory=dict)
    """Keys beside the table."""

    def text(self) -> str:
        width = sum(c.width or len(c.title) for c in self.columns)
        line = [self.rule * max(width, 80)] if self.rule else []
        title = "".join(c.title.ljust(c.width) for c in self.columns).rstrip()
        rows = [
            "".join(_cell(row.get(c.key, ""), c.width) for c in self.columns).rstrip() for row in self.rows
        ]
        return "\n".join([*([self.head] if self.head else []), *line, title, *line, *rows])

    def body(self) -> Body:
        return {**self.extra, **rows_of(self.name, self.rows)}

    def output(self) -> Output:
        return Output(self.text(), self.body())


def _cell(value: object, width: int) -> str:
    text = "--" if value is None else str(value)
    return text.ljust(width) if not width or len(text) < width else text[: width - 1] + " "


def rows_of(name: str, rows: Sequence[Body]) -> Body:
    """``TABLE_x: {ROW_x: …}``: a dict for one row, a list for several, nothing for none.

    >>> rows_of("vlan", [{"id": "1"}])
    {'TABLE_vlan': {'ROW_vlan': {'id': '1'}}}
    """
    if not rows:
        return {}
    return {f"TABLE_{name}": {f"ROW_{name}": rows[0] if len(rows) == 1 else list(rows)}}
