"""A rendered configuration as a whole file that ``configure replace`` takes."""

from __future__ import annotations

from agent.nxos.parse import parse_config
from agent.nxos.rules import Kind, find_rule
from agent.nxos.tree import Line


def own_words(text: str) -> str:
    r"""A running-config without the lines that a switch writes by itself, and without comments.

    >>> own_words("!Time: now\nversion 10.3(5)\nvlan 7\n  name doors\n")
    'vlan 7\n  name doors\n'
    """
    kept = (line for line in parse_config(text).statements() if not _by_itself(line))
    return "".join(f"{item.raw}\n" for line in kept for item in line.walk() if item.text)


def whole_config(running: str, wanted: str) -> str:
    r"""The wanted text with the lines that the switch writes by itself, as it writes them now.

    >>> print(whole_config("version 10.3(5) Bios:version\nvlan 5\n", "vlan 7\n"))
    version 10.3(5) Bios:version
    vlan 7
    <BLANKLINE>
    """
    own = [
        row
        for line in parse_config(running).statements()
        if _by_itself(line)
        for row in (item.raw for item in line.walk())
    ]
    there = set(wanted.splitlines())
    head = [row for row in own if row.startswith("version ")]
    rest = [row for row in own if not row.startswith("version ") and row not in there]
    return "\n".join([*head, *rest, wanted])


def _by_itself(line: Line) -> bool:
    return find_rule("", line.text.removeprefix("no ")).kind is Kind.IGNORE
