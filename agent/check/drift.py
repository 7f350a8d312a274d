"""Drift: what a switch has against what was meant, and what it would lose in a power cut."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.nxos.section import Platform
from agent.nxos.target import STRICT, Ownership
from agent.plan.build import build_plan


@dataclass(frozen=True, slots=True)
class Drift:
    """Diffs for people, masked: ``+`` is meant and absent, ``-`` is there and not meant."""

    device: str
    unplanned: tuple[str, ...]
    """Running against wanted."""
    unsaved: tuple[str, ...]
    """Startup against running: ``+`` would be lost by a reload."""

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


def find_drift(
    device: str,
    texts: Texts,
    *,
    platform: Platform = "n9k",
    owned: Ownership = STRICT,
    names: Mapping[str, str] | None = None,
) -> Drift:
    """Compare by meaning; headers, order and re-hashed secrets do not count."""
    unplanned = build_plan(
        device, texts.running, texts.wanted, owned=owned, platform=platform, names=names or {}
    )
    unsaved = build_plan(device, texts.startup, texts.running, complete=True, platform=platform)
    return Drift(device, unplanned.diff, unsaved.diff)
