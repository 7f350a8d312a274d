"""Carry out a patch: all of it, as much as goes, or up to the first failure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from vnexus.config.configuration import Configuration
from vnexus.config.patch import patch
from vnexus.config.session import ConfigSession
from vnexus.config.tree import Section
from vnexus.exec.registry import Call

if TYPE_CHECKING:
    from vnexus.node import Node

Scheme = Literal["atomic", "best-effort", "stop-at-first-failure"]
Refused = tuple[str, str]
"""A line, and what the switch says to it."""


@dataclass(frozen=True, slots=True)
class Execution:
    """``lines`` is the patch; ``root`` what the running configuration becomes, None when it stays."""

    lines: list[str]
    refused: tuple[Refused, ...]
    root: Section | None

    @property
    def ok(self) -> bool:
        return not self.refused


def execute(node: Node, goal: Configuration, scheme: Scheme, known: Sequence[Refused] = ()) -> Execution:
    """Work out what becomes of the running configuration on the way to ``goal``; nothing is changed yet.

    ``known`` are lines of the source that the switch refused already: ``goal`` is without them. Lines of the
    patch may be refused by the fault ``reject-line``.
    """
    lines = patch(node.config, goal)
    rejected = [(line.strip(), said) for line in lines if (said := node.faults.refusal(line)) is not None]
    refused = (*known, *rejected)
    if refused and scheme == "atomic":
        return Execution(lines, refused, None)
    if not rejected:
        return Execution(lines, refused, goal.root if lines else None)
    work = node.scratch()
    work.root = node.config.root.copy()
    session = ConfigSession(work)
    for line in lines:
        if node.faults.refusal(line) is None:
            session.feed(line)  # what a line removed before has taken along is no failure
        elif scheme == "stop-at-first-failure":
            return Execution(lines, (*known, rejected[0]), work.root)
    return Execution(lines, refused, work.root)


def become(call: Call, root: Section) -> None:
    """The running configuration changes under the sessions; the one that asks may be of NX-API."""
    call.node.become(root)
    if call.shell.configuring is not None:
        call.shell.configuring.top()


def quoted(lines: Sequence[str]) -> list[str]:
    """A patch as logs show it: flat, back-quoted, ``exit`` after each section.

    >>> quoted(["!", "interface Ethernet1/1", "  no shutdown", "!", "vlan 10"])
    ['`config t `', '`interface Ethernet1/1`', '`no shutdown`', '`exit`', '`vlan 10`']
    """
    flat, depth = ["`config t `"], 0
    for line in lines:
        if line.strip() == "!":
            continue
        now = (len(line) - len(line.lstrip())) // 2
        flat += ["`exit`"] * (depth - now)
        flat.append(f"`{line.strip()}`")
        depth = now
    return [*flat, *["`exit`"] * depth]
