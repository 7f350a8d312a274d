"""Session manager: ``configure session``, verify, commit, abort, save, and what is open.

Replies are those of Cisco's guide to the session manager; of its tables only the summary is recorded.
"""

from __future__ import annotations

import time

from vnexus.config.aclsession import AclSession
from vnexus.config.staged import VerificationError, verify
from vnexus.config.tree import Section
from vnexus.exec.execution import become
from vnexus.exec.files import FlashError
from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command
from vnexus.exec.shell import Shell

MOST = 32
"""Sessions that a switch keeps."""
_RULE = "-" * 68


@command("configure-session")
def configure_session(call: Call) -> Output:
    """Open a session, or go on with the one of that name."""
    shell, name = call.shell, call.get("name") or ""
    sessions = call.node.config_sessions
    session = sessions.get(name)
    if session is None:
        if len(sessions) >= MOST:
            return Output("ERROR: Maximum number of configuration sessions reached", error=True)
        numbers = {other.number for other in sessions.values()}
        number = next(n for n in range(1, MOST + 1) if n not in numbers)
        draft = call.node.scratch()
        draft.root = call.node.config.root.copy()
        session = AclSession(draft, name=name, number=number, owner=shell.user, created=call.node.clock.now())
        sessions[name] = session
    session.top()
    shell.configuring = session
    return Output(f"Config Session started, Session ID is {session.number}\n"
                  "Enter configuration commands, one per line.  End with CNTL/Z.")  # fmt: skip


def _session(shell: Shell) -> AclSession:
    session = shell.configuring
    assert isinstance(session, AclSession)  # noqa: S101 - @drafted in the table
    return session


def _checked(call: Call, session: AclSession) -> Section:
    """The running configuration with the session's lines. Raises VerificationError."""
    node = call.node
    work = node.scratch()
    work.root = node.config.root.copy()
    return verify(session.buffer, work, node.faults.refusal)[0]


@command("session-verify")
def session_verify(call: Call) -> Output:
    session = _session(call.shell)
    now = call.node.clock.now()
    try:
        _checked(call, session)
    except VerificationError as exc:
        session.action = ("Verify", "Failed", str(exc), now)
        return Output(f"Verification Failed\nERROR: {exc}", error=True)
    session.action = ("Verify", "Success", "-NA-", now)
    return Output(_verbose(call, session, "Verification Successful"))


@command("session-commit")
def session_commit(call: Call) -> Output:
    """All lines, or none; the session is over when it succeeds."""
    session = _session(call.shell)
    try:
        root = _checked(call, session)
    except VerificationError as exc:
        session.action = ("Commit", "Failed", str(exc), call.node.clock.now())
        return Output(f"Commit Failed\nERROR: {exc}", error=True)
    if session.buffer:
        become(call, root)
    text = _verbose(call, session, "Commit Successful")
    _close(call, session)
    return Output(text)


def _verbose(call: Call, session: AclSession, done: str) -> str:
    lines = _numbered(session) if call.said("verbose") else []
    return "\n".join([*lines, done])


def _close(call: Call, session: AclSession) -> None:
    """The session is gone for everybody who stands in it."""
    call.node.config_sessions.pop(session.name, None)
    for shell in (*call.node.sessions, call.shell):
        if shell.configuring is session:
            shell.configuring = None


@command("session-abort")
def session_abort(call: Call) -> Output:
    _close(call, _session(call.shell))
    return Output()


@command("session-save")
def session_save(call: Call) -> Output:
    """The lines as a file that can be copied to running-config."""
    session = _session(call.shell)
    flash = call.node.flash
    flash.now = call.node.clock.now()
    text = "\n".join(" " * 2 * staged.depth + staged.text for staged in session.buffer)
    try:
        flash.write(call.get("file") or "", text + "\n")
    except FlashError as exc:
        return Output(str(exc), error=True)
    return Output()


@command("clear-session")
def clear_session(call: Call) -> Output:
    session = call.node.config_sessions.get(call.get("name") or "")
    if session is None:
        return _missing(call)
    _close(call, session)
    return Output()


def _missing(call: Call) -> Output:
    return Output(f"ERROR: Configuration session {call.get('name')} does not exist", error=True)


def _numbered(session: AclSession) -> list[str]:
    return [f"{number:04d}  {staged.text}" for number, staged in enumerate(session.buffer, 1)]


@command("show-session")
def show_session(call: Call) -> Output:
    """The lines of one session, or of all."""
    sessions, name = call.node.config_sessions, call.get("name")
    if name and name not in sessions:
        return _missing(call)
    lines: list[str] = []
    for session in sessions.values():
        if name in {None, session.name}:
            lines += [f"config session name {session.name}", *_numbered(session), ""]
    return Output("\n".join([*lines, _count(len(sessions))]))


def _count(number: int) -> str:
    return f"Number of active configuration sessions = {number}"


@command("show-session-summary")
def show_session_summary(call: Call) -> Output:
    lines = ["Session Manager Database:", _RULE,
             f"{'Name':<24}{'Session Owner':<24}Creation Time", _RULE]  # fmt: skip
    for session in call.node.config_sessions.values():
        stamp = time.strftime("%H:%M:%S UTC %b %d %Y", time.gmtime(session.created))
        lines.append(f"{session.name:<24}{session.owner:<24}{stamp}")
    return Output("\n".join([*lines, "", _count(len(call.node.config_sessions)), ""]))


@command("show-session-status")
def show_session_status(call: Call) -> Output:
    blocks = []
    for session in call.node.config_sessions.values():
        action, status, reason, at = session.action or ("-NA-", "-NA-", "-NA-", 0.0)
        stamp = time.strftime("%H:%M:%S UTC %b %d %Y", time.gmtime(at)) if at else "-NA-"
        blocks.append(f"Session Name         : {session.name}\nLast Action          : {action}\n"
                      f"Last Action Status   : {status}\nLast Action Reason   : {reason}\n"
                      f"Last Action Timestamp: {stamp}")  # fmt: skip
    return Output("\n\n".join(blocks))
