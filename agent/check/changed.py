"""What changed between two backups, in the words of the configuration. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from agent.check.who import find_paths
from agent.errors import ConfigSyntaxError
from agent.nxos.compare import diff_config
from agent.nxos.mask import mask_line
from agent.nxos.read import read_text
from agent.nxos.section import Platform

FIRST = ("first backup",)
SECRETS = ("secrets",)


def changed_sections(before: str | None, after: str, platform: Platform = "n9k") -> tuple[str, ...]:
    r"""Top-level lines with a difference; empty when the texts are equal.

    Lines that mean nothing to the comparison (``version``, ``boot``) are named when nothing else differs.

    >>> changed_sections("vlan 10\ninterface Vlan10\n  mtu 9216\n", "vlan 10,20\ninterface Vlan10\n")
    ('interface Vlan10', 'vlan 20')
    """
    if before is None:
        return FIRST
    if before == after:
        return ()
    try:
        old, new = (read_text(text, platform) for text in (before, after))
    except ConfigSyntaxError:
        return ("text",)
    keys = dict.fromkeys(path[0] for path in find_paths(old, new))
    found = tuple(mask_line((new.get(key) or old[key]).line.split("\n")[0]) for key in keys)
    return found or tuple(_tops(before, after)) or ("order of lines",)


def changed_lines(before: str | None, after: str) -> tuple[str, ...]:
    """The same for a text in another dialect: new top-level lines, by the words."""
    if before is None:
        return FIRST
    return () if before == after else (tuple(_tops(before, after)) or ("lines",))


def _tops(before: str, after: str) -> Iterator[str]:
    had = set(before.splitlines())
    for line in after.splitlines():
        if line and line not in had and not line.startswith((" ", "!")):
            yield mask_line(" ".join(line.split()))


def diff_texts(before: str, after: str, platform: Platform = "n9k") -> tuple[str, ...]:
    """Differences by meaning, masked, in reading order: ``+`` came, ``-`` went; raises ConfigSyntaxError."""
    old, new = (read_text(text, platform) for text in (before, after))
    marks = diff_config(old, new, platform).marks
    return tuple(mask_line(row) for mark in marks for row in str(mark).split("\n"))
