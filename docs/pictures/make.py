"""Make the pictures of the documentation: python docs/pictures/make.py (needs chromium for the pages).

The embedded city is brought up by ``moulin demo``, which leaves a camera dark, an uplink cut and a core
changed by hand; a few more faults follow, so that the pages have something to tell. Nothing is drawn by hand.
"""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from playwright.sync_api import sync_playwright
from rich.console import Console
from rich.text import Text

from agent.terminal.following import Following
from agent.terminal.line import WatchLine
from agent.terminal.top import TopApp

HERE = Path(__file__).parent
PATIENCE_SECONDS = 90.0
WIDTH, HEIGHT = 1600, 900


@dataclass(frozen=True, slots=True)
class Picture:
    """A page and how much of it is shown."""

    path: str
    height: int = HEIGHT
    locale: str = "en"


PICTURES = {
    "status": Picture("/"),
    "map": Picture("/map", 880),
    "switch": Picture("/switch/sw-mairie", 1150),
    "drift": Picture("/switch/core-1"),
    "finder": Picture("/find?kind=camera&q=beffroi", 560),
    "events": Picture("/events?severity=notice", 760),
    "changes": Picture("/changes/1", 760),
    "residents": Picture("/public", 560, "fr"),
}
FAULTS = (
    ("psu-fail", "node=sw-mairie", "slot=2"),
    ("fan-fail", "node=sw-mairie", "fan=1"),
    ("optic-dim", "node=sw-mairie", "port=Ethernet1/50"),
    ("endpoint-unplug", "endpoint=CAM-005"),
    ("carrier-down", "endpoint=cascade"),
    ("snmp-silence", "node=sw-theatre"),
)


def main() -> None:
    """Run the demo until its pages are up, break more, photograph the pages, and end it."""
    moulin = Path(sys.executable).with_name("moulin")
    with subprocess.Popen([moulin, "demo"], stdout=subprocess.PIPE, text=True) as demo:
        said = []
        for line in demo.stdout or ():
            said.append(line.rstrip())
            if line.startswith("Ctrl-C"):
                break
        else:
            sys.exit("the demo did not hold; it says why above. end what else runs at its addresses")
        try:
            told = "\n".join(said)
            page, state = re.search(r"status page +(\S+)/", told), re.search(r"MOULIN_STATE=(\S+)", told)
            if page and state and shutil.which("chromium"):
                for fault in FAULTS:
                    break_it(moulin, Path(state[1]) / "lab", fault)
                photograph(page[1])
                draw_top(page[1])
        finally:
            demo.terminate()
    draw(said[: next((i for i, line in enumerate(said) if "status page" in line), len(said))])


def break_it(moulin: Path, folder: Path, fault: Iterable[str]) -> None:
    """Raise a fault in the lab of the demo."""
    subprocess.run(
        [moulin, "lab", "fault", *fault, "--folder", folder], check=True, stdout=subprocess.DEVNULL
    )


def settle(address: str) -> None:
    """Wait until the pages know of all that is broken, and of nothing else."""

    def ask(path: str) -> Any:
        return requests.get(address + path, timeout=30).json()

    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        incidents = ask("/api/city")["incidents"]
        kinds = {one["kind"] for one in incidents}
        silent = [one["device"] for one in incidents if one["kind"] == "switch"]
        told = kinds >= {"camera", "uplink"} and silent == ["sw-theatre"]
        if told and ask("/api/switch/core-1/drift")["differs"]:
            return
        time.sleep(1)
    sys.exit("the pages do not know what is broken. look at the demo's address while it runs")


def photograph(address: str) -> None:
    """Every page as Chromium shows it, in light and dark; the light one has the plain name."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, picture in PICTURES.items():
            for scheme, suffix in (("light", ""), ("dark", "-dark")):
                context = browser.new_context(
                    viewport={"width": WIDTH, "height": picture.height},
                    color_scheme="dark" if scheme == "dark" else "light",
                    locale=picture.locale,
                )
                tab = context.new_page()
                settle(address)
                joint = "&" if "?" in picture.path else "?"
                tab.goto(f"{address}{picture.path}{joint}hold=1")
                tab.screenshot(path=HERE / f"{name}{suffix}.png")
                context.close()
        browser.close()


def draw_top(address: str) -> None:
    """``moulin top`` as its terminal shows it."""
    with WatchLine(address) as line:
        app = TopApp(Following(line, line.status(), 3600, time.monotonic))

        async def look() -> str:
            async with app.run_test(size=(120, 28)) as pilot:
                await pilot.pause(2)
                return app.export_screenshot(title="moulin top")

        drawing = asyncio.run(look())
    (HERE / "top.svg").write_text(without_fonts(drawing), encoding="utf-8")


def without_fonts(drawing: str) -> str:
    """The fonts are the reader's own: a picture fetches nothing from elsewhere."""
    return re.sub(r"@font-face \{.*?\}\s*", "", drawing, flags=re.DOTALL)


def draw(lines: list[str]) -> None:
    """The terminal as an SVG."""
    console = Console(record=True, width=96, file=io.StringIO())
    console.print(Text("$ make demo", style="bold"))
    for line in lines:
        if line.startswith("✓"):
            head, _, tail = line.rpartition(" (")
            console.print(Text.assemble(("✓", "green"), head[1:], (f" ({tail}", "dim")))
        else:
            console.print(Text(line, style="cyan"))
    drawing = console.export_svg(title="moulin demo")
    (HERE / "demo.svg").write_text(without_fonts(drawing), encoding="utf-8")


if __name__ == "__main__":
    main()
