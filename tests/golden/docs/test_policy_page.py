"""docs/policy.md lists the rules of the baseline as they are."""

from __future__ import annotations

import os
from pathlib import Path

from agent.check.baseline import baseline

PAGE = Path(__file__).resolve().parents[3] / "docs" / "policy.md"
START, END = "<!-- rules -->\n", "<!-- end -->"


def write_table() -> str:
    rows = ["| rule | severity | why |", "|---|---|---|"]
    for name, rule in baseline().items():
        only = "" if len(rule.on) == 2 else f" ({rule.on[0]} only)"
        rows.append(f"| `{name}` | {rule.severity.value}{only} | {rule.rationale} |")
    return "\n".join(rows) + "\n"


def test_the_table_is_current() -> None:
    head, _, rest = PAGE.read_text("utf-8").partition(START)
    table, _, tail = rest.partition(END)
    if os.environ.get("MOULIN_REWRITE_GOLDEN"):
        PAGE.write_text(f"{head}{START}{write_table()}{END}{tail}", encoding="utf-8")
        return
    assert table == write_table(), "run: MOULIN_REWRITE_GOLDEN=1 pytest tests/golden/docs"
