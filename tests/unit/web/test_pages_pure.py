"""Map, faceplate, services and words, from hand-made polls."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from agent import metrics as m
from agent.collect.poll import Poll
from agent.intent.expectation import Expectations, ExpectedNeighbor, ExpectedPort, ExpectedService, Target
from agent.metrics import Page, Sample, name_series, read_labels
from agent.web.faceplate import draw_faceplate
from agent.web.language import LANGUAGES, choose_language, words_of
from agent.web.services import Cell, find_endpoints, weigh_services
from agent.web.topology import NODE, Topology, draw_topology
from agent.web.vitals import Loads, Vitals

NOW = 1_000.0


def target(device: str, role: str = "building") -> Target:
    return Target(device, "127.0.0.1", 161, "ro", f"site-{device}", role, "n9k")


def camera(device: str, port: int) -> ExpectedPort:
    return ExpectedPort(
        device,
        f"Ethernet1/{port}",
        "camera",
        "cctv",
        f"site-{device}",
        "town",
        f"CAM-{port}",
        f"rue {port}",
        3.0,
    )


def both(one: tuple[str, str], other: tuple[str, str]) -> tuple[ExpectedNeighbor, ExpectedNeighbor]:
    return ExpectedNeighbor(*one, *other), ExpectedNeighbor(*other, *one)


def page(device: str, up: dict[str, int], **more: dict[str, float]) -> Page:
    made = Page()
    for port, value in up.items():
        made.add(Sample(m.INTERFACE_UP, (device, port), value))
    for name, values in more.items():
        for port, amount in values.items():
            made.add(Sample(getattr(m, name), (device, port), amount))
    return made


def looked_at(pages: dict[str, Page], *, silent: tuple[str, ...] = ()) -> Vitals:
    def last(device: str) -> Poll | None:
        if device in pages or device in silent:
            return Poll(device, NOW - 2, 0.5, device not in silent, "", Page(), "nxos")
        return None

    return Vitals(last, lambda device: pages.get(device, Page()), Loads(), NOW)


CITY = Expectations(
    targets=(target("core-1", "core"), target("sw-a"), target("sw-b")),
    ports=(camera("sw-a", 1), camera("sw-a", 2), camera("sw-b", 1)),
    neighbors=(
        *both(("core-1", "Ethernet3/1"), ("sw-a", "Ethernet1/49")),
        *both(("core-1", "Ethernet3/2"), ("sw-a", "Ethernet1/50")),
        *both(("core-1", "Ethernet3/3"), ("sw-b", "Ethernet1/49")),
    ),
    sessions=(),
)


def test_a_line_is_as_whole_as_its_links() -> None:
    pages = {
        "core-1": page("core-1", {"Ethernet3/1": 1, "Ethernet3/2": 0, "Ethernet3/3": 1}),
        "sw-a": page("sw-a", {"Ethernet1/49": 1, "Ethernet1/50": 0}),
        "sw-b": page("sw-b", {"Ethernet1/49": 0}),
    }
    drawn = draw_topology(CITY, looked_at(pages))
    assert {(line.one, line.other): (line.up, line.links, line.state) for line in drawn.lines} == {
        ("core-1", "sw-a"): (1, 2, "degraded"),
        ("core-1", "sw-b"): (0, 1, "down"),
    }
    assert [line.state for line in draw_topology(CITY, looked_at({})).lines] == ["waiting", "waiting"]


@given(st.lists(st.sampled_from(["core", "leaf", "carrier-edge", "building"]), min_size=1, max_size=330))
@settings(max_examples=40, deadline=None)
def test_switches_stand_apart_and_inside_the_picture(roles: list[str]) -> None:
    """Also 300 of them, and without coordinates: no two boxes touch."""
    city = Expectations(tuple(target(f"s{n}", role) for n, role in enumerate(roles)), (), (), ())
    drawn = draw_topology(city, looked_at({}))
    wide, high = NODE
    assert all(62 <= node.x <= drawn.width - 62 and 0 < node.y < drawn.height for node in drawn.nodes)
    spots = sorted((node.y, node.x) for node in drawn.nodes)
    assert len(spots) == len(roles)
    for (y1, x1), (y2, x2) in pairwise(spots):
        assert y2 - y1 >= high + 10 or (y1 == y2 and x2 - x1 >= wide + 4)


def test_a_line_to_the_second_row_passes_between_the_boxes_of_the_first() -> None:
    names = [f"sw-{n:02}" for n in range(14)]
    city = Expectations(
        (target("core-1", "core"), target("core-2", "core"), *(target(name) for name in names)),
        (),
        tuple(
            end
            for n, name in enumerate(names)
            for core in ("core-1", "core-2")
            for end in both((core, f"Ethernet3/{n}"), (name, f"Ethernet1/{core[-1]}"))
        ),
        (),
    )
    drawn = draw_topology(city, looked_at({}))
    first = sorted({node.y for node in drawn.nodes})[1]
    boxes = [node.x for node in drawn.nodes if node.y == first]
    bent = [line for line in drawn.lines if len(line.points) == 3]
    assert len(bent) == 14
    for line in bent:
        assert all(abs(line.points[1][0] - x) > NODE[0] / 2 for x in boxes)
    assert len({line.points[1] for line in bent}) == 14  # one does not hide the other
    assert not drawn.many


def test_a_line_tells_its_load_when_that_is_worth_it() -> None:
    line = draw_topology(CITY, looked_at({})).lines[0]
    said = [
        replace(line, state=state, up=1, links=2, load=load)
        for state, load in (
            ("up", 0.1),
            ("steady", 0.424),
            ("busy", 0.9),
            ("degraded", 0.9),
            ("waiting", None),
        )
    ]
    assert [one.label for one in said] == ["", "42 %", "90 %", "1/2", ""]
    drawn = Topology(1, 1, (), tuple(said), many=False)
    assert [one.state for one in drawn.lines_by_need] == ["degraded", "waiting", "busy", "steady", "up"]
    assert drawn.unknown == 1


def test_load_needs_two_looks_and_forgets_a_counter_that_went_back() -> None:
    loads = Loads()
    port = "Ethernet1/1"

    def counted(received: float) -> Page:
        return page(
            "a",
            {},
            INTERFACE_RX_BYTES={port: received},
            INTERFACE_TX_BYTES={port: 0},
            INTERFACE_SPEED={port: 100},
        )

    assert loads.of("a", 0, counted(1_000)) == {}
    assert loads.of("a", 1, counted(1_050)) == {}  # too near
    assert loads.of("a", 10, counted(1_500)) == {port: 0.5}
    assert loads.of("a", 20, counted(7)) == {port: 0.0}  # only the other direction still says something


def test_a_port_is_shown_as_it_is_meant() -> None:
    ports = {"Ethernet1/1": 1, "Ethernet1/2": 0, "Ethernet1/10": 0, "Ethernet1/9": 0, "Vlan7": 1}
    seen = page(
        "sw-a",
        ports,
        INTERFACE_ADMIN_UP={"Ethernet1/9": 0, "Ethernet1/10": 1},
        POE_WATTS={"Ethernet1/1": 8.4},
    )
    (slot,) = draw_faceplate("sw-a", CITY, seen, {"Ethernet1/1": 0.25})
    assert [(port.number, port.state) for port in slot.ports] == [
        ("1", "up"),
        ("2", "dark"),
        ("9", "off"),
        ("10", "spare"),
    ]
    assert slot.ports[0].words == "Ethernet1/1: up, camera rue 1, 8.4 W, 25 % busy"


def test_services_count_what_works_and_what_nobody_knows() -> None:
    pages = {
        "core-1": page("core-1", {}),
        "sw-a": page("sw-a", {"Ethernet1/1": 1, "Ethernet1/2": 0}, INTERFACE_LAST_CHANGE={"Ethernet1/2": 40}),
    }
    pages["sw-a"].add(Sample(m.UPTIME, ("sw-a",), 100))
    being = weigh_services(CITY, looked_at(pages, silent=("sw-b",)))
    assert (being.at("cctv", "site-sw-a").state, being.at("cctv", "site-sw-b").state) == (
        "degraded",
        "unknown",
    )
    assert being.over("cctv").meant == 3
    assert [(one.kind, one.place, one.seconds, one.unseen) for one in being.incidents] == [
        ("switch", "sw-b", None, (("camera", 1),)),
        ("camera", "rue 2", 60, ()),
    ]
    assert being.sites_by_need == ("site-sw-a", "site-sw-b")
    assert (being.over("cctv").broken, being.over("cctv").state) == (1, "degraded")


def test_what_is_not_seen_is_neither_well_nor_broken() -> None:
    assert [Cell(4, *seen).state for seen in ((4, 0), (3, 1), (2, 1), (0, 4), (0, 3), (0, 0))] == [
        "well",
        "partly",
        "degraded",
        "unknown",
        "degraded",
        "out",
    ]
    assert Cell().state == "none"


def test_a_cut_cable_is_one_incident_told_where_people_miss_it() -> None:
    def uplink(device: str, port: str, site: str) -> ExpectedPort:
        return ExpectedPort(device, port, "uplink", "transport", site, "town", "x", "there")

    ends = ("core-1", "Ethernet3/3"), ("sw-b", "Ethernet1/49")
    city = replace(
        CITY,
        ports=(uplink(*ends[0], "dc"), uplink(*ends[1], "hall")),
        services=(ExpectedService("transport", "network"),),
    )
    pages = {device: page(device, {port: 0}) for device, port in ends}
    found = weigh_services(city, looked_at({**pages, "sw-a": page("sw-a", {})})).incidents
    assert [(one.device, one.owner) for one in found] == [("sw-b", "network")]
    pages["sw-b"] = page("sw-b", {"Ethernet1/49": 1})  # one-way: only one end misses it
    found = weigh_services(city, looked_at({**pages, "sw-a": page("sw-a", {})})).incidents
    assert [one.device for one in found] == ["core-1"]


def test_endpoints_are_found_by_every_word() -> None:
    found = [line.port.endpoint for line in find_endpoints(CITY, looked_at({}), "camera", "RUE sw-a 2")]
    assert found == ["CAM-2"]


def test_endpoints_stand_in_the_order_of_the_street() -> None:
    city = Expectations((target("sw-a"),), tuple(camera("sw-a", port) for port in (12, 3, 1)), (), ())
    found = [line.port.place for line in find_endpoints(city, looked_at({}), "camera")]
    assert found == ["rue 1", "rue 3", "rue 12"]


@given(st.lists(st.text(max_size=20), max_size=8))
def test_any_place_can_stand_in_the_order(places: list[str]) -> None:
    ports = tuple(replace(camera("sw-a", 1), place=place) for place in places)
    city = Expectations((target("sw-a"),), ports, (), ())
    assert len(list(find_endpoints(city, looked_at({}), "camera"))) == len(places)


def test_both_languages_say_the_same_things() -> None:
    english, french = (words_of(language) for language in LANGUAGES)
    assert english.keys() == french.keys()
    for key, said in english.items():
        holes = {name for _, name, _, _ in string.Formatter().parse(str(said)) if name}
        assert holes == {name for _, name, _, _ in string.Formatter().parse(str(french[key])) if name}, key
        assert isinstance(said, str), key
        assert isinstance(french[key], str), key


@given(st.text(max_size=60))
def test_any_accept_language_gives_a_language(header: str) -> None:
    assert choose_language(None, None, header) in LANGUAGES


@given(st.text(max_size=30), st.text(max_size=30))
def test_labels_are_read_as_they_were_written(device: str, port: str) -> None:
    series = name_series(m.INTERFACE_UP, (device, port))
    assert read_labels(series) == {"device": device, "interface": port}
    assert re.match(r"net_interface_up\{", series)
