"""Text of an NX-OS configuration to a tree, with line numbers in every error."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from agent.errors import ConfigSyntaxError
from agent.nxos.tree import Line, Tree

_BANNER = re.compile(r"banner (?:motd|exec) (?P<mark>\S)")
_NOT_CONFIG = re.compile(r"^(?:%|\^|<!?\w|ERROR:|Traceback |\{)|[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(slots=True)
class _Open:
    """A line whose children are still being read."""

    indent: int
    raw: str
    text: str
    number: int
    children: list[Line] = field(default_factory=list)

    def close(self) -> Line:
        return Line(self.raw, self.text, self.number, tuple(self.children))


def parse_config(text: str) -> Tree:
    r"""Tree of a running-config, startup-config or rendered configuration.

    Depth follows the indent. Comments (``!`` first) and blank lines stay where they are but mean nothing; a
    banner is one line, whatever stands in it. Raises ConfigSyntaxError, with the line's number, for text that
    is no configuration: a device's error reply, HTML, control characters, an indented first line, an unended
    banner.

    >>> tree = parse_config("interface Ethernet1/1\n  mtu 9216\n")
    >>> tree.lines[0].children[0].text
    'mtu 9216'
    """
    final_newline = text.endswith("\n")
    rows = text.split("\n")
    if final_newline:
        rows.pop()
    root = _Open(-1, "", "", 0)
    stack = [root]
    index = 0
    while index < len(rows):
        first, number = index, index + 1
        raw = rows[index]
        index += 1
        body = raw.strip()
        if not body or body[0] == "!":
            stack[-1].children.append(Line(raw, "", number))
            continue
        indent = len(raw) - len(raw.lstrip(" "))
        if (banner := _BANNER.match(body)) and indent == 0:
            index = _banner_end(rows, first, body, banner)
            raw = "\n".join(rows[first:index])
            body = raw.strip()
        elif _NOT_CONFIG.search(body) or raw[indent] == "\t":
            raise ConfigSyntaxError(
                f"line {number}: {body[:60]!r} is not NX-OS configuration. check where the text came from"
            )
        while stack[-1].indent >= indent:
            done = stack.pop().close()
            stack[-1].children.append(done)
        if indent and len(stack) == 1:
            raise ConfigSyntaxError(
                f"line {number}: {body[:60]!r} is indented below nothing. indent it under its section"
            )
        stack.append(_Open(indent, raw, body, number))
    while len(stack) > 1:
        done = stack.pop().close()
        stack[-1].children.append(done)
    return Tree(tuple(root.children), final_newline)


def banner_rows(rows: list[str], first: int) -> int:
    """Index after the banner that begins on the row; raises ConfigSyntaxError for one without an end."""
    body = rows[first].strip()
    banner = _BANNER.match(body)
    return _banner_end(rows, first, body, banner) if banner else first + 1


def _banner_end(rows: list[str], first: int, body: str, banner: re.Match[str]) -> int:
    """Index after the row that holds the closing delimiter."""
    mark = banner["mark"]
    if mark in body[banner.end() :]:
        return first + 1
    for index in range(first + 1, len(rows)):
        if mark in rows[index]:
            return index + 1
    raise ConfigSyntaxError(
        f"line {first + 1}: the banner has no closing {mark!r}. end it with the character it began with"
    )
