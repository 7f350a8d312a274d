"""``?`` and Tab: what may follow a line that is being typed, in the mode of the session."""

from __future__ import annotations

import textwrap
from functools import partial
from typing import TYPE_CHECKING

from vnexus.config.session import ConfigSession
from vnexus.config.tree import Section
from vnexus.exec.filters import FILTERS, OPTIONS
from vnexus.exec.pipes import pipe_positions
from vnexus.grammar.help import END, Choice, choices, text_of
from vnexus.grammar.match import Refusal
from vnexus.grammar.syntax import Rule
from vnexus.grammar.table import modes

if TYPE_CHECKING:
    from vnexus.exec.shell import Shell

_EVERYWHERE = ("end", "exit", "no", "show", "where")
"""What configuration modes list beside their own lines."""
_REDIRECTS = (Choice(">", "Redirect it to a file"), Choice(">>", "Redirect it to a file in append mode"),
              Choice("|", "Pipe command output to filter"))  # fmt: skip
_MARGIN = 2


def help_text(shell: Shell, typed: str, indent: int = 0) -> str:
    """What the switch prints for ``typed`` and a question mark, without a newline at the end."""
    found = _choices(shell, typed)
    if isinstance(found, Refusal):
        return found.text(indent)
    return columns(found, shell.width)


def completion(shell: Shell, typed: str) -> tuple[str, list[str]]:
    """For Tab: what to add to the line, and the words to choose from when there are several."""
    if not typed or typed[-1].isspace():
        return "", []
    found = _choices(shell, typed)
    if isinstance(found, Refusal):
        return "", []
    words = sorted({choice.token for choice in found if choice.keyword})
    begun = typed.rsplit(maxsplit=1)[-1]
    if len(words) == 1:
        return words[0][len(begun) :] + " ", []
    return "", words


def columns(found: list[Choice], width: int) -> str:
    """Two columns, as wide as the longest word.

    >>> columns([Choice("<CR>"), Choice("brief", "All VLAN status in brief")], 80).splitlines()
    ['  <CR>   ', '  brief  All VLAN status in brief']
    """
    first = max((len(choice.token) for choice in found), default=0)
    room = max(width - first - 2 * _MARGIN, 20)
    lines: list[str] = []
    for choice in found:
        head, *rest = textwrap.wrap(choice.text, room) or [""]
        lines.append(f"{' ' * _MARGIN}{choice.token:<{first}}  {head}")
        lines += [f"{' ' * (first + 2 * _MARGIN)}{more}" for more in rest]
    return "\n".join(lines)


def _choices(shell: Shell, typed: str) -> list[Choice] | Refusal:
    positions = pipe_positions(typed)
    if positions:
        return _pipe(typed, positions[-1])
    session = shell.configuring
    if session is None:
        start = typed.rfind(";") + 1
        return _exec(shell, typed, start)
    if not typed.strip():
        section = session.frames[-1].sections[0]
        own = choices(session.frames[-1].mode.root, typed, partial(_typed, session, section))
        general = [Choice(word, text_of((word,))) for word in _EVERYWHERE]
        return sorted({*(own if isinstance(own, list) else []), *general})
    return _configuring(shell, typed)


def _exec(shell: Shell, typed: str, start: int = 0) -> list[Choice] | Refusal:
    found = choices(modes()["exec"].root, typed[start:], shell.holds)
    if isinstance(found, Refusal):
        return Refusal(found.problem, found.column + start)
    ends = END in found
    shows = "show".startswith((typed[start:].split(maxsplit=1) or ["?"])[0].lower())
    return sorted({*found, *_REDIRECTS}) if ends and shows else found


def _configuring(shell: Shell, typed: str) -> list[Choice] | Refusal:
    """The innermost mode that knows the beginning of the line; then the commands of exec mode."""
    session = shell.configuring
    assert session is not None  # noqa: S101 - asked in configuration mode
    bare = typed.lstrip()
    word, _, rest = bare.partition(" ")
    start = len(typed) - len(rest) if word.lower() in {"no", "default"} and " " in bare else 0
    best: Refusal | None = None
    for depth in range(len(session.frames), 0, -1):
        frame = session.frames[depth - 1]
        section = frame.sections[0]
        found = choices(frame.mode.root, typed[start:], partial(_typed, session, section))
        if isinstance(found, list):
            extra = [c for c in _generic(typed) if depth == len(session.frames)]
            return sorted({*found, *extra})
        if best is None or found.column > best.column:
            best = found
    found = _exec(shell, typed)
    if isinstance(found, list):
        return found
    assert best is not None  # noqa: S101 - there is always a frame
    generic = _generic(typed)
    if generic:
        return generic
    return Refusal(best.problem, best.column + start) if best.column + start >= found.column else found


def _generic(typed: str) -> list[Choice]:
    """``ex?``, ``sh?``: words that every mode has."""
    words = typed.split()
    if len(words) != 1 or typed[-1].isspace():
        return []
    return [Choice(w, text_of((w,))) for w in _EVERYWHERE if w.startswith(words[0].lower())]


def _typed(session: ConfigSession, section: Section, rule: Rule) -> bool:
    return not rule.has("hidden") and session.offers(rule, section)


def _pipe(typed: str, start: int) -> list[Choice] | Refusal:
    """``| ?`` and ``| include ?``."""
    rest = typed[start + 1 :]
    words = rest.split()
    if not words or (len(words) == 1 and not rest[-1].isspace()):
        begun = words[0] if words else ""
        found = [Choice(name, text) for name, text in FILTERS.items() if name.startswith(begun)]
        return sorted(found) if found else Refusal("Invalid command", start + 1 + rest.index(begun))
    names = [name for name in FILTERS if name.startswith(words[0])]
    if not names:
        return Refusal("Invalid command", start + 1 + rest.index(words[0]))
    name = words[0] if words[0] in FILTERS else names[0]
    begun = "" if rest[-1].isspace() else words[-1]
    options = [c for c in OPTIONS.get(name, (END, *_REDIRECTS)) if c.token.startswith(begun)]
    return sorted(options) if options else Refusal("Invalid command", len(typed) - len(begun))
