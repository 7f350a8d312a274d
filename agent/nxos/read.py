"""Text to meaning, stanza by stanza: what was read once is not read again.

The running and the wanted configuration of a switch share nearly all of their stanzas. Equal stanzas give the
very same items, so that comparing them costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from agent.errors import ConfigSyntaxError
from agent.nxos.interface import strip_inherited
from agent.nxos.parse import banner_rows, parse_config
from agent.nxos.section import Defaults, Item, Key, Platform, defaults_of, read_config

_KEPT = 16_384
"""Stanzas that are remembered: those of a few hundred switches in hand."""


def read_text(text: str, platform: Platform = "n9k") -> dict[Key, Item]:
    r"""Items of a configuration as they are compared; see ``read_config``.

    Raises ConfigSyntaxError, with the line's number, for text that is no configuration.

    >>> first, second = (read_text(f"vlan {n}\ninterface mgmt0\n  mtu 1400\n") for n in (10, 20))
    >>> first[("interface mgmt0",)] is second[("interface mgmt0",)]
    True
    """
    try:
        stanzas = tuple(_stanzas(text))
        defaults = defaults_of((stanza.strip() for stanza in stanzas), platform)
        items: dict[Key, Item] = {}
        for stanza in stanzas:
            for key, item in _read_stanza(stanza, platform, defaults):
                before = items.get(key)
                items[key] = item if before is None else _merge(before, item)
    except ConfigSyntaxError:  # the whole says on which line
        items = read_config(parse_config(text), platform)
    return strip_inherited(items)


def _stanzas(text: str) -> Iterator[str]:
    """Top-level lines with what is below them, without blank lines and comments; a banner is one."""
    rows = text.split("\n")
    index, last = 0, len(rows)
    while index < last:
        first = index
        row = rows[first]
        index += 1
        if not row or row[0] == "!" or row.isspace():
            continue
        if row.startswith("banner "):
            index = banner_rows(rows, first)
        least = index
        while index < last and (not rows[index] or rows[index][0] in " !"):
            index += 1
        end = index
        while end > least and (not rows[end - 1] or rows[end - 1][0] == "!"):
            end -= 1
        yield "\n".join(rows[first:end]).rstrip()


@lru_cache(maxsize=_KEPT)
def _read_stanza(stanza: str, platform: Platform, defaults: Defaults) -> tuple[tuple[Key, Item], ...]:
    return tuple(read_config(parse_config(stanza), platform, defaults).items())


def _merge(before: Item, item: Item) -> Item:
    """A stanza that is written in two places is one."""
    if item.body is None or not before.body:
        return item
    return replace(item, body={**before.body, **item.body})
