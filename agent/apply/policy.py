"""How a change goes through the fleet: widths, pauses, what health means, what happens on failure."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class OnFailure(StrEnum):
    """What follows when a switch fails or health is lost. A switch that fails itself always goes back."""

    STOP = "stop"
    """No further wave. A wave that broke the health of the network goes back; others stay changed."""
    UNDO_WAVE = "undo-wave"
    """The whole wave goes back, and no further one begins."""
    UNDO_ALL = "undo-all"
    """The wave and every wave before it go back."""
    CONTINUE = "continue"
    """The next wave begins all the same."""


class Policy(BaseModel):
    """``policy.yaml`` of the inventory, section ``waves``; every field has a sane default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    canaries: Annotated[int, Field(ge=1, le=50)] = 1
    """Switches of the first wave."""
    growth: Annotated[int, Field(ge=1, le=10)] = 3
    """Each wave is so many times as wide as the one before."""
    widest: Annotated[int, Field(ge=1, le=200)] = 50
    pause_seconds: Annotated[float, Field(ge=0, le=3600)] = 0.0
    """Between two waves, after the health was found good."""
    settle_seconds: Annotated[float, Field(ge=0, le=1800)] = 60.0
    """Time that ports and neighbours have to come back before a wave counts as having broken them."""
    probe_seconds: Annotated[float, Field(ge=0.2, le=60)] = 3.0
    """Between two looks while they settle."""
    cpu_percent: Annotated[float, Field(gt=0, le=100)] = 90.0
    """A switch that is busier than this after a wave, and was not before, is not well."""
    answer_seconds: Annotated[float, Field(gt=0, le=60)] = 2.0
    """A switch that takes longer to answer than this after a wave, and did not before, is not well."""
    health: bool = True
    """Whether waves are judged by the promises of the intent."""
    on_failure: OnFailure = OnFailure.STOP
