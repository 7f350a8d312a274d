"""What a switch says of an installation of NX-OS, and of its vPC domain, read from its own words. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_MODULE = re.compile(r"^\s*(\d+)\s+(yes|no)\s+((?:non-)?disruptive)\s+(\S+)[ \t]*(.*)$", re.MULTILINE)
_IMAGE = re.compile(
    r"^\s*\d+\s+(?:nxos|system)\s+(\S+?\(\S+?\)\S*)\s+(\S+?\(\S+?\)\S*)\s+(yes|no)\s*$", re.MULTILINE
)
_RUNNING = re.compile(r"^\s*(?:NXOS|system):\s+version\s+(\S+)", re.MULTILINE)
_BOOT = re.compile(r"^(?:NXOS|system) variable = (\S+)", re.MULTILINE)
_BOOTED = re.compile(r"^\s*(?:NXOS|system) image file is:\s+(\S+)", re.MULTILINE)
_VPC = re.compile(r"^(\d+)\s+Po\d+\s+(up|down)\*?\s", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Impact:
    """``show install all impact``: what an installation would do."""

    running: str
    """Release that runs."""
    new: str
    """Release that the image holds."""
    disruptive: bool
    bootable: bool
    reason: str = ""
    """Why it is disruptive, in the switch's words."""


def read_impact(text: str) -> Impact | None:
    r"""The impact, None when the text is no answer to the question (the image is not there, or not fit).

    >>> rows = " 1  yes  disruptive  reset  not hitless\n 1  nxos  10.5(2)  10.5(3)  yes\n"
    >>> read_impact(rows)
    Impact(running='10.5(2)', new='10.5(3)', disruptive=True, bootable=True, reason='not hitless')
    """
    modules, image = _MODULE.findall(text), _IMAGE.search(text)
    if not modules or image is None:
        return None
    return Impact(
        running=image[1].partition(":")[0],
        new=image[2],
        disruptive=any(row[2] == "disruptive" for row in modules),
        bootable=all(row[1] == "yes" for row in modules),
        reason=next((row[4].strip() for row in modules if row[4].strip()), ""),
    )


def read_release(version: str) -> str:
    """Release of ``show version``; empty when it says none.

    >>> read_release("  NXOS: version 10.5(3)"), read_release("  system:    version 7.3(8)D1(1)")
    ('10.5(3)', '7.3(8)D1(1)')
    """
    found = _RUNNING.search(version)
    return found[1] if found else ""


def read_boot(boot: str) -> str:
    """File that the switch boots now, of ``show boot``."""
    found = _BOOT.search(boot)
    return found[1] if found else ""


def read_next_boot(boot: str) -> str:
    """File that the next reload boots: some releases show it after what was booted."""
    found = _BOOT.findall(boot)
    return found[-1] if found else ""


def read_image(version: str) -> str:
    """File that was booted, of ``show version``.

    >>> read_image("  NXOS image file is: bootflash:///nxos64-cs.10.5.2.F.bin")
    'bootflash:///nxos64-cs.10.5.2.F.bin'
    """
    found = _BOOTED.search(version)
    return found[1] if found else ""


@dataclass(frozen=True, slots=True)
class Vpc:
    """``show vpc`` of one peer."""

    peer: bool
    alive: bool
    consistent: bool
    up: tuple[str, ...]
    """Numbers of the vPCs that are up here."""

    @property
    def problem(self) -> str:
        """Why it cannot carry the domain alone; empty when it can."""
        if not self.peer:
            return "its vPC peer adjacency is not formed"
        if not self.alive:
            return "its vPC keep-alive does not arrive"
        return "" if self.consistent else "its vPC configuration is not consistent"


def read_vpc(text: str) -> Vpc:
    r"""The state of the domain.

    >>> read_vpc("Peer status  : peer adjacency formed ok\nvPC keep-alive status : peer is alive\n").problem
    'its vPC configuration is not consistent'
    """
    fields = {}
    for row in text.splitlines():
        name, colon, value = row.partition(":")
        if colon:
            fields[name.strip()] = value.strip()
    return Vpc(
        peer=fields.get("Peer status") == "peer adjacency formed ok",
        alive=fields.get("vPC keep-alive status", "").startswith("peer is alive"),
        consistent=fields.get("Configuration consistency status") == "success",
        up=tuple(number for number, state in _VPC.findall(text) if state == "up"),
    )
