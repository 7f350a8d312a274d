"""How verbs speak: tables for people on stdout, JSON for programs, errors as one line on stderr."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

_FILE_WIDTH = 200
"""Columns of a table that goes to a file or a pipe: nothing is cut, nothing is folded."""

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Write one JSON document; dates and paths become text."""
    out.print(json.dumps(value, indent=2, ensure_ascii=False, default=str), markup=False)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, title: str | None = None) -> None:
    """Write a plain table; cells are text and are never read as markup."""
    table = Table(*columns, title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    if not out.is_terminal:
        out.width = _FILE_WIDTH
    out.print(table)


def print_error(text: str) -> None:
    """One clear line on stderr."""
    err.print(Text(text, style="red"))


def print_diff(lines: Iterable[str]) -> None:
    """Write diff lines, coloured by their mark; on a terminal what is too long goes on below, indented."""
    styles = {"+": "green", "-": "red", "!": "yellow"}
    for line in lines:
        for row in _folded(line) if out.is_terminal else [line]:
            out.print(Text(row, style=styles.get(line[:1], "")))


def _folded(line: str) -> list[str]:
    indent = len(line) - len(line.lstrip("+-! ")) + 2
    rows = textwrap.wrap(
        line, out.width, subsequent_indent=" " * indent, drop_whitespace=False, break_on_hyphens=False
    )
    return [row.rstrip() for row in rows] or [""]
