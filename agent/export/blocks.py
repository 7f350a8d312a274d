"""Text of each device, written once when its values are new, joined into as many pages as are asked for."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from agent.export.exposition import END, OPENMETRICS, TEXT, write_head, write_lines
from agent.export.squeeze import squeeze
from agent.metrics import CATALOGUE, DROPPED_SERIES, Page, Sample

Families = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one device by family; frozen, so that who has the same block has the same page."""

    lines: Mapping[str, bytes]
    series: Mapping[str, int]
    """Number of series by family."""
    families: Families = field(default_factory=dict, compare=False, repr=False)
    """What the lines were written from."""
    dropped: int = 0
    """Series that went because the device had more than the limit."""
    serial: int = field(default_factory=itertools.count().__next__, compare=False)
    """Another number for each block: pages that were made of the same numbers are the same."""
    pages: dict[tuple[str, bool], bytes] = field(default_factory=dict, compare=False, repr=False)
    """What was made of it: by content type, and whether it is squeezed."""

    def page(self, content_type: str = TEXT, *, gzip: bool = False) -> bytes:
        """The device's own page; made once."""
        key = (content_type, gzip)
        if key not in self.pages:
            body = join_blocks((self,), content_type)
            self.pages[key] = squeeze(body) if gzip else body
        return self.pages[key]


def write_block(device: str, families: Families, limit: int = 0, before: Block | None = None) -> Block:
    """The block of a device; a family that is the same object as in the block before is not written again.

    Beyond ``limit`` series, whole families go, the largest first; 0 is no limit.

    A family of which half is shown would give wrong sums; what explodes is the largest.
    """
    sizes = {name: len(values) for name, values in families.items() if values}
    kept = keep_within(sizes, limit)
    dropped = sum(sizes.values()) - sum(sizes[name] for name in kept)
    page = Page({name: dict(families[name]) for name in kept} if dropped else {})
    if dropped:
        page.add(Sample(DROPPED_SERIES, (device,), dropped))
        families, kept = page.families, {*kept, DROPPED_SERIES.name}
    shown = {name: family for name, family in families.items() if name in kept}
    known = before.families if before is not None else {}
    lines = {
        name: before.lines[name]
        if before is not None and known.get(name) is family
        else write_lines(family).encode()
        for name, family in shown.items()
    }
    return Block(lines, {name: len(family) for name, family in shown.items()}, shown, dropped)


def keep_within(sizes: Mapping[str, int], limit: int) -> Collection[str]:
    """Names of the families that stay within so many series; the agent's own stay always.

    >>> sorted(keep_within({"a": 5, "b": 90, "c": 7, "moulin_poll_success": 1}, 20))
    ['a', 'c', 'moulin_poll_success']
    """
    total = sum(sizes.values())
    if not limit or total <= limit:
        return sizes.keys()
    kept = set(sizes)
    for name in sorted(sizes, key=lambda name: (-sizes[name], name)):
        if total <= limit:
            break
        if not name.startswith("moulin_"):
            kept.discard(name)
            total -= sizes[name]
    return kept


def join_blocks(blocks: Iterable[Block], content_type: str = TEXT, limit: int = 0) -> bytes:
    """One page of many devices, each family in one piece, in the order of the catalogue.

    Beyond ``limit`` series in all, whole families go as in ``write_block``; see ``count_dropped``.
    """
    found = list(blocks)
    kept = keep_within(_sizes(found), limit)
    parts: list[bytes] = []
    for metric in CATALOGUE:
        name = metric.name
        if name in kept:
            lines = [block.lines[name] for block in found if name in block.lines]
            if lines:
                parts.append(write_head(metric, content_type).encode())
                parts += lines
    if content_type == OPENMETRICS:
        parts.append(END.encode())
    return b"".join(parts)


def count_dropped(blocks: Iterable[Block], limit: int) -> int:
    """Series that ``join_blocks`` leaves out for the limit."""
    sizes = _sizes(blocks)
    kept = keep_within(sizes, limit)
    return sum(size for name, size in sizes.items() if name not in kept)


def _sizes(blocks: Iterable[Block]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for block in blocks:
        for name, count in block.series.items():
            sizes[name] = sizes.get(name, 0) + count
    return sizes
