"""``configure session``: access lists and where they are bound, checked and committed as one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from vnexus.config.session import Reply
from vnexus.config.staged import DraftSession
from vnexus.config.tree import Section
from vnexus.grammar.match import Match
from vnexus.grammar.syntax import Rule

_TOP = (
    "ip access-list ",
    "ipv6 access-list ",
    "mac access-list ",
    "object-group ",
    "time-range ",
    "interface ",
)
_BINDINGS = ("ip access-group ", "ip port access-group ", "mac port access-group ", "ipv6 traffic-filter ")
_BELOW = frozenset({"acl", "acl6", "acl-mac", "object-group-address", "object-group-port", "time-range"})


@dataclass(slots=True)
class AclSession(DraftSession):
    """Takes lines of access lists, object groups and time ranges, and their bindings to interfaces."""

    word: ClassVar[str] = "config-s"
    name: str = ""
    number: int = 1
    owner: str = ""
    created: float = 0.0
    action: tuple[str, str, str, float] | None = None
    """The last: its name, ``Success`` or ``Failed``, the reason, when."""

    def offers(self, rule: Rule, section: Section) -> bool:
        if rule.mode == "config":
            fits = rule.notation.startswith(_TOP)
        else:
            fits = rule.mode in _BELOW or rule.notation.startswith(_BINDINGS)
        return fits and self.config.holds(rule, section)

    def _apply(self, depth: int, found: Match, negated: str, raw: str, text: str) -> Reply:
        if found.rule.mode == "config" and found.pieces[0].text == "interface":
            names = found.pieces[1].text.split(",")
            if negated or any(self.config.section(name) is None for name in names):
                column = raw.index(text) + len("interface ") if " " in text else len(raw)
                return Reply(f"{' ' * column}^\nInvalid range at '^' marker.", error=True, caret=column)
        return super(AclSession, self)._apply(depth, found, negated, raw, text)
