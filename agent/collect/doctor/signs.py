"""What was seen when a device was examined. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How one step went."""

    OK = "ok"
    WARN = "warn"
    """It works, and yet somebody should look."""
    FAIL = "fail"
    SKIP = "skip"
    """Cannot be told, or nothing to look at."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the examination: what was found, and what to type next where that is not well."""

    name: str
    verdict: Verdict
    found: str
    next: str = ""


@dataclass(frozen=True, slots=True)
class Path:
    """How far packets come."""

    address: str
    problem: str = ""
    """Why there is no address."""
    ping_seconds: float | None = None
    ping_allowed: bool = True
    """Whether this machine lets us ping."""
    refused: bool = False
    """The host answers that nothing listens on the UDP port."""
    open_ports: tuple[int, ...] = ()
    """TCP ports that took a connection."""
    closed_ports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the agent said to the first question."""

    description: str = ""
    problem: str = ""
    hint: str = ""
    silent: bool = False
    """No answer at all, rather than one that refuses."""
    speaks_v3: bool | None = None
    """Whether it tells its engine to a stranger; None when that was not asked."""
    engine_boots: int | None = None
    engine_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Manners:
    """How it answers many questions in a row."""

    asked: int
    lost: int
    """Packets that had to be sent again."""
    median_seconds: float
    longest_seconds: float


@dataclass(frozen=True, slots=True)
class Whole:
    """What one whole poll brought."""

    seconds: float
    series: int
    ports: int
    platform: str
    partial: tuple[str, ...] = ()
    problem: str = ""
    synchronised: bool | None = None
    """Whether its clock follows a server; None when it does not say."""
    unseen_vrfs: bool = False
    """It has contexts of VRFs that cannot be asked for with a community."""


@dataclass(frozen=True, slots=True)
class Door:
    """One other way to the same device."""

    name: str
    """``nxapi``, ``ssh``, ``gnmi``."""
    port: int
    problem: str = ""
    hint: str = ""
    unknown: str = ""
    """Why nobody looked."""


@dataclass(frozen=True, slots=True)
class Signs:
    """All that was seen; what comes after the first step that failed may be missing."""

    path: Path
    port: int
    secure: bool
    """Asked with SNMPv3."""
    answer: Answer | None = None
    manners: Manners | None = None
    whole: Whole | None = None
    doors: tuple[Door, ...] = ()
