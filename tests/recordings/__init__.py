"""Where the recordings of real devices lie; tests that need them skip with a reason when they are absent."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest


@cache
def shared_data() -> Path | None:
    """The folder with the recordings: ``shared/data`` beside the checkout, or beside a folder above it."""
    for parent in Path(__file__).resolve().parents:
        found = parent.parent / "shared" / "data"
        if (found / "INDEX.md").is_file():
            return found
    return None


needs_shared = pytest.mark.skipif(
    shared_data() is None, reason="recordings of real devices are not here (../shared/data)"
)


@cache
def running_configs() -> dict[str, str]:
    """Recorded running-configs by ``lab/node``; empty when the recordings are absent."""
    folder = shared_data()
    if folder is None:
        return {}
    files = (folder / "nxos-labs").glob("*/configs/*/show_running-config.txt")
    return {f"{file.parents[2].name}/{file.parent.name}": file.read_text(encoding="utf-8") for file in files}
