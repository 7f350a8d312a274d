"""How tests of runbooks speak to their town."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from agent.flows.fleet import each

Town = Any
"""The fixture of conftest.py, which cannot be imported here."""

TOWN = "core-1,core-2,edge-1,edge-2,leaf-1,leaf-2,leaf-3,leaf-4,sw-mairie"


def ask(town: Town, switch: str, command: str) -> str:
    """Output of one command."""
    harvest = each(town.fleet(switch), lambda device: device.ask(command)[0])
    assert not harvest.errors, harvest.errors
    return str(harvest.values[switch])


def run(town: Town, script: str, *arguments: str, **environment: str) -> Any:
    return town.moulin("run", f"playbooks/{script}.py", *arguments, **environment)


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Poll until it holds; fails after that many seconds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.1)


def history(town: Town) -> list[dict[str, Any]]:
    return list(json.loads(town.moulin("history", "--json").stdout))
