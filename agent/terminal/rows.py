"""What stands in the tables of the live view: cells as text, what is not well in capitals. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rich.text import Text

from agent.terminal.verdict import Health, judge, tell_age, tell_share, troubled
from agent.web.told import PortTold, ServiceTold, SiteTold, StatusTold, SwitchInFullTold, SwitchTold

STYLES = {
    "well": "green",
    "up": "green",
    "partial": "yellow",
    "degraded": "bold yellow",
    "out": "bold red",
    "down": "bold red",
    "dark": "bold red",
    "stale": "bold magenta",
    "unknown": "magenta",
    "waiting": "magenta",
    "spare": "dim",
    "off": "dim",
}
_CALM = frozenset({"well", "up", "spare", "off"})
_SITE_ORDER = ("down", "degraded", "unknown", "well")
LOW = 0.25
"""Share of an error budget from which on it is told."""
BAR = 5
"""Cells of the bar of a load."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: ``key`` is what a keypress on it leads to, ``cells`` are shown."""

    key: str
    cells: tuple[Text, ...]
    calm: bool = True
    """Nothing is wrong here."""

    def has(self, words: Iterable[str]) -> bool:
        """Whether every word, given by ``fold``, stands somewhere in it."""
        said = fold(" ".join((self.key, *(cell.plain for cell in self.cells))))
        return all(word in said for word in words)


def fold(text: str) -> str:
    """Small letters without accents.

    >>> fold("Hôtel de VILLE")
    'hotel de ville'
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def tell_state(state: str) -> Text:
    """A state in its colour, and in capitals where somebody should look: colour is never the only sign."""
    return Text(state if state in _CALM else state.upper(), style=STYLES.get(state, ""))


def tell_head(status: StatusTold, since_seconds: float, problem: str) -> Text:
    """The line at the top: the verdict, or that the watch was lost ``since_seconds`` ago."""
    age = None if status.age_seconds is None else status.age_seconds + since_seconds
    name = Text(f" {status.town or 'the city'}  ", style="bold")
    if problem:
        lost = f" CONNECTION LOST {tell_age(since_seconds)} ago "
        return Text.assemble(name, (lost, "bold reverse red"), f"  data {tell_age(age)} old: not what is now")
    verdict = judge(status.model_copy(update={"age_seconds": age}))
    up = sum(one.state in {"up", "partial"} for one in status.switches)
    return Text.assemble(
        name,
        (f" {verdict.health.upper()} ", f"reverse {STYLES[verdict.health]}"),
        f"  {up}/{len(status.switches)} switches answer",
        (f"  data {tell_age(age)} old", "bold" if verdict.health is Health.STALE else ""),
    )


def tell_services(services: Iterable[ServiceTold]) -> list[Text]:
    """Each service in a few words; what is not well first."""
    found = sorted(services, key=lambda one: (one.state == "well", one.service))
    return [
        Text.assemble(
            f" {one.service} {one.working}/{one.meant} ",
            tell_state(one.state),
            (f" budget {tell_share(one.left_ratio)}", "bold") if _is_low(one.left_ratio) else "",
            no_wrap=True,
        )
        for one in found
    ]


def _is_low(left_ratio: float | None) -> bool:
    return left_ratio is not None and left_ratio < LOW


def incident_rows(status: StatusTold, site: str = "") -> list[Row]:
    """The latest first; the key is the switch."""
    return [
        Row(
            f"{one.device} {one.interface} {one.kind}",
            tuple(map(Text, (tell_age(one.seconds), one.kind, one.device, _short(one.interface), one.place))),
            calm=False,
        )
        for one in status.incidents
        if site in {"", one.site}
    ]


def site_rows(sites: Iterable[SiteTold]) -> list[Row]:
    """What is not well first."""
    return [
        Row(
            one.site,
            (
                Text(one.title or one.site),
                tell_state(one.state),
                Text(f"{one.switches_up}/{one.switches}"),
                Text(f"{one.ports_up}/{one.ports_meant}"),
            ),
            calm=one.state == "well",
        )
        for one in sorted(sites, key=lambda one: (_SITE_ORDER.index(one.state), fold(one.title or one.site)))
    ]


def switch_rows(switches: Iterable[SwitchTold], site: str) -> list[Row]:
    """Switches of a site; those that are not well first."""
    found = [one for one in switches if one.site == site]
    return [
        Row(
            one.device,
            (
                Text(one.device),
                Text(one.role),
                tell_state(one.state),
                Text(f"{one.ports_up}/{one.ports_meant}"),
                Text(tell_age(one.age_seconds)),
                Text(one.problem),
            ),
            calm=not troubled(one),
        )
        for one in sorted(found, key=lambda one: (not troubled(one), one.device))
    ]


def port_rows(ports: Iterable[PortTold], before: Mapping[str, float]) -> list[Row]:
    """Ports in the order of the switch; ``before`` holds the errors of a first look, by port."""
    return [
        Row(
            one.interface,
            (
                Text(_short(one.interface)),
                tell_state(one.state),
                Text(tell_load(one.load)),
                Text("" if not one.watts else f"{one.watts:.1f} W"),
                tell_errors(one.errors, before.get(one.interface)),
                Text(one.meant),
            ),
            calm=one.state in _CALM,
        )
        for one in ports
    ]


def _short(interface: str) -> str:
    return interface.replace("Ethernet", "Eth")


def tell_load(ratio: float | None) -> str:
    """A bar and a number.

    >>> tell_load(0.5), tell_load(0.004), tell_load(None)
    ('██▌    50 %', '        0 %', '')
    """
    if ratio is None:
        return ""
    halves = min(2 * BAR, round(ratio * 2 * BAR))
    bar = "█" * (halves // 2) + "▌" * (halves % 2)
    return f"{bar:<{BAR}} {ratio * 100:3.0f} %"


def tell_errors(errors: float | None, before: float | None) -> Text:
    """The count, and how much of it is new."""
    if errors is None:
        return Text("")
    new = errors - before if before is not None else 0
    if new > 0:
        return Text.assemble(f"{errors:.0f} ", (f"+{new:.0f}", "bold red"))
    return Text(f"{errors:.0f}", style="" if errors else "dim")


def tell_switch(full: SwitchInFullTold) -> Text:
    """The line over the ports: what it is and how it fares."""
    said = Text(f" {full.switch.device} ", style="bold")
    said.append(tell_state(full.switch.state))
    for fact in full.facts:
        said.append(f"  {fact.key} ", style="dim").append(fact.value)
    if full.switch.problem:
        said.append(f"\n {full.switch.problem}")
    return said
