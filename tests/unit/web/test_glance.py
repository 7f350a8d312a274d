"""What a terminal is told, from hand-made polls."""

from __future__ import annotations

from agent import metrics as m
from agent.collect.poll import Poll
from agent.flows.accounts import MONTH, Observed, Standing
from agent.intent.expectation import Expectations, ExpectedPort, ExpectedService, Place, Target
from agent.metrics import Page, Sample
from agent.web.glance import tell_status, tell_switch
from agent.web.vitals import Loads, Vitals

NOW = 1_000.0


def target(device: str, site: str) -> Target:
    return Target(device, "127.0.0.1", 161, "ro", site, "building", "n9k")


def camera(number: int) -> ExpectedPort:
    return ExpectedPort(
        "hall-1",
        f"Ethernet1/{number}",
        "camera",
        "cctv",
        "hall",
        "town",
        f"CAM-{number}",
        f"rue {number}",
        3.0,
    )


CITY = Expectations(
    (target("hall-1", "hall"), target("pool-1", "pool"), target("gym-1", "gym")),
    (camera(1), camera(2)),
    (),
    (),
    places=(Place("hall", "Town hall", "", "", 0, 0),),
    services=(ExpectedService("cctv", "video", 0.995),),
    town="Little",
)


def page() -> Page:
    made = Page()
    for port, up in (("Ethernet1/1", 1), ("Ethernet1/2", 0), ("Ethernet1/3", 0)):
        made.add(Sample(m.INTERFACE_UP, ("hall-1", port), up))
    made.add(Sample(m.INTERFACE_RX_ERRORS, ("hall-1", "Ethernet1/1"), 4))
    made.add(Sample(m.INTERFACE_TX_ERRORS, ("hall-1", "Ethernet1/1"), 1))
    made.add(Sample(m.POE_WATTS, ("hall-1", "Ethernet1/1"), 6.5))
    return made


def vitals() -> Vitals:
    polls = {
        "hall-1": Poll("hall-1", NOW - 5, 1.0, success=True, problem="", page=Page(), platform="nxos"),
        "pool-1": Poll("pool-1", NOW - 42, 2.0, success=False, problem="silent", page=Page(), platform=""),
    }
    return Vitals(polls.get, lambda device: page() if device == "hall-1" else Page(), Loads(), NOW)


def test_services_come_with_owner_objective_and_what_is_left() -> None:
    standing = Standing("cctv", "video", MONTH, 0.995, Observed(), 0.4)
    told = tell_status(CITY, vitals(), 10, [standing])
    (cctv,) = told.services
    assert (cctv.state, cctv.working, cctv.meant, cctv.sites) == ("degraded", 1, 2, ["hall"])
    assert (cctv.owner, cctv.objective_ratio, cctv.left_ratio) == ("video", 0.995, 0.4)
    assert tell_status(CITY, vitals(), 10).services[0].left_ratio is None


def test_sites_switches_and_the_age_of_the_oldest_poll() -> None:
    told = tell_status(CITY, vitals(), 10)
    assert {one.site: (one.state, one.title) for one in told.sites} == {
        "hall": ("degraded", "Town hall"),
        "pool": ("down", "pool"),
        "gym": ("unknown", "gym"),
    }
    assert {one.device: one.state for one in told.switches} == {
        "hall-1": "up",
        "pool-1": "down",
        "gym-1": "waiting",
    }
    assert told.age_seconds == 40
    assert told.stale
    assert not tell_status(CITY, vitals(), 30).stale


def test_ports_of_a_switch_and_those_of_one_that_is_silent() -> None:
    full = tell_switch(CITY, vitals(), "hall-1", 10)
    assert full is not None
    assert [(one.interface, one.state, one.watts, one.errors) for one in full.ports] == [
        ("Ethernet1/1", "up", 6.5, 5),
        ("Ethernet1/2", "dark", None, None),
        ("Ethernet1/3", "spare", None, None),
    ]
    silent = tell_switch(CITY, vitals(), "pool-1", 10)
    assert silent is not None
    assert (silent.switch.problem, silent.ports) == ("silent", [])
    assert tell_switch(CITY, vitals(), "nobody", 10) is None
