"""Configuration mode of one user: a stack of modes, fed line by line."""

from __future__ import annotations

from dataclasses import dataclass, field

from vnexus.config.change import Change, NoSuchWordError, RefusedError
from vnexus.config.configuration import Configuration
from vnexus.config.effects import EFFECTS
from vnexus.config.tree import Section
from vnexus.grammar.match import Match, Refusal, match
from vnexus.grammar.syntax import Rule
from vnexus.grammar.table import Mode, modes
from vnexus.grammar.words import Line


@dataclass(frozen=True, slots=True)
class Reply:
    """``error`` when the line was not taken. The text has no trailing newline."""

    text: str = ""
    error: bool = False
    caret: int | None = None
    """Column of the caret in the typed line, for errors that point."""


TAKEN = Reply()
MAX_LINE, MAX_BANNER = 65_536, 65_536
"""Characters of a line, and of a banner: more is refused."""
TOO_LONG = "% String exceeded max length of (65536)"


@dataclass(slots=True)
class Frame:
    mode: Mode
    sections: list[Section]


@dataclass(slots=True)
class ConfigSession:
    """``feed`` one line at a time; ``prompt`` is the mode's word, ``config-if`` for example."""

    config: Configuration
    frames: list[Frame] = field(default_factory=list)
    banner: tuple[str, str, list[str]] | None = None
    """A banner being typed: its command, delimiter and lines so far."""

    def __post_init__(self) -> None:
        self.top()

    def top(self) -> None:
        """Back to global configuration mode."""
        self.frames = [Frame(modes()["config"], [self.config.root])]

    @property
    def prompt(self) -> str:
        frame = self.frames[-1]
        many = len(frame.sections) > 1 and frame.mode.prompt == "config-if"
        return "config-if-range" if many else frame.mode.prompt

    @property
    def path(self) -> tuple[str, ...]:
        """Headers of the modes that were entered, the outermost first."""
        sections = (frame.sections[0] for frame in self.frames[1:])
        return tuple(f"interface {s.label}" if s.mode.startswith("if-") else s.label for s in sections)

    @property
    def verbatim(self) -> bool:
        """Lines are kept as typed until ``exit`` or ``end-job``: they are commands for later."""
        return self.frames[-1].mode.name == "scheduler-job"

    def exit(self) -> bool:
        """Leave a mode; False when it was the outermost."""
        if len(self.frames) == 1:
            return False
        self.frames.pop()
        return True

    def offers(self, rule: Rule, section: Section) -> bool:
        """Can the line be typed in this section, now?"""
        return self.config.holds(rule, section)

    def feed(self, raw: str) -> Reply:
        """Apply one line. Blank lines and comments do nothing."""
        if len(raw) > MAX_LINE:
            return Reply(TOO_LONG, error=True)
        if self.banner:
            return self._banner_line(raw)
        stripped = raw.strip()
        if not stripped or stripped.startswith("!"):
            return TAKEN
        if self.frames[0].sections[0] is not self.config.root:
            self.top()
        if stripped.lower().startswith("banner ") and self._banner_opens(stripped):
            return TAKEN
        if self.verbatim and stripped == "end-job":
            self.frames.pop()
            return TAKEN
        negated, start = ("", 0) if self.verbatim else _negation(stripped)
        text = stripped[start:]
        best: Refusal | None = None
        for depth in range(len(self.frames), 0, -1):
            frame = self.frames[depth - 1]
            found = self._match(frame, text, negated)
            if isinstance(found, Match):
                outer = None if found.spelt(text) else self._outer(depth, text, negated)
                return self._apply(*(outer or (depth, found)), negated, raw, text)
            if best is None or found.column > best.column:
                best = found
        assert best is not None  # noqa: S101 - there is always a frame
        indent = raw.index(stripped[0]) + start
        return Reply(best.text(indent), error=True, caret=best.column + indent)

    def _outer(self, depth: int, text: str, negated: str) -> tuple[int, Match] | None:
        """An outer mode that has the first word as typed, where the inner one only has a longer word."""
        for outer in range(depth - 1, 0, -1):
            found = self._match(self.frames[outer - 1], text, negated)
            if isinstance(found, Match) and found.spelt(text):
                return outer, found
        return None

    # -- parts ----------------------------------------------------------------------------------

    def _match(self, frame: Frame, text: str, negated: str) -> Match | Refusal:
        found = frame.mode.match(text, partial=bool(negated))
        section = frame.sections[0]
        if isinstance(found, Match) and not self.offers(found.rule, section):
            found = match(
                frame.mode.root, Line.of(text), partial=bool(negated),
                allowed=lambda rule: self.offers(rule, section),
            )  # fmt: skip
        if isinstance(found, Match) and found.rule.has("alias"):
            pieces = [piece.text for piece in found.pieces]
            return self._match(frame, found.rule.attributes["alias"].format(*pieces), negated)
        return found

    def _apply(self, depth: int, found: Match, negated: str, raw: str, text: str) -> Reply:
        entered: list[Section] = []
        said: list[str] = []
        if found.rule.has("hidden"):
            return TAKEN
        for section in self.frames[depth - 1].sections:
            change = Change(self.config, section, found, negated)
            try:
                effect = EFFECTS[found.rule.effect]
                words = effect(change)
            except RefusedError as refused:
                return Reply(str(refused), error=True)
            except NoSuchWordError as missing:
                column = raw.rindex(text) + Line.of(text).column(missing.index)
                return Reply(f"{' ' * column}^\n{missing.text}", error=True, caret=column)
            if words and words not in said:
                said.append(words)
            entered += change.entered
        del self.frames[depth:]
        if entered:
            self.frames.append(Frame(modes()[entered[0].mode], entered))
        return Reply("\n".join(said))

    def _banner_opens(self, line: str) -> bool:
        parts = line.split(None, 2)
        if len(parts) < 3 or not any(kind.startswith(parts[1].lower()) for kind in ("motd", "exec")):
            return False
        delimiter, rest = parts[2][0], parts[2][1:]
        if delimiter in rest:
            return False
        kind = "motd" if "motd".startswith(parts[1].lower()) else "exec"
        self.banner = (f"banner {kind} {delimiter}", delimiter, [rest])
        return True

    def _banner_line(self, raw: str) -> Reply:
        assert self.banner is not None  # noqa: S101 - called while a banner is typed
        command, delimiter, lines = self.banner
        if sum(map(len, lines)) + len(raw) > MAX_BANNER:
            self.banner = None
            return Reply(TOO_LONG, error=True)
        if delimiter not in raw:
            lines.append(raw.rstrip("\r\n"))
            return TAKEN
        lines.append(raw[: raw.index(delimiter)])
        self.banner = None
        self.top()
        body = "\n".join(lines)
        found = modes()["config"].match(f"{command[:-2]} x")
        assert isinstance(found, Match)  # noqa: S101 - the table has both banners
        change = Change(self.config, self.config.root, found)
        change.keep(found.identity, f"{command}{body}{delimiter}")
        return TAKEN


def _negation(line: str) -> tuple[str, int]:
    """("no", width) when the line begins with a negation."""
    word, _, rest = line.partition(" ")
    if rest.strip() and word.lower() in {"no", "default"}:
        return word.lower(), len(line) - len(rest.lstrip())
    return "", 0
