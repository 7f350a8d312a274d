"""What each device shows, kept as numbers; its text is written when somebody asks for a page."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from agent.export.exposition import END, OPENMETRICS, TEXT, write_head, write_lines
from agent.export.squeeze import squeeze, squeeze_parts
from agent.metrics import CATALOGUE, DROPPED_SERIES, Page, Sample

Families = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Block:
    """The families of one device; frozen, so that who has the same block has the same page."""

    families: Families
    dropped: int = 0
    """Series that went because the device had more than the limit."""
    serial: int = field(default_factory=itertools.count().__next__, compare=False)
    """Another number for each block: pages that were made of the same numbers are the same."""
    squeezed: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)
    """Its own page by content type, a twelfth of the text."""

    @property
    def series(self) -> dict[str, int]:
        """Number of series by family."""
        return {name: len(family) for name, family in self.families.items()}

    def page(self, content_type: str = TEXT, *, gzip: bool = False) -> bytes:
        """The device's own page; squeezed, it is made once."""
        if not gzip:
            return join_blocks((self,), content_type)
        if content_type not in self.squeezed:
            self.squeezed[content_type] = squeeze_blocks((self,), content_type)
        return self.squeezed[content_type]


def write_block(device: str, families: Families, limit: int = 0) -> Block:
    """The block of a device. Beyond ``limit`` series, whole families go, the largest first; 0 is no limit.

    A family of which half is shown would give wrong sums; what explodes is the largest.
    """
    sizes = {name: len(values) for name, values in families.items() if values}
    kept = keep_within(sizes, limit)
    dropped = sum(sizes.values()) - sum(sizes[name] for name in kept)
    shown = {name: family for name, family in families.items() if name in kept}
    if dropped:
        page = Page()
        page.add(Sample(DROPPED_SERIES, (device,), dropped))
        shown |= page.families
    return Block(shown, dropped)


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
    return b"".join(_write(list(blocks), content_type, limit))


def squeeze_blocks(blocks: Iterable[Block], content_type: str = TEXT, limit: int = 0) -> bytes:
    """The same as gzip; the whole text, which may be large, is never in memory."""
    found = list(blocks)
    if len(found) == 1:
        return squeeze(join_blocks(found, content_type, limit))
    return squeeze_parts(_write(found, content_type, limit))


def _write(blocks: list[Block], content_type: str, limit: int) -> Iterator[bytes]:
    """The page family by family."""
    kept = blocks[0].families.keys() if len(blocks) == 1 and not limit else keep_within(_sizes(blocks), limit)
    for metric in CATALOGUE:
        name = metric.name
        if name in kept:
            found = [write_lines(block.families[name]) for block in blocks if name in block.families]
            yield (write_head(metric, content_type) + "".join(found)).encode()
    if content_type == OPENMETRICS:
        yield END.encode()


def count_dropped(blocks: Iterable[Block], limit: int) -> int:
    """Series that ``join_blocks`` leaves out for the limit."""
    sizes = _sizes(blocks)
    kept = keep_within(sizes, limit)
    return sum(size for name, size in sizes.items() if name not in kept)


def _sizes(blocks: Iterable[Block]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for block in blocks:
        for name, family in block.families.items():
            sizes[name] = sizes.get(name, 0) + len(family)
    return sizes
