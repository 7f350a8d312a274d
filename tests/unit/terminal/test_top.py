"""The live view, driven by its keys over hand-made answers; the clock is the test's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from textual.pilot import Pilot
from textual.widgets import Static

from agent.errors import AgentError
from agent.terminal.board import Board
from agent.terminal.following import Following
from agent.terminal.rows import Row, fold, tell_head
from agent.terminal.screens import CityLook, Keys, SiteLook, SwitchLook
from agent.terminal.top import TopApp
from agent.web.told import (
    FactTold,
    IncidentTold,
    PortTold,
    ServiceTold,
    SiteTold,
    StatusTold,
    SwitchInFullTold,
    SwitchTold,
)

HALL = SwitchTold(
    device="hall-1",
    site="hall",
    role="building",
    state="up",
    age_seconds=2,
    ports_meant=2,
    ports_up=1,
    problem="",
)
CORE = SwitchTold(
    device="core-1", site="dc", role="core", state="down", age_seconds=3, ports_meant=1, ports_up=0,
    problem="core-1: no answer [161]. check the address",
)  # fmt: skip


def city(*, dark: bool = True) -> StatusTold:
    incident = IncidentTold(
        device="hall-1", interface="Ethernet1/7", service="cctv", site="hall", kind="camera",
        place="rue [Haute] 12", seconds=70,
    )  # fmt: skip
    state = "degraded" if dark else "well"
    return StatusTold(
        at=0, town="Little", interval_seconds=10, age_seconds=3,
        services=[
            ServiceTold(
                service="cctv", title="", state=state, meant=2, working=2 - dark, unknown=0, sites=["hall"]
            )
        ],
        sites=[
            SiteTold(
                site="hall", title="Hôtel de Ville", state=state, switches=1, switches_up=1, ports_meant=2,
                ports_up=1,
            ),
            SiteTold(
                site="dc", title="Data centre", state="down", switches=1, switches_up=0, ports_meant=1,
                ports_up=0,
            ),
        ],
        switches=[HALL, CORE],
        incidents=[incident] if dark else [],
    )  # fmt: skip


def ports(errors: float) -> list[PortTold]:
    made = [
        PortTold(
            interface=f"Ethernet1/{number}", state="up", meant=f"camera {number}", service="cctv", load=0.5,
            watts=6.5, errors=errors,
        )
        for number in range(1, 60)
    ]  # fmt: skip
    return [*made, made[0].model_copy(update={"interface": "Ethernet1/60", "state": "dark", "load": None})]


@dataclass
class Desk:
    """Answers as a watch would, and fails when told to."""

    told: StatusTold = field(default_factory=city)
    errors: float = 5
    broken: str = ""
    asked: list[str] = field(default_factory=list)

    def status(self) -> StatusTold:
        self.asked.append("")
        if self.broken:
            raise AgentError(self.broken)
        return self.told

    def switch(self, device: str) -> SwitchInFullTold:
        self.asked.append(device)
        facts = [FactTold(key="model", value="N9K [x]")]
        return SwitchInFullTold(at=0, interval_seconds=10, switch=HALL, facts=facts, ports=ports(self.errors))


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Stage:
    app: TopApp
    pilot: Pilot[None]
    desk: Desk
    clock: Clock
    following: Following

    def text(self, name: str) -> str:
        """Words of a line."""
        return str(self.app.screen.query_one(name, Static).render())

    def rows(self, name: str) -> list[list[str]]:
        """Cells of a board."""
        board = self.app.screen.query_one(name, Board)
        return [[str(cell) for cell in board.get_row_at(number)] for number in range(board.row_count)]

    async def asked(self) -> None:
        """Press ``r`` and wait for the answer to be shown."""
        answered = asyncio.Event()
        shown = self.following.noted

        def noted() -> None:
            shown()
            answered.set()

        self.following.noted = noted
        await self.pilot.press("r")
        async with asyncio.timeout(10):
            await answered.wait()
        self.following.noted = shown
        await self.pilot.pause()


def play(act: Callable[[Stage], Awaitable[None]], size: tuple[int, int] = (80, 24)) -> None:
    async def main() -> None:
        desk, clock = Desk(), Clock()
        following = Following(desk, desk.told, 3600, clock)
        app = TopApp(following)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await act(Stage(app, pilot, desk, clock, following))

    asyncio.run(main())


def test_city_site_switch_and_back_by_keyboard() -> None:
    async def act(stage: Stage) -> None:
        assert "DEGRADED" in stage.text("#head")
        assert stage.rows("#sites")[0][:2] == ["Data centre", "DOWN"]
        assert stage.rows("#incidents") == [["1 min", "camera", "hall-1", "Eth1/7", "rue [Haute] 12"]]
        await stage.pilot.press("enter")
        assert isinstance(stage.app.screen, SiteLook)
        assert stage.rows("#switches")[0][-1] == "core-1: no answer [161]. check the address"
        await stage.pilot.press("escape", "down", "enter", "enter")
        assert isinstance(stage.app.screen, SwitchLook)
        await stage.asked()
        assert stage.rows("#ports")[0] == ["Eth1/1", "up", "██▌    50 %", "6.5 W", "5", "camera 1"]
        assert "N9K [x]" in stage.text("#facts")
        await stage.pilot.press("backspace", "escape", "escape", "escape")
        assert isinstance(stage.app.screen, CityLook)

    play(act)


def test_an_incident_leads_to_its_switch() -> None:
    async def act(stage: Stage) -> None:
        await stage.pilot.press("shift+tab", "enter")
        assert isinstance(stage.app.screen, SwitchLook)
        assert stage.app.screen.device == "hall-1"
        await stage.asked()
        assert stage.desk.asked[-1] == "hall-1"

    play(act)


def test_a_lost_watch_is_a_badge_with_its_age_and_passes() -> None:
    async def act(stage: Stage) -> None:
        stage.desk.broken = "http://127.0.0.1:9: no watch answers [refused]"
        stage.clock.now = 90
        await stage.asked()
        assert "CONNECTION LOST 1 min ago" in stage.text("#head")
        assert "data 1 min old" in stage.text("#head")
        assert "WELL" not in stage.text("#head")
        assert "[refused]" in stage.text("#remark")
        assert stage.rows("#sites")
        stage.desk.broken, stage.desk.told = "", city(dark=False)
        await stage.asked()
        assert "CONNECTION LOST" not in stage.text("#head")
        assert not stage.app.screen.query_one("#remark").display
        assert stage.rows("#incidents") == []

    play(act)


def test_the_filter_forgives_accents_and_ends_with_escape() -> None:
    async def act(stage: Stage) -> None:
        await stage.pilot.press("slash", *"HOTEL")
        assert [row[0] for row in stage.rows("#sites")] == ["Hôtel de Ville"]
        await stage.pilot.press("enter", "enter")
        assert isinstance(stage.app.screen, SiteLook)
        await stage.pilot.press("escape", "escape")
        assert len(stage.rows("#sites")) == 2

    play(act)


def test_only_what_is_not_well_and_the_cursor_stays_on_its_port() -> None:
    async def act(stage: Stage) -> None:
        await stage.pilot.press("shift+tab", "enter")
        await stage.asked()
        board = stage.app.screen.query_one("#ports", Board)
        board.move_cursor(row=40)
        assert board.chosen == "Ethernet1/41"
        stage.desk.errors = 8
        await stage.asked()
        assert board.chosen == "Ethernet1/41"
        assert stage.rows("#ports")[40][4] == "8 +3"
        await stage.pilot.press("n")
        assert [row[:2] for row in stage.rows("#ports")] == [["Eth1/60", "DARK"]]
        await stage.pilot.press("n")
        assert len(stage.rows("#ports")) == 60

    play(act)


def test_help_closes_by_any_key_and_two_keys_close_it_once() -> None:
    async def act(stage: Stage) -> None:
        await stage.pilot.press("question_mark")
        assert isinstance(stage.app.screen, Keys)
        keys = stage.app.screen
        keys.on_key()
        keys.on_key()
        await stage.pilot.pause()
        assert isinstance(stage.app.screen, CityLook)
        await stage.pilot.press("q")

    play(act)


@pytest.mark.parametrize("size", [(80, 24), (200, 50), (40, 12)])
def test_incidents_and_sites_are_on_the_screen_at_any_size(size: tuple[int, int]) -> None:
    async def act(stage: Stage) -> None:
        for name in ("#head", "#services", "#incidents", "#sites"):
            region = stage.app.screen.query_one(name).region
            assert region.area > 0, name
            assert region.bottom <= size[1]
            assert region.right <= size[0]
        wide = (
            stage.app.screen.query_one("#incidents").region.y == stage.app.screen.query_one("#sites").region.y
        )
        assert wide == (size[0] >= 120)

    play(act, size)


def test_the_data_grows_old_while_the_watch_is_silent() -> None:
    told = city(dark=False)
    told = told.model_copy(update={"switches": [HALL.model_copy(update={"ports_up": 2})]})
    assert "WELL" in tell_head(told, 0, "").plain
    head = tell_head(told, 60, "").plain
    assert "STALE" in head
    assert "data 1 min old" in head
    unknown = tell_head(told.model_copy(update={"age_seconds": None}), 60, "").plain
    assert "data - old" in unknown


def test_words_are_folded() -> None:
    assert Row("école", ()).has([fold("ÉCOLE")])
