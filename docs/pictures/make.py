"""Make the pictures of the documentation: python docs/pictures/make.py (needs chromium for the pages)."""

from __future__ import annotations

import asyncio
import io
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

from agent.terminal.following import Following
from agent.terminal.line import WatchLine
from agent.terminal.top import TopApp

HERE = Path(__file__).parent
BROWSER = (
    "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--window-size=1200,1000", "--virtual-time-budget=4000",
)  # fmt: skip

PAGES = {
    "status": "/",
    "map": "/map",
    "switch": "/switch/sw-mairie",
    "finder": "/find?kind=camera&q=beffroi",
    "residents": "/public?lang=fr",
}


def main() -> None:
    """Run the demo until its pages are up, draw what it said and what its page shows, and end it."""
    moulin = Path(sys.executable).with_name("moulin")
    with subprocess.Popen([moulin, "demo"], stdout=subprocess.PIPE, text=True) as demo:
        said = []
        for line in demo.stdout or ():
            said.append(line.rstrip())
            if line.startswith("Ctrl-C"):
                break
        page = re.search(r"status page +(\S+)/", "\n".join(said))
        if page and shutil.which("chromium"):
            for name, path in PAGES.items():
                photograph(page[1] + path, HERE / f"{name}.png")
            draw_top(page[1])
        demo.terminate()
    draw(said[: next((i for i, line in enumerate(said) if "status page" in line), len(said))])


def photograph(address: str, picture: Path) -> None:
    """The page as Chromium shows it."""
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [*BROWSER, f"--user-data-dir={profile}", f"--screenshot={picture}", address],
            check=True,
            stderr=subprocess.DEVNULL,
        )


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
