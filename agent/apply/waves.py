"""Who goes when: one canary, then growing waves, and never two of a pair at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def plan_waves(
    devices: Sequence[str],
    pairs: Iterable[frozenset[str]] = (),
    *,
    canaries: int = 1,
    growth: int = 3,
    widest: int = 50,
) -> tuple[tuple[str, ...], ...]:
    """Waves of growing width in the given order; no two of one of ``pairs`` (vPC peers, carriers) share one.

    >>> plan_waves(["a", "b", "c", "d", "e"], [frozenset({"b", "c"})])
    (('a',), ('b', 'd', 'e'), ('c',))
    """
    partner: dict[str, set[str]] = {}
    for pair in pairs:
        for device in pair:
            partner.setdefault(device, set()).update(pair - {device})
    waiting = list(dict.fromkeys(devices))
    waves: list[tuple[str, ...]] = []
    width = min(canaries, widest)
    while waiting:
        wave: list[str] = []
        for device in waiting:
            if len(wave) < width and not partner.get(device, set()).intersection(wave):
                wave.append(device)
        waiting = [device for device in waiting if device not in wave]
        waves.append(tuple(wave))
        width = min(width * growth, widest)
    return tuple(waves)
