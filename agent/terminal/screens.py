"""The screens of the live view: city, site, switch, and the keys."""

from __future__ import annotations

from typing import ClassVar

from rich.columns import Columns
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen, Screen
from textual.widgets import DataTable, Footer, Input, Static

from agent.terminal.board import Board
from agent.terminal.following import Following
from agent.terminal.rows import (
    incident_rows,
    port_rows,
    site_rows,
    switch_rows,
    tell_head,
    tell_services,
    tell_switch,
)

INCIDENT_COLUMNS = ("since", "what", "switch", "port", "where")
KEYS = """\
[b]moulin top[/b]: the city as a running watch sees it

  arrows, page up/down   move               tab   to the next table
  enter                  into the site or switch
  esc, backspace         back               r     ask the watch now
  /                      filter: rows that hold every word
                         (enter keeps it, esc ends it)
  n                      only what is not well; again: all
  ?                      these keys         q     quit

What should be looked at stands in CAPITALS, whatever the colours.
  DARK     meant to be up, and is not     spare  down, nobody minds
  WAITING  not polled yet                 off    shut down
  PARTIAL  answers, but a part of its tables was cut
Errors: frames in error, in and out. +3: three since this view opened.

                       any key closes this
"""


class Look(Screen[None]):
    """One look at the city: a head that tells how old it is, boards, a filter, the keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace", "back", "back"),
        Binding("slash", "filter", "filter"),
        Binding("n", "troubles", "not well"),
        Binding("r", "ask", "ask now", show=False),
    ]
    only_troubles = False

    device = ""
    """The switch that it is about."""

    def __init__(self, following: Following) -> None:
        super().__init__()
        self.following = following

    def compose(self) -> ComposeResult:
        """Head, body, filter, keys."""
        yield Static(id="head")
        yield Static(id="remark")
        yield from self.body()
        yield Input(placeholder="words that a row must hold", id="filter", compact=True)
        yield Footer()

    def body(self) -> ComposeResult:
        """What stands between the head and the keys."""
        raise TypeError("a look has a body of its own")

    def on_mount(self) -> None:
        """Show what is known already."""
        self.query_one("#filter").display = False
        self.renew()
        self.following.ask(self.device)

    def renew(self) -> None:
        """Show what the watch told last."""
        self.renew_head()

    def renew_head(self) -> None:
        """How old it all is; once a second."""
        told = self.following
        self.query_one("#head", Static).update(tell_head(told.status, told.since_seconds, told.problem))
        remark = self.query_one("#remark", Static)
        remark.display = bool(told.problem)
        remark.update(Text(f" {told.problem}"))

    def sift(self) -> None:
        """Let the boards hold to the filter."""
        for board in self.query(Board):
            board.sift(self.query_one("#filter", Input).value, only_troubles=self.only_troubles)

    def action_filter(self) -> None:
        """Ask for words."""
        field = self.query_one("#filter", Input)
        field.display = True
        field.focus()

    def action_troubles(self) -> None:
        """Everything, or only what is not well."""
        self.only_troubles = not self.only_troubles
        self.sift()

    def action_ask(self) -> None:
        """Do not wait for the next round."""
        self.following.ask(self.device)

    def action_back(self) -> None:
        """End the filter, else leave this look."""
        field = self.query_one("#filter", Input)
        if field.display:
            field.value = ""
            field.display = False
            self.query(Board).last().focus()
        elif not isinstance(self, CityLook):
            self.app.pop_screen()

    def on_input_changed(self) -> None:
        """Filter while typing."""
        self.sift()

    def on_input_submitted(self) -> None:
        """Keep the filter, go back to the table."""
        self.query(Board).last().focus()

    def on_screen_resume(self) -> None:
        """Back from a deeper look: that was a while ago."""
        self.renew()
        self.following.ask(self.device)


class CityLook(Look):
    """Services and incidents, then the sites."""

    def body(self) -> ComposeResult:
        """Services over incidents and sites; beside each other where there is room."""
        yield Static(id="services")
        with Horizontal(id="boards"):
            with Vertical(id="left"):
                yield Static("Incidents", classes="title", id="incidents-title")
                yield Board("incidents", INCIDENT_COLUMNS)
            with Vertical(id="right"):
                yield Static("Sites", classes="title")
                yield Board("sites", ("site", "state", "switches", "ports up"))

    def on_mount(self) -> None:
        """Begin in the sites."""
        super().on_mount()
        self.query_one("#sites").focus()

    def renew(self) -> None:
        """Everything from the last answer."""
        super().renew()
        status = self.following.status
        self.query_one("#services", Static).update(Columns(tell_services(status.services)))
        self.query_one("#incidents-title", Static).update(f"Incidents: {len(status.incidents) or 'none'}")
        self.query_one("#incidents", Board).show(incident_rows(status))
        self.query_one("#sites", Board).show(site_rows(status.sites))

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Into the site, or to the switch of the incident."""
        key = str(event.row_key.value)
        if event.data_table.id == "sites":
            self.app.push_screen(SiteLook(self.following, key))
        else:
            self.app.push_screen(SwitchLook(self.following, key.partition(" ")[0]))


class SiteLook(Look):
    """The switches of a site, and its incidents."""

    def __init__(self, following: Following, site: str) -> None:
        super().__init__(following)
        self.site = site

    def body(self) -> ComposeResult:
        """Incidents over switches."""
        yield Static(id="place")
        yield Board("incidents", INCIDENT_COLUMNS)
        yield Static("Switches", classes="title")
        yield Board("switches", ("switch", "role", "state", "ports up", "polled", "remark"))

    def on_mount(self) -> None:
        """Begin in the switches."""
        super().on_mount()
        self.query_one("#switches").focus()

    def renew(self) -> None:
        """Everything from the last answer."""
        super().renew()
        status = self.following.status
        title = next((one.title for one in status.sites if one.site == self.site), self.site)
        incidents = incident_rows(status, self.site)
        place = self.query_one("#place", Static)
        place.update(Text(f" {title or self.site}   incidents: {len(incidents) or 'none'}"))
        board = self.query_one("#incidents", Board)
        board.display = bool(incidents)
        board.show(incidents)
        self.query_one("#switches", Board).show(switch_rows(status.switches, self.site))

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Into the switch."""
        self.app.push_screen(SwitchLook(self.following, str(event.row_key.value).partition(" ")[0]))


class SwitchLook(Look):
    """One switch and its ports."""

    def __init__(self, following: Following, device: str) -> None:
        super().__init__(following)
        self.device = device
        self._errors: dict[str, float] = {}

    def body(self) -> ComposeResult:
        """Facts over ports."""
        yield Static(Text(f" {self.device}"), id="facts")
        yield Board("ports", ("port", "state", "load", "PoE", "errors", "meant for"))

    def renew(self) -> None:
        """What the watch told of this switch; nothing before it did."""
        super().renew()
        full = self.following.full
        if full is None or full.switch.device != self.device:
            return
        for port in full.ports:
            if port.errors is not None:
                self._errors.setdefault(port.interface, port.errors)
        self.query_one("#facts", Static).update(tell_switch(full))
        self.query_one("#ports", Board).show(port_rows(full.ports, self._errors))


class Keys(ModalScreen[None]):
    """What the keys do."""

    def compose(self) -> ComposeResult:
        """The list."""
        yield Static(KEYS, id="keys")

    def on_key(self) -> None:
        """Any key closes it."""
        if self.is_current:  # a second key may come before the first has closed it
            self.dismiss()
