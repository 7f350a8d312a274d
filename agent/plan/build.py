"""From what a switch has and what it should have to an ordered plan with its undo. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from agent.nxos.compare import diff_config, read_meaning
from agent.nxos.diff import Edit
from agent.nxos.digest import digest_section
from agent.nxos.mask import mask_line
from agent.nxos.parse import parse_config
from agent.nxos.section import Platform, Section
from agent.nxos.target import STRICT, Ownership, compose_target
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
) -> Plan:
    """Plan that leads a switch from ``running`` to ``wanted``; its undo leads back.

    ``complete`` says that ``wanted`` is a device's own running-config, so that silence means the default;
    ``names`` gives the human words of a port (``camera rue Haute 12``) for the steps that touch it. No steps
    when nothing is to do. Raises ConfigSyntaxError when one of the texts is not a configuration.
    """
    has = read_meaning(parse_config(running), platform)
    target = compose_target(has, read_meaning(parse_config(wanted), platform), owned, complete=complete)
    forth = diff_config(has, target.section, platform)
    back = diff_config(target.section, has, platform)
    return Plan(
        device=device,
        base=digest_section(has),
        target=digest_section(target.section),
        steps=tuple(_steps(forth.edits, has, names)),
        undo=tuple(_steps(back.edits, target.section, names)),
        diff=tuple(mask_line(row) for mark in forth.marks for row in str(mark).split("\n")),
        unmanaged=tuple(mask_line(line) for line in target.unmanaged),
    )


def _steps(edits: Iterable[Edit], running: Section, names: Mapping[str, str]) -> Iterator[Step]:
    """One step per section, plain lines of one phase together, in the order of the edits."""
    for _, group in groupby(edits, key=lambda edit: (edit.phase, _section(edit))):
        members = list(group)
        risks = [risk for edit in members for risk in find_risks(edit, running, names)]
        ports = [_port(edit) for edit in members]
        yield Step(
            lines=tuple(_lines(members)),
            risks=tuple(dict.fromkeys(risks)),
            touches=tuple(dict.fromkeys(names[port] for port in ports if port in names)),
        )


def _section(edit: Edit) -> str:
    """Top-level section that an edit stands in or opens; empty for plain lines and for what goes."""
    if edit.path:
        return edit.path[0]
    return edit.line if edit.opens else ""


def _port(edit: Edit) -> str:
    header = edit.path[0] if edit.path else edit.line
    return header.removeprefix("no ").removeprefix("default ").removeprefix("interface ")


def _lines(edits: Iterable[Edit]) -> Iterator[str]:
    """Lines to send, indented; headers are sent again whenever the switch would be in another mode."""
    mode: tuple[str, ...] = ()
    for edit in edits:
        known = len(mode) if edit.path[: len(mode)] == mode else 0
        for depth in range(known, len(edit.path)):
            yield f"{'  ' * depth}{edit.path[depth]}"
        yield f"{'  ' * len(edit.path)}{edit.line}"
        mode = (*edit.path, edit.line) if edit.opens else edit.path
