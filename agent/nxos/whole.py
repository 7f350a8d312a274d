"""A rendered configuration as a whole file that ``configure replace`` takes."""

from __future__ import annotations

from agent.nxos.parse import parse_config
from agent.nxos.rules import Kind, find_rule


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
        if find_rule("", line.text.removeprefix("no ")).kind is Kind.IGNORE
        for row in (item.raw for item in line.walk())
    ]
    there = set(wanted.splitlines())
    head = [row for row in own if row.startswith("version ")]
    rest = [row for row in own if not row.startswith("version ") and row not in there]
    return "\n".join([*head, *rest, wanted])
