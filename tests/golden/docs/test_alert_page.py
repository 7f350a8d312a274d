"""docs/alerts.md is what the table of alerts says now."""

from __future__ import annotations

import os
from pathlib import Path

from agent.noc.table import write_alerts

PAGE = Path(__file__).resolve().parents[3] / "docs" / "alerts.md"


def test_the_page_is_current() -> None:
    text = write_alerts()
    if os.environ.get("MOULIN_REWRITE_GOLDEN"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text, "run: MOULIN_REWRITE_GOLDEN=1 pytest tests/golden/docs"
