"""The freeze calendar on a virtual switch: nothing changes, unless somebody says why it cannot wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import yaml

Corner = Any
"""The fixture of conftest.py, which cannot be imported here."""


def freeze(corner: Corner, *, sites: list[str]) -> None:
    """A freeze of the named sites from an hour ago to an hour from now."""
    file = corner.settings.inventory / "freezes.yaml"
    now, hour = datetime.now(UTC), timedelta(hours=1)
    entry = {
        "reason": "Election day",
        "starts": (now - hour).isoformat(),
        "ends": (now + hour).isoformat(),
        "sites": sites,
    }
    file.write_text(yaml.safe_dump({"freezes": [entry]}), "utf-8")


def test_a_freeze_holds_changes_back_and_breaking_the_glass_is_written_down(corner: Corner) -> None:
    freeze(corner, sites=["mairie"])
    refused = corner.moulin("apply", "--yes", "--limit", "sw-mairie")
    assert refused.returncode == 4
    assert "Election day" in refused.stderr
    assert corner.moulin("plan", "--limit", "sw-mairie").returncode == 3, "the switch was not touched"

    broken = corner.moulin("apply", "--yes", "--limit", "sw-mairie", "--break-glass", "cameras are blind")
    assert broken.returncode == 0
    assert "BREAK GLASS: cameras are blind" in corner.moulin("history").stdout


def test_a_freeze_of_another_site_holds_nothing_back(corner: Corner) -> None:
    freeze(corner, sites=["police"])
    assert corner.moulin("apply", "--yes", "--limit", "sw-mairie").returncode == 0
