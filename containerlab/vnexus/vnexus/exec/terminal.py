"""Commands about the session itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from vnexus.config.session import ConfigSession
from vnexus.config.staged import StagedSession
from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command

DIRTY = "Uncommitted changes found, commit them before exiting (yes/no/cancel)? [cancel] "


@command("terminal")
def terminal(call: Call) -> Output:
    width = call.get("24-511")
    if width:
        call.shell.width = int(width)
    length = call.get("0-511")
    if length:
        call.shell.length = int(length)
    return Output()


@command("dont-ask")
def dont_ask(call: Call) -> Output:
    call.shell.ask = False
    return Output()


@command("ask")
def ask(call: Call) -> Output:
    call.shell.ask = True
    return Output()


@command("configure")
def configure(call: Call) -> Output:
    return _unless_dirty(call, lambda: _enter(call))


def _enter(call: Call) -> Output:
    call.shell.configuring = ConfigSession(call.node.config)
    return Output("Enter configuration commands, one per line. End with CNTL/Z.")


@command("end")
def end(call: Call) -> Output:
    return _unless_dirty(call, lambda: _leave(call))


@command("exit")
def leave(call: Call) -> Output:
    session = call.shell.configuring
    if session is None:
        return Output(closes=True)
    if session.exit():
        return Output()
    return _unless_dirty(call, lambda: _leave(call))


def _leave(call: Call) -> Output:
    call.shell.configuring = None
    return Output()


def _unless_dirty(call: Call, go: Callable[[], Output]) -> Output:
    """Ask about lines that were staged and not committed; only a commit that succeeds lets one go."""
    session = call.shell.configuring
    if not isinstance(session, StagedSession) or not session.buffer:
        return go()

    def decide(answer: str) -> Output:
        if answer in {"n", "no"}:
            return go()
        if answer not in {"y", "yes"}:
            return Output()
        said = call.shell.run("commit")
        return said if said.error else replace(go(), text=said.text)

    return call.shell.inquire(DIRTY, decide)
