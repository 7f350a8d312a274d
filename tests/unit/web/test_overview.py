"""The city at a glance, from hand-made polls."""

from __future__ import annotations

from agent import metrics as m
from agent.collect.poll import Poll
from agent.intent.expectation import Expectations, ExpectedPort, Target
from agent.metrics import Page, Sample
from agent.web.overview import describe_city

NOW = 1_000.0


def target(device: str, site: str) -> Target:
    return Target(device, "127.0.0.1", 161, "ro", site, "building", "n9k")


def camera(device: str, port: int, least: float | None = 3.0) -> ExpectedPort:
    name = f"CAM-{device}-{port}"
    return ExpectedPort(
        device, f"Ethernet1/{port}", "camera", "cctv", "x", "town", name, f"rue {port}", least
    )


def page(device: str, up: dict[int, int], watts: dict[int, float] | None = None) -> Page:
    made = Page()
    for port, value in up.items():
        made.add(Sample(m.INTERFACE_UP, (device, f"Ethernet1/{port}"), value))
    for port, value in (watts or {}).items():
        made.add(Sample(m.POE_WATTS, (device, f"Ethernet1/{port}"), value))
    return made


def poll(device: str, *, success: bool = True, partial: tuple[str, ...] = ()) -> Poll:
    return Poll(device, NOW - 12, 2.0, success, "" if success else "no answer", Page(), "nxos", partial)


def test_every_state_of_switch_and_camera() -> None:
    expectations = Expectations(
        targets=(target("a", "hall"), target("b", "hall"), target("c", "school"), target("d", "school")),
        ports=(
            camera("a", 1),
            camera("a", 2),
            camera("a", 3),
            camera("a", 4, None),
            camera("b", 1),
            camera("c", 1),
            camera("d", 1),
        ),
        neighbors=(),
        sessions=(),
    )
    pages = {
        "a": page("a", {1: 1, 2: 0, 3: 1, 4: 1}, {1: 6.0, 2: 0.0, 3: 0.4}),
        "b": page("b", {1: 1}, {1: 5.0}),
    }
    polls = {"a": poll("a"), "b": poll("b", partial=("sensors",)), "c": poll("c", success=False)}
    city = describe_city(expectations, polls.get, lambda name: pages.get(name, Page()), NOW)
    hall, school = city.sites
    assert [(one.device, one.state) for one in hall.switches] == [("a", "up"), ("b", "partial")]
    assert [(one.device, one.state) for one in school.switches] == [("c", "down"), ("d", "waiting")]
    assert hall.cameras_dark == ("rue 2", "rue 3")  # down; up but starving
    assert school.cameras_dark == ()  # behind a dead switch, or one not polled yet: nobody knows
    assert hall.switches[0].age_seconds == 10
    assert hall.switches[0].ports_up == 3
    assert city.totals == {
        "switches": 4,
        "switches_up": 2,
        "ports_expected": 7,
        "ports_up": 4,
        "cameras": 7,
        "cameras_dark": 2,
    }
    assert school.switches[0].problem == "no answer"
    assert city.troubles == (
        "camera CAM-a-2, rue 2: dark (a Ethernet1/2)",
        "camera CAM-a-3, rue 3: dark (a Ethernet1/3)",
        "switch c does not answer",
    )
    assert hall.troubled


def test_an_empty_intent_is_an_empty_city() -> None:
    city = describe_city(Expectations((), (), (), ()), lambda _: None, lambda _: Page(), NOW)
    assert city.sites == ()
    assert set(city.totals.values()) == {0}
