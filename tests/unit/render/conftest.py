"""One switch of every role, as facts, and the shipped templates."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from pydantic import TypeAdapter

from agent.intent.switch import Switch
from agent.render.env import Templates

HERE = Path(__file__).parent
TEMPLATES = HERE.parents[2] / "templates"
SECRETS = {"admin": "$5$salt$hash", "tacacs": "tacacs-key", "snmp_ro": "city-ro", "bgp_north": "north-key"}


@pytest.fixture(scope="session")
def templates() -> Templates:
    return Templates(TEMPLATES)


@pytest.fixture(scope="session")
def secrets() -> dict[str, str]:
    return SECRETS


@pytest.fixture(scope="session")
def switch_of() -> Callable[[str], Switch]:
    def load(role: str) -> Switch:
        text = (HERE / "switches" / f"{role}.yaml").read_text(encoding="utf-8")
        return TypeAdapter(Switch).validate_python(yaml.safe_load(text))

    return load
