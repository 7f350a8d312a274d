"""Pages that are fed lies, floods, old words and silence: in Chromium, from polls made by hand."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect, sync_playwright

from agent import metrics as m
from agent.collect.poll import Poll
from agent.collect.source import Holding
from agent.flows.drifted import Drifted
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import (
    Expectations,
    ExpectedNeighbor,
    ExpectedPort,
    ExpectedService,
    ExpectedTeam,
    Place,
    Target,
)
from agent.metrics import Page, Sample
from agent.records import Event, EventLevel
from agent.settings import Secrets
from agent.web.serve import RunningWatch

CHROMIUM = shutil.which("chromium")
ABORTED = "ERR_ABORTED"
HOST = "sw-<script>alert('host')</script>"
EVIL = '"><script>window.struck = 1; alert(\'x\')</script><img src=x onerror="window.struck=1">'
PAGES = (
    "/",
    "/map",
    "/events",
    f"/switch/{quote(HOST, safe='')}",
    "/switch/core-1",
    "/find?kind=camera",
    "/changes",
    "/public",
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")

CITY = Expectations(
    targets=(
        Target("core-1", "127.0.0.1", 1, "ro", "dc", "core", "n7k"),
        Target(HOST, "127.0.0.1", 1, "ro", "hall", "building", "n9k"),
        Target("sw-mute", "127.0.0.1", 1, "ro", "nowhere", "building", "n9k"),
    ),
    ports=tuple(
        ExpectedPort(
            HOST, f"Ethernet1/{n}", "camera", "cctv", "hall", "town", f"CAM-{n}", f"rue {n} {EVIL}", 3.0
        )
        for n in (1, 2)
    ),
    neighbors=(
        ExpectedNeighbor("core-1", "Ethernet3/1", HOST, "Ethernet1/49"),
        ExpectedNeighbor(HOST, "Ethernet1/49", "core-1", "Ethernet3/1"),
    ),
    sessions=(),
    places=(Place("hall", EVIL, EVIL, "", 0.0, 0.0),),  # the other sites have no place at all
    titles=(("cctv", "", EVIL),),
    town=EVIL,
    services=(ExpectedService("cctv", "video", 0.995),),
    teams=(ExpectedTeam("video", EVIL),),
)


@dataclass
class Said:
    """A source whose words are given by hand."""

    name: str = "said"
    at: float = field(default_factory=time.time)
    pages: dict[str, Page] = field(default_factory=dict)

    def devices(self) -> list[str]:
        """Who has spoken."""
        return list(self.pages)

    def holding(self, device: str) -> Holding | None:
        """What it said."""
        page = self.pages.get(device)
        return Holding(page.families, self.at, 30) if page else None

    def last(self, device: str) -> Poll | None:
        """A good poll of those that have spoken, a bad one of the mute."""
        page = self.pages.get(device)
        return Poll(device, self.at, 0.1, page is not None, "" if page else EVIL, page or Page())


def speaking(device: str, ports: dict[str, int]) -> Page:
    page = Page()
    page.add(Sample(m.DEVICE_INFO, (device, EVIL, EVIL, EVIL), 1))
    page.add(Sample(m.UPTIME, (device,), 9_000))
    page.add(Sample(m.NTP_SYNCHRONISED, (device,), 1))
    page.add(Sample(m.NTP_PEER_OFFSET, (device, EVIL), 301))
    page.add(Sample(m.PSU_UP, (device, EVIL), 0))
    page.add(Sample(m.SENSOR_CELSIUS, (device, EVIL, ""), 41.0))
    page.add(Sample(m.PART_INFO, (device, "t", "transceiver", EVIL, EVIL, "", "", "Ethernet1/49"), 1))
    for port, up in ports.items():
        page.add(Sample(m.INTERFACE_UP, (device, port), up))
        page.add(Sample(m.INTERFACE_ADMIN_UP, (device, port), 1))
        page.add(Sample(m.INTERFACE_INFO, (device, port, EVIL), 1))
    return page


def make_watch(said: Said) -> Watch:
    said.pages = {
        "core-1": speaking("core-1", {"Ethernet3/1": 1}),
        HOST: speaking(HOST, {"Ethernet1/1": 1, "Ethernet1/2": 0, "Ethernet1/49": 1}),
    }
    watch = Watch(CITY, Secrets({"ro": "public"}), WatchOptions(interval_seconds=3600, deadline_seconds=1))
    watch.add_source(said)
    watch.last = said.last  # type: ignore[method-assign]  # nobody is asked here
    for level in EventLevel:
        fields = {"user": EVIL, "peer": EVIL}
        watch.timeline.add(Event(time.time(), HOST, EVIL, EVIL, EVIL, level, fields, EVIL))
    watch.drifted[HOST] = Drifted(HOST, time.time(), EVIL, EVIL, (f"+ description {EVIL}",), EVIL, EVIL)
    watch.accounts.book({"cctv": (1, 1, 0)}, time.time() - 3600, 75)
    watch.accounts.book({"cctv": (1, 1, 0)}, time.time(), 3600)
    return watch


@contextmanager
def served(said: Said) -> Iterator[tuple[str, Watch]]:
    made: list[Watch] = []

    def make() -> Watch:
        made.append(make_watch(said))
        return made[0]

    with RunningWatch(make, "127.0.0.1:0") as running:
        yield running.url, made[0]


@pytest.fixture(scope="module")
def hostile() -> Iterator[tuple[str, Watch, Said]]:
    said = Said()
    with served(said) as (url, watch):
        yield url, watch, said


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def tab(browser: Any) -> Iterator[Tab]:
    """A tab that fails its test when anything runs, asks, or complains."""
    context = browser.new_context(locale="en")
    made = context.new_page()
    wrong: list[str] = []
    made.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.on("dialog", lambda asked: (wrong.append(f"dialog {asked.message}"), asked.dismiss()))
    # what a page still fetched when the next one was asked for is given up, and says so
    made.on("requestfailed", lambda one: ABORTED in (one.failure or "") or wrong.append(f"failed: {one.url}"))
    yield made
    context.close()
    assert wrong == []


@pytest.mark.parametrize("path", PAGES)
def test_nothing_that_a_switch_says_is_run(tab: Tab, hostile: tuple[str, Watch, Said], path: str) -> None:
    reply = tab.goto(hostile[0] + path)
    assert reply is not None
    assert reply.status == 200
    assert tab.evaluate("window.struck") is None
    assert tab.locator("script, img, iframe, object, [onerror], [onload], [style]").count() == 0
    assert "default-src 'none'" in reply.headers["content-security-policy"]


def test_what_it_says_is_shown_as_it_was_said(tab: Tab, hostile: tuple[str, Watch, Said]) -> None:
    tab.goto(hostile[0] + "/map?hold=1")
    expect(tab.locator("svg.map a")).to_have_count(3)  # also those whose sites have no coordinates
    tab.locator("svg.map a[aria-label*='alert']").click()
    expect(tab.locator("h1")).to_contain_text(HOST)
    expect(tab.locator("pre .add")).to_contain_text(EVIL)
    expect(tab.locator(".events").first).to_contain_text(EVIL)
    expect(tab.locator("main")).to_contain_text("clock of this switch is +301.0 s off")


def test_a_guard_stands_where_escaping_would_fail(tab: Tab, hostile: tuple[str, Watch, Said]) -> None:
    """The policy refuses a script that somebody brought into a page in spite of all."""
    context = tab.context.browser.new_context() if tab.context.browser else None
    assert context is not None
    victim = context.new_page()
    refused: list[str] = []
    victim.on("console", lambda said: refused.append(said.text))

    def bring(route: Any) -> None:
        answer = route.fetch()
        body = answer.text().replace("</main>", "<script>window.struck = 1</script></main>")
        route.fulfill(response=answer, body=body)

    victim.route("**/public", bring)
    victim.goto(hostile[0] + "/public")
    assert victim.evaluate("window.struck") is None
    assert any("Content Security Policy" in text for text in refused)
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(
    browser: Any, hostile: tuple[str, Watch, Said], path: str, scheme: str
) -> None:
    context = browser.new_context(locale="en", color_scheme=scheme)
    page = context.new_page()
    page.goto(hostile[0] + path + ("&" if "?" in path else "?") + "hold=1")
    found = Axe().run(page).response["violations"]
    context.close()
    serious = [
        (one["id"], node["html"][:160], node["failureSummary"][:200])
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"][:3]
    ]
    assert serious == []


def test_old_words_are_called_old_and_gaps_are_counted(tab: Tab) -> None:
    said = Said(at=time.time() - 2.6 * 3600)
    with served(said) as (url, _):
        tab.goto(url)
        expect(tab.locator(".age.stale")).to_contain_text("Data is 2 h old")
        expect(tab.locator(".age")).to_contain_text("1 of 3 switches not seen")
        said.pages.clear()
        tab.goto(url)
        expect(tab.locator(".age.none")).to_contain_text("No switch answers")
        expect(tab.locator("main")).not_to_contain_text("all as meant")
        tab.goto(f"{url}/map")
        expect(tab.locator("main")).to_contain_text("Nobody knows of 1 of 1 connections")
        expect(tab.locator("main")).not_to_contain_text("Every link is whole")
        tab.goto(f"{url}/public")
        expect(tab.locator("main li")).to_contain_text("not known")


def test_a_flood_of_events_leaves_pages_up_and_short(tab: Tab) -> None:
    said = Said()
    with served(said) as (url, watch):
        one = Event(time.time(), "core-1", "link-down", "Ethernet3/1", "", EventLevel.WARNING)
        for number in range(50_000):
            watch.timeline.add(replace(one, text=f"message {number} {'x' * 500}", at=one.at + number / 1e4))
        assert len(watch.timeline) == watch.timeline.capacity
        tab.goto(f"{url}/events")
        expect(tab.locator("tbody tr time")).to_have_count(200)
        begun = time.perf_counter()
        tab.goto(f"{url}/switch/core-1")
        expect(tab.locator("h1")).to_contain_text("core-1")
        assert time.perf_counter() - begun < 5


def test_a_reader_stops_the_renewal_and_a_keyboard_reaches_every_port(
    tab: Tab, hostile: tuple[str, Watch, Said]
) -> None:
    tab.goto(hostile[0])
    assert tab.locator("meta[http-equiv=refresh]").count() == 1
    tab.get_by_role("link", name="hold").click()
    expect(tab.locator(".hold")).to_contain_text("held")
    assert tab.locator("meta[http-equiv=refresh]").count() == 0
    tab.goto(hostile[0] + f"/switch/{quote(HOST, safe='')}?hold=1")
    port = tab.locator(".face li.dark a")
    port.focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("tr:target")).to_contain_text("Ethernet1/2")
    expect(tab.locator("tr:target")).to_contain_text("not as meant")


def test_on_paper_there_is_what_was_on_the_screen_but_no_controls(
    tab: Tab, hostile: tuple[str, Watch, Said]
) -> None:
    tab.goto(hostile[0] + "/?hold=1")
    tab.emulate_media(media="print")
    expect(tab.locator("nav")).to_be_hidden()
    expect(tab.locator(".matrix")).to_be_visible()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
