"""``/api/events``: the timeline for programs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.requests import Request

from agent.flows.watch import Watch
from agent.intent.expectation import Expectations
from agent.records import Event, EventLevel
from agent.web.api import Api
from agent.web.portal import Portal


def ask(query: str) -> list[dict[str, Any]]:
    watch = Watch(Expectations((), (), (), ()), {})
    for number in range(5):
        device = "hall" if number % 2 else "core-1"
        watch.timeline.add(
            Event(
                float(number),
                device,
                "link-down",
                f"Ethernet1/{number}",
                "down",
                EventLevel.WARNING,
                {"a": "b"},
            )
        )
    api = Api(watch, Portal(watch, None), None)
    request = Request({"type": "http", "query_string": query.encode(), "headers": []})
    found: list[dict[str, Any]] = json.loads(bytes(asyncio.run(api.events(request)).body))
    return found


def test_the_latest_first_of_all_or_of_one_switch() -> None:
    assert [one["at"] for one in ask("")] == [4, 3, 2, 1, 0]
    assert [one["at"] for one in ask("device=hall&limit=1")] == [3]
    assert ask("limit=nonsense&device=nobody") == []
    assert ask("limit=1")[0] == {
        "at": 4.0,
        "device": "core-1",
        "kind": "link-down",
        "interface": "Ethernet1/4",
        "text": "down",
        "severity": "warning",
        "source": "trap",
        "fields": {"a": "b"},
    }
