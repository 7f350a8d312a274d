"""The live view over a real watch, whose switches break, and which goes away."""

from __future__ import annotations

import asyncio
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot
from textual.widgets import Static

from agent.flows.watch import Watch, WatchOptions
from agent.terminal.board import Board
from agent.terminal.following import Following
from agent.terminal.line import WatchLine
from agent.terminal.top import TopApp
from agent.web.serve import RunningWatch
from tests.sim.terminal.conftest import Town, expectations

MOULIN = str(Path(sys.executable).with_name("moulin"))


async def until(pilot: Pilot[None], right: Callable[[], bool]) -> None:
    """Wait until the screen is right."""
    async with asyncio.timeout(30):
        while not right():
            await pilot.pause(0.1)


def cells(app: TopApp, name: str) -> list[list[str]]:
    board = app.screen.query_one(name, Board)
    return [[str(cell) for cell in board.get_row_at(number)] for number in range(board.row_count)]


def head(app: TopApp) -> str:
    return str(app.screen.query_one("#head", Static).render())


def test_a_dark_camera_is_seen_and_followed_to_its_port(town: Town) -> None:
    async def main(line: WatchLine) -> None:
        app = TopApp(Following(line, line.status(), 0.5, time.monotonic))
        async with app.run_test(size=(80, 24)) as pilot:
            await until(pilot, lambda: "WELL" in head(app))
            fault = town.fault(kind="endpoint-unplug", endpoint="CAM-1")
            await until(pilot, lambda: len(cells(app, "#incidents")) == 1)
            assert "DEGRADED" in head(app)
            await pilot.press("shift+tab", "enter")
            await until(pilot, lambda: any("DARK" in row for row in cells(app, "#ports")))
            (dark,) = (row for row in cells(app, "#ports") if "DARK" in row)
            assert (dark[0], dark[-1]) == ("Eth1/7", "camera rue Haute 12")
            town.mend(fault)
            await until(pilot, lambda: "WELL" in head(app))

    with WatchLine(town.url) as line:
        asyncio.run(main(line))


def test_a_watch_that_ends_is_a_badge_and_its_successor_is_found(town: Town) -> None:
    def watch() -> Watch:
        return Watch(expectations(9), {"ro": "watchers"}, WatchOptions(deadline_seconds=0.5))

    async def main(line: WatchLine, first: RunningWatch) -> None:
        app = TopApp(Following(line, line.status(), 0.2, time.monotonic))
        async with app.run_test(size=(80, 24)) as pilot:
            await asyncio.to_thread(first.stop)
            await until(pilot, lambda: "CONNECTION LOST" in head(app))
            assert "Connection refused" in str(app.screen.query_one("#remark", Static).render())
            with RunningWatch(watch, line.url.removeprefix("http://")):
                await until(pilot, lambda: "CONNECTION LOST" not in head(app))

    first = RunningWatch(watch, "127.0.0.1:0")
    first.start()
    with WatchLine(first.url) as line:
        asyncio.run(main(line, first))


def test_it_starts_and_quits_in_a_terminal_and_refuses_a_pipe(town: Town) -> None:
    mine, theirs = pty.openpty()
    command = [MOULIN, "top", "--url", town.url]
    environ = {"TERM": "xterm", "COLUMNS": "80", "LINES": "24", "PATH": os.environ["PATH"]}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ) as top:
        os.close(theirs)
        said = b""
        while b"Little" not in said:
            said += os.read(mine, 4096)
        os.write(mine, b"q")
        while True:
            try:
                if not os.read(mine, 4096):
                    break
            except OSError:  # the other end is closed
                break
        assert top.wait(timeout=20) == 0
    os.close(mine)
    piped = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    assert (piped.returncode, piped.stderr.count("\n")) == (2, 1)
    assert "moulin status" in piped.stderr


def test_other_verbs_do_not_pay_for_the_live_view() -> None:
    code = "import sys, agent.cli.main as m; m.build_app(); print('textual' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "False"
