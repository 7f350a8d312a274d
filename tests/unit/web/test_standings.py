"""The API keeps to its description; objectives, drift and tickets as programs and pages see them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import TypeAdapter

from agent.flows.drifted import Drifted
from agent.flows.watch import Watch
from agent.intent.expectation import Expectations, ExpectedPort, ExpectedService, Target
from agent.records import Event, EventLevel
from agent.settings import Secrets
from agent.store.tickets import Line, Ticket
from agent.web.api import Api
from agent.web.app import Front, answers_beside, create_app
from agent.web.guard import Access
from agent.web.hook import Hook
from agent.web.portal import Portal
from agent.web.services import Incident
from agent.web.ticketed import match_tickets
from tests.unit.web.test_guard import call

CITY = Expectations(
    targets=(Target("sw-1", "127.0.0.1", 161, "ro", "hall", "core", "n9k"),),
    ports=(ExpectedPort("sw-1", "Ethernet1/1", "camera", "cctv", "hall", "town", "CAM-1", "rue Haute 1"),),
    neighbors=(),
    sessions=(),
    services=(ExpectedService("cctv", "video", 0.99),),
)
GUARDED = Access(viewer="look", engineer="do", open=False)


@pytest.fixture
def watch() -> Watch:
    made = Watch(CITY, Secrets({"ro": "public"}))
    now = made.clocks.unix()
    for at, seen in ((now - 7200, (1, 0, 0)), (now - 3600, (0, 1, 0)), (now, (0, 0, 1))):
        made.accounts.book({"cctv": seen}, at, 7200)
    made.drifted["sw-1"] = Drifted("sw-1", now, "eve", "syslog", ("+ vlan 7", "- vlan 8"), "", "10.0.0.9", 3)
    made.timeline.add(Event(now, "sw-1", "link-down", "Ethernet1/1", "down", EventLevel.WARNING))
    made.timeline.add(Event(now, "sw-1", "probe-up", "", "up", EventLevel.INFO))
    return made


def ask(watch: Watch, path: str, role: str = "do") -> tuple[int, Any]:
    app = create_app(watch, Front(access=GUARDED))
    status, _, text = call(app, ("GET", path), b"", "192.0.2.9", {"authorization": f"Bearer {role}"})
    return status, json.loads(text) if text[:1] in "{[" else text


def test_every_answer_is_of_the_shape_that_is_described(watch: Watch) -> None:
    portal = Portal(watch, None)
    more = (Hook(None).answer, *answers_beside(watch, portal, Front()))
    answers = Api(watch, portal, None, more).answers
    described = ask(watch, "/api/openapi.json")[1]["paths"]
    assert set(described) == {answer.path for answer in answers}
    for answer in answers:
        status, said = ask(watch, answer.path.replace("{device}", "sw-1"))
        assert status == 200, answer.path
        shape = list[answer.model] if answer.many else answer.model  # type: ignore[name-defined]
        told: Any = TypeAdapter(shape).validate_python(said)
        for one, raw in zip(told, said, strict=True) if answer.many else [(told, said)]:
            assert set(raw) == set(type(one).model_fields), answer.path


def test_services_tell_owner_objective_and_what_is_left(watch: Watch) -> None:
    ((cctv,),) = [ask(watch, "/api/services")[1]]
    assert (cctv["service"], cctv["owner"], cctv["state"]) == ("cctv", "video", "unknown")
    assert (cctv["objective_ratio"], len(cctv["budgets"])) == (0.99, 2)
    days = cctv["budgets"][1]
    assert (days["window"], days["down_seconds"], days["unobserved_seconds"]) == ("30d", 3600, 3600)
    assert days["left_ratio"] == pytest.approx(1 - 3600 / (0.01 * 30 * 86_400), abs=1e-6)


def test_a_difference_is_shown_to_engineers_only(watch: Watch) -> None:
    told = ask(watch, "/api/switch/sw-1/drift")[1]
    assert (told["diff"], told["lines"], told["user"]) == (["+ vlan 7", "- vlan 8"], 2, "eve")
    told = ask(watch, "/api/switch/sw-1/drift", "look")[1]
    assert (told["diff"], told["lines"], told["differs"]) == (None, 2, True)
    assert "vlan 7" in ask(watch, "/switch/sw-1")[1]
    page = ask(watch, "/switch/sw-1", "look")[1]
    assert "vlan 7" not in page
    assert "shown to engineers" in page
    assert ask(watch, "/api/switch/sw-9/drift")[0] == 404


def test_events_are_filtered_for_programs_too(watch: Watch) -> None:
    assert [one["kind"] for one in ask(watch, "/api/events?severity=warning")[1]] == ["link-down"]
    assert [one["kind"] for one in ask(watch, "/api/events?kind=probe-up&limit=1")[1]] == ["probe-up"]


def incident(device: str, interface: str, place: str) -> Incident:
    return Incident(device, interface, "cctv", "hall", "camera" if interface else "switch", place, None)


def ticket(number: int, site: str, *summaries: str, state: Any = "open") -> Ticket:
    lines = tuple(Line(summary, "", "", "") for summary in summaries)
    return Ticket(
        str(number),
        state,
        "page",
        "cameras dark",
        "CameraDark",
        "video",
        "cctv",
        site,
        lines,
        0,
        0,
        0,
        number,
    )


def test_an_incident_has_the_ticket_that_names_it_whole() -> None:
    wanted = incident("sw-1", "Ethernet1/1", "rue Haute 1")
    other = incident("sw-1", "Ethernet1/12", "rue Haute 12")
    silent = incident("sw-1", "", "sw-1")
    tickets = [
        ticket(4, "hall", "Camera CAM-1 dark at rue Haute 1", state="closed"),
        ticket(3, "elsewhere", "Camera CAM-1 dark at rue Haute 1"),
        ticket(2, "hall", "Camera CAM-9 dark at rue Haute 9", "sw-1 Ethernet1/12 is down"),
        ticket(1, "hall", "Camera CAM-1 dark at rue Haute 1."),
    ]
    found = match_tickets((wanted, other, silent), tickets)
    assert {one.interface: mine.number for one, mine in found.items()} == {
        "Ethernet1/1": 1,
        "Ethernet1/12": 2,
    }
    assert match_tickets([silent], [ticket(5, "", "Switch sw-1 does not answer")])[silent].number == 5
