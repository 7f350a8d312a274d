"""The live view: city, site, switch, renewed every few seconds from a running watch."""

from __future__ import annotations

from typing import ClassVar

from textual.app import App
from textual.binding import Binding, BindingType
from textual.screen import Screen

from agent.terminal.following import Following
from agent.terminal.screens import CityLook, Keys, Look


class TopApp(App[None]):
    """Shows what ``following`` knows."""

    CSS_PATH = "top.tcss"
    TITLE = "moulin top"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012  # declared so by Textual
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("question_mark", "keys", "keys"),
        Binding("q", "quit", "quit"),
    ]

    def __init__(self, following: Following) -> None:
        super().__init__()
        self._following = following

    def get_default_screen(self) -> Screen[None]:
        """The city."""
        return CityLook(self._following)

    def on_mount(self) -> None:
        """Begin to ask."""
        self._following.noted = self._renew
        self.set_interval(1.0, self._tick)
        self.run_worker(self._following.run(), name="follow")

    def action_keys(self) -> None:
        """What the keys do."""
        self.push_screen(Keys())

    def _renew(self) -> None:
        if isinstance(self.screen, Look):
            self.screen.renew()

    def _tick(self) -> None:
        if isinstance(self.screen, Look):
            self.screen.renew_head()
