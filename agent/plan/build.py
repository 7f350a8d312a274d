"""From what a switch has and what it should have to an ordered plan with its undo. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from agent.nxos.compare import diff_config
from agent.nxos.diff import Edit
from agent.nxos.digest import digest_section
from agent.nxos.mask import mask_line
from agent.nxos.read import read_text
from agent.nxos.section import Platform
from agent.nxos.target import STRICT, Ownership, compose_target
from agent.plan.around import Around, vlans_of
from agent.plan.meaning import explain
from agent.plan.plan import Plan, Step
from agent.plan.risk import find_risks

_NO_NAMES: Mapping[str, str] = {}


def build_plan(  # noqa: PLR0913 - keywords with defaults, each on its own
    device: str,
    running: str,
    wanted: str,
    *,
    owned: Ownership = STRICT,
    complete: bool = False,
    platform: Platform = "n9k",
    names: Mapping[str, str] = _NO_NAMES,
    powered: frozenset[str] = frozenset(),
    reached_at: str = "",
) -> Plan:
    """Plan that leads a switch from ``running`` to ``wanted``; its undo leads back.

    ``complete`` says that ``wanted`` is a device's own running-config, so that silence means the default;
    ``names`` gives the human words of a port, gateway or neighbour (``camera rue Haute 12``) for the steps
    that touch it, ``powered`` the ports that feed what hangs on them, ``reached_at`` the address that we use.
    No steps when nothing is to do. Raises ConfigSyntaxError when one of the texts is not a configuration.
    """
    has = read_text(running, platform)
    target = compose_target(has, read_text(wanted, platform), owned, complete=complete)
    forth = diff_config(has, target.section, platform)
    back = diff_config(target.section, has, platform)
    return Plan(
        device=device,
        base=digest_section(has),
        target=digest_section(target.section),
        steps=tuple(_steps(forth.edits, Around(has, names, powered, reached_at))),
        undo=tuple(_steps(back.edits, Around(target.section, names, powered, reached_at))),
        diff=tuple(mask_line(row) for mark in forth.marks for row in str(mark).split("\n")),
        unmanaged=tuple(mask_line(line) for line in target.unmanaged),
    )


def _steps(edits: Iterable[Edit], around: Around) -> Iterator[Step]:
    """One step per section, plain lines of one phase together as far as they carry the same marks."""
    marked = [(edit, tuple(dict.fromkeys(find_risks(edit, around)))) for edit in edits]
    for _, group in groupby(marked, key=lambda item: (item[0].phase, _section(item[0]) or item[1])):
        members = list(group)
        meaning = [words for edit, _ in members if (words := explain(edit, around))]
        yield Step(
            lines=tuple(_lines(edit for edit, _ in members)),
            risks=tuple(dict.fromkeys(risk for _, risks in members for risk in risks)),
            touches=tuple(dict.fromkeys(name for edit, _ in members for name in _touched(edit, around))),
            meaning=tuple(dict.fromkeys(meaning)),
        )


def _touched(edit: Edit, around: Around) -> Iterator[str]:
    """Names of what hangs on the port, sits behind the session, or stands in a VLAN that goes."""
    header = edit.path[0] if edit.path else edit.line
    things = [header.removeprefix("no ").removeprefix("default ").removeprefix("interface ")]
    if header.startswith("router "):
        lines = (*edit.path[1:], edit.line.removeprefix("no "))
        things += [line.split()[1] for line in lines if line.startswith("neighbor ")]
    if things[0].startswith("route-map "):
        things.append(" ".join(things[0].split()[:2]))
    if edit.line.startswith("no vlan "):
        things += around.ports_in(vlans_of(edit.line))
    return (name for thing in things if (name := around.name_of(thing)))


def _section(edit: Edit) -> str:
    """Top-level section that an edit stands in or opens; empty for plain lines and for what goes."""
    if edit.path:
        return edit.path[0]
    return edit.line if edit.opens else ""


def _lines(edits: Iterable[Edit]) -> Iterator[str]:
    """Lines to send, indented; headers are sent again whenever the switch would be in another mode."""
    mode: tuple[str, ...] = ()
    for edit in edits:
        known = len(mode) if edit.path[: len(mode)] == mode else 0
        for depth in range(known, len(edit.path)):
            yield f"{'  ' * depth}{edit.path[depth]}"
        yield f"{'  ' * len(edit.path)}{edit.line}"
        mode = (*edit.path, edit.line) if edit.opens else edit.path
