"""Bellerive, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.intent.city import City
from agent.intent.expand import expand_switches
from agent.intent.load import load_city
from agent.intent.switch import Switch

INVENTORY = Path(__file__).resolve().parents[3] / "inventory"


@pytest.fixture(scope="session")
def inventory() -> Path:
    return INVENTORY


@pytest.fixture(scope="session")
def bellerive() -> City:
    return load_city(INVENTORY)


@pytest.fixture(scope="session")
def switches(bellerive: City) -> dict[str, Switch]:
    return expand_switches(bellerive)
