"""Python's cycle collector, held back while many small values are made that all stay."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_NEW_VALUES = 100_000
"""Values that are made before the youngest are looked through; Python's own 700 suits programs with few."""


@contextmanager
def no_collector() -> Iterator[None]:
    """Nothing is looked through inside: the nodes of a large YAML file are otherwise walked again and again.

    Half of the time of loading a city of 300 switches was that.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def calm_collector() -> None:
    """For the whole process, where it is ours: look less often."""
    gc.set_threshold(_NEW_VALUES, 20, 50)
