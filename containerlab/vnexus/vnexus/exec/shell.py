"""One session's shell: exec and configuration mode, pipes, ``;``, confirmations."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from vnexus.config.aclsession import AclSession
from vnexus.config.session import MAX_LINE, TOO_LONG, ConfigSession
from vnexus.config.staged import DraftSession, StagedSession
from vnexus.exec.accounting import Accounted, mask
from vnexus.exec.files import FlashError
from vnexus.exec.output import Output
from vnexus.exec.pipes import Redirect, apply_pipes, check, take_apart
from vnexus.exec.registry import HANDLERS, Call
from vnexus.exec.releases import shaped
from vnexus.grammar.match import Match, Refusal, match
from vnexus.grammar.syntax import Rule
from vnexus.grammar.table import modes
from vnexus.grammar.words import Line

if TYPE_CHECKING:
    from vnexus.exec.tcl import Tcl
    from vnexus.node import Node

_EXEC_WORDS = re.compile(r"\s*(sh|sho|show|dir|end|exit|copy|checkpoint|rollback|ping|del|delete|where)\b")
KEPT_LINES = 500
"""Lines of ``show cli history``."""
_NAMED = frozenset({"interfaces", "interface", "vrf", "vrf-name"})
DENIED = "% Permission denied for the role"
_OPERATORS = frozenset({"network-operator", "vdc-operator"})
_LOOKING = frozenset({"show", "terminal", "exit", "end", "logout", "ping", "enable"})
"""First words of what an operator may do."""
_QUESTIONS = (
    (re.compile(r"\s*copp\s+profile\s+(strict|moderate|lenient|dense)\s*$", re.IGNORECASE),
     "This operation can cause disruption of control traffic. Proceed (y/n)?  [no] "),
)  # fmt: skip
"""Lines of configuration that the switch asks about."""
_LEAVES = re.compile(r"\s*(exit|end)\s*$")
_DROPS = re.compile(r"\s*(no|default)\s+fe", re.IGNORECASE)
"""``no feature X``: the switch takes a checkpoint first."""
MAX_PARTS = 1000
"""Commands of a line: more is refused."""


class Shell:
    """``run`` a line, get an Output. ``configuring`` is None in exec mode."""

    def __init__(self, node: Node, user: str) -> None:
        self.node, self.user = node, user
        self.configuring: ConfigSession | None = None
        self.ask = True
        """False after ``terminal dont-ask``."""
        self.width = 80
        self.length = 0
        """Lines of a page; 0 for no paging."""
        self.timeout = 0
        """Minutes; kept and shown, nobody is sent away."""
        self.history: deque[str] = deque(maxlen=KEPT_LINES)
        self.interactive = True
        """False for a session of NX-API."""
        self.pending: Callable[[str], Output] | None = None
        """What the answer to the question just asked does."""
        self.tcl: Tcl | None = None
        """After ``tclsh``."""
        self.notify: Callable[[str], None] = lambda _: None
        """Show what the switch says unasked."""

    @property
    def prompt(self) -> str:
        """``HOST# ``, ``HOST(config-if)# ``; empty while a banner is typed."""
        name = self.node.config.hostname
        if self.tcl is not None:
            return self.tcl.prompt
        if self.configuring is None:
            return f"{name}# "
        if self.configuring.banner:
            return ""
        if self.configuring.prompt.startswith("conf-tm"):
            return f"{name}({self.configuring.prompt})#"
        return f"{name}({self.configuring.prompt})# "

    @property
    def operator(self) -> bool:
        """Whether the role of the user lets him look only."""
        return self.node.role(self.user) in _OPERATORS

    def run(self, raw: str, *, indent: int = 0, config_only: bool = False) -> Output:
        """Execute what was typed on one line. ``indent`` is the width of the prompt, for carets."""
        self.node.wake()
        try:
            return self._run(raw, indent, config_only=config_only)
        finally:
            self.node.plan()

    def _run(self, raw: str, indent: int, *, config_only: bool) -> Output:
        line = raw.replace("\x00", "").rstrip("\r\n")
        if len(line) > MAX_LINE:
            return Output(TOO_LONG, error=True, configured=self.configuring is not None)
        if self.pending:
            return self._answer(line)
        if self.tcl is not None:
            return self.tcl.feed(line)
        return self.execute(line, indent, config_only=config_only)

    def execute(self, line: str, indent: int = 0, *, config_only: bool = False) -> Output:
        """A line that answers no question and is no Tcl."""
        session = self.configuring
        if session and session.banner:
            return self._configure(session, line, indent)
        if not line.strip() or line.lstrip().startswith("!"):
            return Output(configured=session is not None)
        self.history.append(line.strip())
        outputs = []
        for part in self._parts(line, splits=not config_only):
            output = self._one(part, indent)
            outputs.append(output)
            if output.error or output.question or output.closes:
                break
        if len(outputs) < 2:
            return outputs[0] if outputs else Output(configured=session is not None)
        return replace(outputs[-1], text="\n".join(o.text for o in outputs if o.text))

    def look(self, line: str) -> Output | None:
        """What a show command says; None for one that is not there."""
        output = self._exec(line)
        return None if isinstance(output, Refusal) or output.error else output

    def confirm(self, question: str, action: Callable[[], Output]) -> Output:
        """Do it at once when the session does not ask, else put the question."""
        return self.inquire(question, lambda word: action() if word in {"y", "yes"} else Output())

    def inquire(self, question: str, action: Callable[[str], Output]) -> Output:
        """Put a question; the answer goes to ``action`` in small letters. Without questions it is yes."""
        if not self.ask:
            return action("yes")
        self.pending = action
        return Output(question=question)

    def _answer(self, line: str) -> Output:
        action, self.pending = self.pending, None
        return Output() if action is None else action(line.strip().lower())

    def _parts(self, line: str, *, splits: bool) -> list[str]:
        if self._verbatim(line):
            return [line]
        if not splits or ";" not in line or (self.configuring and not _EXEC_WORDS.match(line)):
            return [line]
        return [part for part in (p.strip() for p in line.split(";", MAX_PARTS)) if part]

    def _one(self, line: str, indent: int) -> Output:
        session = self.configuring
        if session is None or (_EXEC_WORDS.match(line) and not self._verbatim(line)):
            found = self._exec(line)
            if session is None or not isinstance(found, Refusal):
                return found if isinstance(found, Output) else _refused(found, indent)
            return _refused(found, indent)
        output = self._configure(session, line, indent)
        if not output.error:
            return output
        found = self._exec(line)
        if not isinstance(found, Refusal):
            return found
        caret = output.text.find("^") if output.text.lstrip(" ").startswith("^") else len(line) + indent
        return _refused(found, indent) if found.column + indent > caret else output

    def _verbatim(self, line: str) -> bool:
        """Is the line a command of a job, for later?"""
        return self.configuring is not None and self.configuring.verbatim and not _LEAVES.match(line)

    def _configure(self, session: ConfigSession, line: str, indent: int) -> Output:
        if self.operator:
            return Output(DENIED, error=True)
        question = next((text for words, text in _QUESTIONS if words.match(line)), None)
        if question and self.ask and self.interactive and not session.banner and not session.verbatim:
            return self.confirm(question, lambda: self._enter(session, line, indent))
        return self._enter(session, line, indent)

    def _enter(self, session: ConfigSession, line: str, indent: int) -> Output:
        staged = isinstance(session, DraftSession)  # refused when committed
        refusal = None if staged else self.node.faults.refusal(line)
        if refusal:
            return Output(refusal, error=True, configured=True)
        node = self.node
        drops = not staged and _DROPS.match(line) is not None
        before = node.config.root.copy() if drops else node.config.root
        place = session.path
        reply = session.feed(line)
        self._account([*place, mask(line.strip())], failed=reply.error)
        if drops:
            node.checkpoints.keep_features(before, node.config.root, self.user, node.clock.now())
        if reply.error and reply.caret is not None:
            first, _, rest = reply.text.partition("\n")
            return Output(f"{' ' * indent}{first}\n{rest}", error=True, configured=True)
        return Output(reply.text, error=reply.error, configured=True)

    def _account(self, words: list[str], *, failed: bool) -> None:
        command = " ; ".join(["configure terminal", *words])
        line = f"pts/{self.node.sessions.index(self)}" if self in self.node.sessions else "vsh"
        result = "FAILURE" if failed else "SUCCESS"
        self.node.accounting.append(Accounted(self.node.clock.now(), self.user, line, command, result))

    def _exec(self, line: str) -> Output | Refusal:
        piped = take_apart(line)
        found = modes()["exec"].match(piped.command)
        if isinstance(found, Match) and not self.holds(found.rule):
            found = match(modes()["exec"].root, Line.of(piped.command), allowed=self.holds)
        if not isinstance(found, Match):
            return found
        wrong = check(piped)
        if wrong is not None:
            return wrong
        looks = found.pieces[0].text in _LOOKING or found.text.startswith("no terminal ")
        if self.operator and (piped.target or not looks):
            return Output(DENIED, error=True)
        with self.node.world.moment():
            output = HANDLERS[found.rule.run](Call(self, found, piped.command.strip()))
        if output.error and output.text.lstrip(" ").startswith("^\n"):
            return _pointed(found, piped.command, output.text)
        output = shaped(output, self.node.spec.profile, found.rule.run)
        output = apply_pipes(output, piped.pipes, found)
        return self._redirect(output, piped.target) if piped.target and not output.error else output

    def _redirect(self, output: Output, target: Redirect) -> Output:
        flash = self.node.flash
        old = flash.read(target.path) if target.appends and flash.name(target.path) in flash.files else b""
        flash.now = self.node.clock.now()
        try:
            flash.write(target.path, old + (output.text + "\n").encode())
        except FlashError as exc:
            return Output(str(exc), error=True)
        return Output()

    def holds(self, rule: Rule) -> bool:
        """Does this switch have the command, in this state?"""
        release = rule.attributes.get("release", "")
        return (
            self.node.spec.profile.startswith(release)
            and (not rule.feature or self.node.config.feature(rule.feature))
            and (not rule.has("staged") or isinstance(self.configuring, StagedSession))
            and (not rule.has("drafted") or isinstance(self.configuring, AclSession))
        )


def _pointed(found: Match, line: str, text: str) -> Refusal:
    """A command does not know an interface or a VRF: the caret goes under its name."""
    named = (n for n, piece in enumerate(found.pieces) if piece.argument in _NAMED)
    column = Line.of(line).column(next(named, len(found.pieces) - 1))
    return Refusal("Invalid command", column, text.partition("\n")[2])


def _refused(refusal: Refusal, indent: int) -> Output:
    return Output(refusal.text(indent), error=True)
