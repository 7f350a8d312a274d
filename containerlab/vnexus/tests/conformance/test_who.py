"""The README's table of clients names the versions that judge here."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2]
ROW = re.compile(
    r"^\| (?P<client>[\w -]+) \| (?P<version>[\d.]+) \| (?:yes|no) \| (?:yes|no) \| yes \|", re.MULTILINE
)
ASIDE = {"ansible": "ansible", "pyats": "pyats", "scrapli 2": "scrapli"}
"""Clients with an environment of their own, and the name of their package."""


def claims() -> dict[str, str]:
    return {m["client"]: m["version"] for m in ROW.finditer((PACKAGE / "README.md").read_text())}


def test_everybody_is_named() -> None:
    assert set(claims()) == {"netmiko", "napalm", "scrapli", "scrapli-cfg", *ASIDE}


@pytest.mark.parametrize("client", sorted(claims()))
def test_the_version_is_the_one_that_judges(client: str) -> None:
    if client not in ASIDE:
        assert metadata.version(client) == claims()[client]
        return
    pinned = (PACKAGE / "judges" / f"{ASIDE[client]}.txt").read_text()
    assert f"\n{ASIDE[client]}=={claims()[client]}\n" in pinned
