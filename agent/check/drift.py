"""Drift: what a switch has against what was meant, and what it would lose in a power cut."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from agent.check.habits import forgive
from agent.check.who import Author, Path, find_authors, find_paths
from agent.nxos.accounting import Typed
from agent.nxos.compare import diff_config
from agent.nxos.mask import mask_line
from agent.nxos.read import read_text
from agent.nxos.section import Platform, Section
from agent.nxos.target import STRICT, Ownership, compose_target


@dataclass(frozen=True, slots=True)
class Drift:
    """Diffs for people, masked: ``+`` is meant and absent, ``-`` is there and not meant."""

    device: str
    unplanned: tuple[str, ...]
    """Running against wanted."""
    unsaved: tuple[str, ...]
    """Startup against running: ``+`` would be lost by a reload."""
    left: tuple[str, ...] = ()
    """Lines that a test client left by connecting; they do not count as drift."""
    asleep: str = ""
    """Ports that the night schedule put out, in words; they do not count either."""
    sections: tuple[str, ...] = ()
    """Top-level lines with a difference against the intent, as ``--only`` takes them."""
    authors: tuple[Author, ...] = ()
    """Who made the differences, as far as the switch's accounting log tells."""
    paths: tuple[Path, ...] = ()
    """Places of the differences."""

    @property
    def lines(self) -> int:
        """Number of differing lines against the intent, context not counted."""
        return sum(line[:1] in "+-" for line in self.unplanned)

    @property
    def clean(self) -> bool:
        return not self.unplanned and not self.unsaved


@dataclass(frozen=True, slots=True)
class Texts:
    """Three states of a switch's configuration."""

    wanted: str
    running: str
    startup: str


def find_drift(device: str, texts: Texts, *, platform: Platform = "n9k", owned: Ownership = STRICT) -> Drift:
    """Compare by meaning; headers, order, re-hashed secrets and what test clients leave do not count."""
    running = read_text(texts.running, platform)
    wanted, startup = read_text(texts.wanted, platform), read_text(texts.startup, platform)
    quiet = forgive(running, wanted)
    target = compose_target(quiet.section, wanted, owned, complete=False).section
    saved = forgive(startup, running).section
    kept = compose_target(saved, forgive(running, saved).section, STRICT, complete=True).section
    return Drift(
        device,
        unplanned=_marks(quiet.section, target, platform),
        unsaved=_marks(saved, kept, platform),
        left=quiet.left,
        sections=tuple(_tops(quiet.section, target)),
        paths=tuple(dict.fromkeys((*find_paths(quiet.section, target), *find_paths(saved, kept)))),
    )


def tell_authors(drift: Drift, log: Iterable[Typed], platform: Platform) -> Drift:
    """The same drift with the people who made it."""
    return replace(drift, authors=find_authors(drift.paths, log, platform))


def _marks(old: Section, new: Section, platform: Platform) -> tuple[str, ...]:
    marks = diff_config(old, new, platform).marks
    return tuple(mask_line(row) for mark in marks for row in str(mark).split("\n"))


def _tops(old: Section, new: Section) -> Iterable[str]:
    keys = dict.fromkeys(path[0] for path in find_paths(old, new))
    return (mask_line((new.get(key) or old[key]).line) for key in keys)
