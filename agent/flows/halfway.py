"""An upgrade whose Moulin is gone: what the switch runs, what it would boot, and what to type next.

An installation cannot be taken back like lines: the switch is only looked at, and nothing is sent to it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from agent.apply.verdict import Outcome, Verdict
from agent.check.install import read_image, read_next_boot, read_release
from agent.flows.fleet import Device
from agent.plan.plan import Plan

_DIFF = re.compile(r"([-+]) NX-OS (\S+)")
_FILE = re.compile(r"bootflash:/*(\S+)")


class Stand(StrEnum):
    """How far the installation has come."""

    NEW = "runs the new release and boots it"
    NEW_ONCE = "runs the new release, but would boot another image"
    PENDING = "runs the old release, and would boot the new one: a reload is pending, or under way"
    OLD = "runs the old release and boots it: nothing of the installation is left"
    STRANGE = "runs a release that is neither the old nor the new one"


@dataclass(frozen=True, slots=True)
class Install:
    """What was being done."""

    command: str
    image: str
    old: str
    new: str

    @property
    def words(self) -> str:
        """For people."""
        return f"NX-OS {self.old} to {self.new} by '{self.command}'"


@dataclass(frozen=True, slots=True)
class Halfway:
    """The switch now."""

    device: str
    install: Install
    stand: Stand
    release: str
    boots: str
    """File that the next reload boots."""
    image: str
    """File that was booted."""


def install_of(plan: Plan) -> Install | None:
    """The installation that a plan is; None for a plan of lines.

    >>> from agent.plan.plan import Step
    >>> step, diff = Step(lines=("! install all nxos bootflash:b.bin",)), ("- NX-OS 1(1)", "+ NX-OS 1(2)")
    >>> found = install_of(Plan(device="a", base="", target="", steps=(step,), undo=(), diff=diff))
    >>> (found.image, found.old, found.new)
    ('b.bin', '1(1)', '1(2)')
    """
    lines = [line for step in plan.steps for line in step.lines]
    if len(lines) != 1 or not lines[0].startswith("! install all "):
        return None
    releases = {found[1]: found[2] for row in plan.diff if (found := _DIFF.fullmatch(row))}
    files = _FILE.findall(lines[0])
    image = files[-1] if files else ""
    return Install(lines[0].removeprefix("! "), image, releases.get("-", ""), releases.get("+", ""))


def look_halfway(device: Device, install: Install) -> Halfway:
    """Ask the switch; raises DeviceError when it does not answer. Nothing is changed."""
    version, boot = device.ask("show version", "show boot")
    release, boots = read_release(version), _name(read_next_boot(boot))
    stand = Stand.STRANGE
    if release == install.new:
        stand = Stand.NEW if boots == install.image else Stand.NEW_ONCE
    elif release == install.old:
        stand = Stand.PENDING if boots == install.image else Stand.OLD
    return Halfway(device.name, install, stand, release, boots, _name(read_image(version)))


def judge_halfway(seen: Halfway, change: int) -> Verdict:
    """What is so, and what to type next."""
    name, install = seen.device, seen.install
    why = f"{name}: {install.words} was interrupted. it {seen.stand}"
    again = f"moulin run playbooks/upgrade_nxos.py {name} --image {install.image} --apply"
    save = "copy running-config startup-config"
    match seen.stand:
        case Stand.NEW:
            why = f"{why}; nobody compared it with what it was before"
            return Verdict(name, Outcome.APPLIED, why, f"moulin state --limit {name}", 1)
        case Stand.OLD:
            return Verdict(name, Outcome.UNDONE, why, again)
        case Stand.NEW_ONCE:
            mend = f"on {name}: boot nxos bootflash:{install.image}, then {save}"
            return Verdict(name, Outcome.FAILED, f"{why} ({seen.boots})", mend)
        case Stand.PENDING:
            then = (
                f"wait 10 minutes, then moulin resume {change}; still so? on {name}: reload (finishes it), "
                f"or boot nxos bootflash:{seen.image} and {save} (takes it back)"
            )
            return Verdict(name, Outcome.FAILED, f"{why} ({seen.boots})", then)
    return Verdict(name, Outcome.FAILED, f"{why} ({seen.release})", f"on {name}: show install all status")


def silent_halfway(name: str, install: Install, problem: str, change: int) -> Verdict:
    """It does not answer: it may be restarting."""
    why = f"{name}: {install.words} was interrupted, and {problem}: it may be restarting just now"
    return Verdict(name, Outcome.FAILED, why, f"wait, look at its console, then moulin resume {change}")


def _name(path: str) -> str:
    found = _FILE.search(path)
    return found[1] if found else path
