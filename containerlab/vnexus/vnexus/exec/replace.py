"""``configure replace``: the running configuration becomes a file, and goes back unless confirmed in time.

Transcripts as recorded on 9.3(1); texts of failures before and after the patch are the documented ones or,
where nobody recorded any, ours (``Version mismatch``, ``ERROR: …`` about confirmation).
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vnexus.config.configuration import Configuration
from vnexus.config.session import ConfigSession
from vnexus.config.tree import Section
from vnexus.exec.execution import Execution, Refused, become, execute, quoted
from vnexus.exec.files import FlashError
from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command

if TYPE_CHECKING:
    from vnexus.node import Node

PRE_CHECK = "\nVersion match between user file and running configuration.\nPre-check for User config PASSED\n"
ADVISORY = """\
ADVISORY: Config Replace operation started...
Modifying running configuration from another VSH terminal in parallel
is not recommended, as this may lead to Config Replace failure.

Collecting Running-Config
Generating Rollback patch for switch profile
Rollback Patch is Empty
Collecting Running-Config
Generating Rollback Patch
"""
EXECUTING = """\
Executing Rollback Patch
During CR operation,will retain L3 configuration
when vrf member change on interface
"""
DONE = (
    "Configure replace completed successfully. Please run 'show config-replace log exec' to see if there is "
    "any configuration that requires reload to take effect."
)
FAILED = (
    "Configure replace failed. Use 'show config-replace log verify' or 'show config-replace log exec' "
    "to see reasons for failure"
)
RESTORED = "Rolling back to previous configuration is successful"
BAR = "=" * 56


@dataclass(slots=True)
class Replacement:
    """The last one: what the logs show, and what the switch goes back to when it is not confirmed."""

    user: str
    mode: str
    verbose: bool
    started: float
    lines: list[str]
    refused: tuple[Refused, ...]
    ok: bool
    ended: float = 0.0
    before: Section | None = None
    timer: int = 0
    until: float = 0.0


class ReplaceError(Exception):
    """The file cannot be what the running configuration becomes; the text is the switch's."""


def read_goal(node: Node, path: str) -> tuple[Configuration, list[Refused]]:
    """The configuration of a ``copy running-config F`` file, and the lines the switch does not take.

    Raises ReplaceError.
    """
    try:
        text = node.flash.read(path).decode(errors="replace")
    except FlashError as exc:
        raise ReplaceError(f"ERROR: {exc}") from exc
    version = re.search(r"^version (\S+)", text, re.MULTILINE)
    if version is None or text.lstrip().startswith("!Command: Checkpoint"):
        raise ReplaceError("ERROR: User config is not a complete running configuration: take it "
                           "with 'copy running-config'\nPre-check for User config FAILED")  # fmt: skip
    if version[1] != node.release.version:
        raise ReplaceError("Version mismatch between user file and running configuration.\n"
                           "Pre-check for User config FAILED")  # fmt: skip
    goal = node.scratch()
    session = ConfigSession(goal)
    refused: list[Refused] = []
    for line in text.splitlines():
        reply = session.feed(line)
        if reply.error:
            refused.append((line.strip(), reply.text))
    return goal, refused


@command("replace")
def replace(call: Call) -> Output:
    node = call.node
    last = node.replacement
    if last is not None and last.timer:
        return Output(
            "ERROR: A configure replace waits for confirmation: commit or abort it first", error=True
        )
    try:
        goal, refused = read_goal(node, call.get("file") or "")
    except ReplaceError as exc:
        return Output(f"\n{exc}", error=True)
    if call.said("verify-only") or call.said("show-patch"):
        return _look(call, goal, refused)
    best = call.said("best-effort")
    done = execute(node, goal, "best-effort" if best else "atomic", refused)
    text = _carry_out(call, done, best=best)
    timeout = call.get("timeout")
    if timeout and node.replacement and node.replacement.ok:
        _start_timer(node, node.replacement, float(timeout))
    return Output(text)


def _look(call: Call, goal: Configuration, refused: list[Refused]) -> Output:
    """Show the patch; validation completes "successful" whatever it finds, as on a Nexus."""
    done = execute(call.node, goal, "best-effort", refused)
    head = f"{PRE_CHECK}Collecting Running-Config\nConverting to checkpoint file\nGenerating Rollback Patch\n"
    if not done.lines and not refused:
        return Output(f"{head}Rollback Patch is Empty")
    if call.said("show-patch"):
        return Output("\n".join([head + BAR, *quoted(done.lines), BAR]))
    body = _with_errors(done.lines, done.refused)
    return Output(
        "\n".join([f"{head}Validating Patch", BAR, *body, BAR, "Patch validation completed successful"])
    )


def _with_errors(lines: list[str], refused: tuple[Refused, ...]) -> list[str]:
    """The quoted patch, failures below their lines; lines that are not in the patch at the end."""
    failed = dict.fromkeys(line for line, _ in refused)
    body: list[str] = []
    for line in quoted(lines) if lines else []:
        body.append(line)
        if (bare := line.strip("`")) in failed:
            body += [f"Syntax error while parsing '{bare}'", ""]
            del failed[bare]
    for line in failed:
        body += [f"`{line}`", f"Syntax error while parsing '{line}'", ""]
    return body


def _carry_out(call: Call, done: Execution, *, best: bool) -> str:
    """Apply, remember for the logs; returns what is printed."""
    node, now = call.node, call.node.clock.now()
    verbose = call.said("verbose")
    broken = node.faults.rollback_fails()
    ok = not broken and (done.ok or best)
    before = node.config.root.copy()
    node.replacement = Replacement(
        call.shell.user,
        "best-effort" if best else "atomic",
        verbose,
        now,
        done.lines,
        done.refused,
        ok,
        now,
        before,
    )
    head = PRE_CHECK + ADVISORY
    if ok and not done.lines:
        return f"{head}Rollback Patch is Empty\n\n{DONE}"
    shown = "\n".join([*_with_errors(done.lines, done.refused), ""]) if verbose else ""
    head += EXECUTING + shown
    if not ok:
        tail = "Rollback failed." if broken else RESTORED
        return (
            f"{head}Generating Running-config for verification\nGenerating Patch for verification\n"
            f"Verification failed, Rolling back to previous configuration\nCollecting Running-Config\n"
            f"Generating Rollback Patch\n\n{FAILED}\n{tail}"
        )
    if done.root is not None:
        become(call, done.root)
    return f"{head}Generating Running-config for verification\nGenerating Rollback Patch\n\n{DONE}"


# -- the commit timer ---------------------------------------------------------------------------


def _start_timer(node: Node, done: Replacement, seconds: float) -> None:
    done.until = node.clock.now() + seconds
    done.timer = node.world.agenda.add(done.until, lambda at: _expire(node, done, at))


def _expire(node: Node, done: Replacement, at: float) -> None:
    """Nobody confirmed: the configuration before, by the switch itself."""
    if done is node.replacement and node.powered():
        _go_back(node, done, at)


def _go_back(node: Node, done: Replacement, at: float) -> bool:
    done.timer, done.ended = 0, at
    done.ok = not node.faults.rollback_fails()
    if done.ok and done.before is not None:
        node.become(done.before, at)
    return done.ok


def _waiting(call: Call) -> Replacement | None:
    done = call.node.replacement
    return done if done is not None and done.timer else None


_NOTHING = Output("ERROR: No configure replace waits for confirmation", error=True)


@command("replace-commit")
def replace_commit(call: Call) -> Output:
    done = _waiting(call)
    if done is None:
        return _NOTHING
    call.node.world.agenda.cancel(done.timer)
    done.timer = 0
    return Output("Commit Successful")


@command("replace-abort")
def replace_abort(call: Call) -> Output:
    """Go back at once."""
    done = _waiting(call)
    if done is None:
        return _NOTHING
    call.node.world.agenda.cancel(done.timer)
    done.mode = "atomic"
    restored = _go_back(call.node, done, call.node.clock.now())
    if call.shell.configuring is not None:
        call.shell.configuring.top()
    return Output(RESTORED if restored else "Rollback failed.")


# -- logs ---------------------------------------------------------------------------------------


def _stamp(at: float) -> str:
    return time.strftime("%a, %H:%M:%S %d %b %Y", time.gmtime(at))


def _log(done: Replacement, status: str) -> list[str]:
    start, end = _stamp(done.started), _stamp(done.ended)
    return [
        "Operation            : Config-replace to user config",
        f"Checkpoint file name : .replace_tmp_{int(done.started) % 100_000}",
        "Scheme               : tmp",
        f"Cfg-replace done By  : {done.user}",
        f"Cfg-replace mode     : {done.mode}",
        f"Verbose              : {'enabled' if done.verbose else 'disabled'}",
        f"Start Time           : {start}", f"Start Time UTC       : {start}",
        f"End Time             : {end}", f"End Time UTC         : {end}",
        f"{status:21}: {'Success' if done.ok else 'Failed'}", "",
    ]  # fmt: skip


@command("show-replace-log")
def show_replace_log(call: Call) -> Output:
    done = call.node.replacement
    if done is None:
        return Output("No config-replace log found")
    body = _with_errors(done.lines, done.refused)
    return Output("\n".join([*_log(done, "Rollback Status"), "Executing Patch:", "-" * 16, *body]))


@command("show-replace-verify")
def show_replace_verify(call: Call) -> Output:
    """Lines that did not take."""
    done = call.node.replacement
    if done is None:
        return Output("No config-replace log found")
    missing = [line for line, _ in done.refused] or ["! No changes"]
    head = "Verification patch contains the following commands:"
    return Output("\n".join([*_log(done, "Status"), head, "-" * 51, "!!", *missing, "-" * 51]))


@command("show-replace-status")
def show_replace_status(call: Call) -> Output:
    done = call.node.replacement
    if done is None:
        return Output("No config-replace operation done")
    stamp = call.node.stamp
    lines = ["Last operation : Rollback to file", "Details:",
             f"  Rollback type: {done.mode} replace_tmp_{int(done.started) % 100_000}",
             f"  Start Time: {stamp(done.started)}", f"  End Time: {stamp(done.ended)}",
             f"  Operation Status: {'Success' if done.ok else 'Failed'}"]  # fmt: skip
    if done.timer:
        lines.append(f"  Commit timer: {int(done.until - call.node.clock.now())} seconds left")
    return Output("\n".join(lines))
