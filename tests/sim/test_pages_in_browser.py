"""The pages as people meet them: in Chromium, over the whole virtual city."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from agent.flows.lab import call_control
from agent.flows.watch import Watch, WatchOptions
from agent.web.serve import RunningWatch
from tests.sim.city_lab import SECRETS, expected_at, whole_city

CHROMIUM = shutil.which("chromium")
ABORTED = "ERR_ABORTED"
NET = "127.89"
EXPECTED = expected_at(NET)
INTERVAL_SECONDS = 2
PAGES = (
    "/",
    "/map",
    "/switch/sw-mairie",
    "/switch/core-1",
    "/find?kind=camera&q=beffroi",
    "/events",
    "/changes",
    "/public",
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """(address of the pages, address of the lab's control)."""
    folder: Path = tmp_path_factory.mktemp("city")
    with ExitStack() as stack:
        control = stack.enter_context(whole_city(folder, NET))
        options = WatchOptions(interval_seconds=INTERVAL_SECONDS)
        watch = stack.enter_context(RunningWatch(lambda: Watch(EXPECTED, SECRETS, options), "127.0.0.1:0"))
        yield watch.url, control


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Page]:
    """A page that fails its test when the console or the network complains."""
    context = browser.new_context(locale="en")
    made = context.new_page()
    wrong: list[str] = []
    made.on("console", lambda said: wrong.append(said.text) if said.type in {"error", "warning"} else None)
    made.on("pageerror", lambda error: wrong.append(str(error)))
    # what a page still fetched when the next one was asked for is given up, and says so
    made.on("requestfailed", lambda one: ABORTED in (one.failure or "") or wrong.append(f"failed: {one.url}"))
    yield made
    context.close()
    assert wrong == []


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_page_opens_without_a_word_of_the_console(
    page: Page, city: tuple[str, str], path: str, language: str
) -> None:
    joint = "&" if "?" in path else "?"
    reply = page.goto(f"{city[0]}{path}{joint}lang={language}")
    assert reply is not None
    assert reply.status == 200
    assert page.get_attribute("html", "lang") == language
    expect(page.locator("h1")).to_have_count(1)


def test_the_map_shows_a_cut_link_within_two_polls(page: Page, city: tuple[str, str]) -> None:
    url, control = city
    page.goto(f"{url}/map")
    words = "core-1 – sw-piscine: 0 of 1 links up"
    uplink = next(
        p for p in EXPECTED.ports if (p.device, p.kind, p.endpoint) == ("sw-piscine", "uplink", "core-1")
    )
    where = {"node": uplink.device, "port": uplink.interface}
    call_control(control, "POST", "/faults", {"kind": "link-cut", **where})
    # the page renews itself every five seconds: that is the least that it offers
    expect(page.locator("main li.down", has_text=words)).to_have_count(
        1, timeout=1000 * (2 * INTERVAL_SECONDS + 7)
    )
    expect(page.locator("svg.map path.down")).to_have_count(1)
    page.locator("svg.map a", has_text="sw-piscine").click()
    expect(page.locator("h1")).to_contain_text("sw-piscine")
    expect(page.locator(".face li.dark")).to_have_count(1)


def test_a_camera_is_found_by_street_and_by_keyboard(page: Page, city: tuple[str, str]) -> None:
    camera = next(port for port in EXPECTED.ports if port.kind == "camera")
    page.goto(f"{city[0]}/find")
    page.get_by_label("Words of the place").fill(camera.place)
    page.keyboard.press("Enter")
    expect(page.locator("tbody tr", has_text=camera.endpoint)).to_have_count(1)


def test_the_first_tab_skips_to_the_content(page: Page, city: tuple[str, str]) -> None:
    page.goto(f"{city[0]}/")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()


def test_residents_see_services_and_nothing_else(page: Page, city: tuple[str, str]) -> None:
    page.goto(f"{city[0]}/public?lang=fr")
    text = page.locator("body").inner_text()
    assert "Vidéoprotection" in text
    assert "commutateur" not in text
    for port in EXPECTED.ports:
        assert port.device not in text
        assert not port.place or port.place not in text
