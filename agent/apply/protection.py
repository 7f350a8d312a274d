"""How a switch comes back by itself if we vanish: chosen by platform, release, transport and change. Pure.

Best first: ``configure replace … commit-timeout`` where the change is a whole configuration, dual-stage
``commit confirmed`` (both all or nothing), a job of the scheduler that rolls back to a checkpoint, a plain
checkpoint. See ``docs/decisions/005-the-switch-saves-itself.md``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil
from typing import Literal

from agent.nxos.section import Platform
from agent.plan.plan import Plan

TransportName = Literal["ssh", "nxapi"]

FEWEST_MINUTES = 5
MOST_MINUTES = 120
SECONDS_PER_LINE = 0.5
"""A slow Nexus takes one line in half a second."""
SLACK_SECONDS = 180.0
"""Logins, reading back, confirming."""

LONGEST_SECONDS = 3600
"""That ``commit-timeout`` takes."""

FEATURE = "feature scheduler"


class Way(StrEnum):
    """The text is what the journal keeps."""

    REPLACE = "configure replace"
    DUAL_STAGE = "dual-stage"
    SCHEDULER = "scheduler"
    CHECKPOINT = "checkpoint"


@dataclass(frozen=True, slots=True)
class Protection:
    """The way back of one change of one switch."""

    way: Way
    minutes: int = 0
    """After so long without a confirmation the switch goes back; 0 when it does not by itself."""
    because: str = ""
    """Why nothing better, where the switch does not come back by itself."""
    feature_before: bool = False
    """Whether the scheduler is on before the change."""
    feature_after: bool = False
    """Whether the scheduler shall be on after it."""

    @property
    def by_itself(self) -> bool:
        """Whether the switch goes back with nobody there."""
        return self.way is not Way.CHECKPOINT

    @property
    def words(self) -> str:
        """For people, after "protected by".

        >>> Protection(Way.SCHEDULER, 10).words
        'a job on the switch that rolls back to a checkpoint after 10 minutes unless confirmed'
        """
        after = f"after {self.minutes} minutes unless confirmed"
        match self.way:
            case Way.REPLACE:
                return (
                    f"configure replace with commit-timeout: all or nothing, and the switch goes back {after}"
                )
            case Way.DUAL_STAGE:
                return f"dual-stage commit confirmed: all or nothing, and the switch goes back {after}"
            case Way.SCHEDULER:
                return f"a job on the switch that rolls back to a checkpoint {after}"
        return f"a checkpoint only: the switch does not come back by itself ({self.because})"


def choose_protection(
    plan: Plan,
    running: str,
    *,
    platform: Platform = "n9k",
    transport: TransportName = "ssh",
    hold_seconds: float = 0.0,
) -> Protection:
    """The best protection that the switch has for this plan.

    ``running`` is its running-config (release, whether the scheduler is on); ``hold_seconds`` is how long the
    change waits for the rest of its wave and for health before it is confirmed.

    >>> plan = Plan(device="a", base="", target="", steps=(), undo=(), diff=())
    >>> choose_protection(plan, "version 10.3(5) Bios:version 05.50").way
    <Way.DUAL_STAGE: 'dual-stage'>
    >>> choose_protection(plan, "version 10.3(5)", transport="nxapi").way
    <Way.SCHEDULER: 'scheduler'>
    >>> choose_protection(plan, "version 7.3(8)D1(1)", platform="n7k").way
    <Way.SCHEDULER: 'scheduler'>
    """
    lines = [line for step in plan.steps for line in step.lines]
    release = read_release(running)
    minutes = _minutes(len(lines), hold_seconds)
    before = FEATURE in running.splitlines()
    after = (before or FEATURE in lines) and f"no {FEATURE}" not in lines
    if platform == "n9k" and release >= (10, 1) and transport == "ssh" and not _unfit_for_stage(lines):
        return Protection(Way.DUAL_STAGE, minutes, "", before, after)
    if release >= (5, 0):
        return Protection(Way.SCHEDULER, minutes, "", before, after)
    words = ".".join(map(str, release)) if release else "unknown"
    return Protection(Way.CHECKPOINT, 0, f"release {words} has no scheduler that is known", before, after)


def choose_for_whole(
    plan: Plan,
    running: str,
    *,
    platform: Platform = "n9k",
    transport: TransportName = "ssh",
    hold_seconds: float = 0.0,
) -> Protection:
    r"""As ``choose_protection``, for a plan to a configuration that is known from its first to its last line.

    >>> plan = Plan(device="a", base="", target="", steps=(), undo=(), diff=())
    >>> choose_for_whole(plan, "version 9.3(10)\nfeature scp-server").way
    <Way.REPLACE: 'configure replace'>
    """
    found = choose_protection(
        plan, running, platform=platform, transport=transport, hold_seconds=hold_seconds
    )
    able = platform == "n9k" and read_release(running) >= (9, 3) and found.minutes * 60 <= LONGEST_SECONDS
    if able and transport == "ssh" and "feature scp-server" in running.splitlines():
        return replace(found, way=Way.REPLACE)
    return found


def read_release(running: str) -> tuple[int, ...]:
    r"""Major and minor release of a running-config; empty when it says none.

    >>> read_release("!Time: now\n\nversion 9.3(10) Bios:version 05.45 ")
    (9, 3)
    """
    found = re.search(r"^version (\d+)\.(\d+)", running, re.MULTILINE)
    return (int(found[1]), int(found[2])) if found else ()


def _unfit_for_stage(lines: Iterable[str]) -> bool:
    """A feature must be committed before its own commands; a banner is no line of a buffer."""
    return any(
        re.match(r"(?:no )?(?:feature|install feature-set|nv overlay|banner) ", line) for line in lines
    )


def _minutes(lines: int, hold_seconds: float) -> int:
    """Time that the change may take before the switch takes it back.

    >>> _minutes(10, 0), _minutes(2000, 0), _minutes(10, 600)
    (5, 20, 14)
    """
    seconds = lines * SECONDS_PER_LINE + hold_seconds + SLACK_SECONDS
    return min(max(ceil(seconds / 60), FEWEST_MINUTES), MOST_MINUTES)
