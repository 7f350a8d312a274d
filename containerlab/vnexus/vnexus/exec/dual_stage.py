"""Two-stage configuration: buffer, verification, commit, commit confirmed, history, way back.

Texts as recorded on 10.x, except the columns of ``show configuration commit list`` (documented) and the
refusals outside a commit (ours).
"""

from __future__ import annotations

import difflib

from vnexus.config.staged import StagedSession, VerificationError, verify
from vnexus.config.tree import Section
from vnexus.exec.commits import Commit, Trial
from vnexus.exec.execution import become
from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command
from vnexus.exec.shell import Shell

PROCEEDING = """\
Verification Succeeded.

Proceeding to apply configuration. This might take a while depending on amount of configuration in buffer.
Please avoid other configuration changes during this time.
"""
EXPIRED = "Confirm commit Timer expired, triggering rollback commit\nRollback in progress"
ADVISORY = """\
ADVISORY: Rollback operation started... CTRL-C is disabled.
Modifying running configuration from another VSH terminal in parallel
is not recommended, as this may lead to Rollback failure.
"""
COMMITTED = "Configuration committed by {who} using Commit ID : {number}"


@command("dual-stage")
def dual_stage(call: Call) -> Output:
    """Interactive sessions only; an unfinished buffer is kept."""
    if not call.shell.interactive:
        return Output("ERROR: dual-stage configuration is supported on interactive CLI only", error=True)
    if not isinstance(call.shell.configuring, StagedSession):
        _stage(call.shell)
    return Output("Enter configuration commands, one per line. End with CNTL/Z.")


def _stage(shell: Shell) -> None:
    """An empty buffer over the running configuration of this moment."""
    draft = shell.node.scratch()
    draft.root = shell.node.config.root.copy()
    shell.configuring = StagedSession(draft)


@command("show-staged")
def show_staged(call: Call) -> Output:
    session = call.shell.configuring
    assert isinstance(session, StagedSession)  # noqa: S101 - @staged in the table
    return Output("\n".join(session.shown()))


@command("abort-staged")
def abort(call: Call) -> Output:
    """Forget the buffer and leave."""
    call.shell.configuring = None
    return Output()


@command("commit")
def commit(call: Call) -> Output:
    """Apply the buffer; without one, confirm the commit that waits. A failure keeps the buffer."""
    node, session = call.node, call.shell.configuring
    assert isinstance(session, StagedSession)  # noqa: S101 - @staged in the table
    timeout, trial = call.get("timeout"), node.commits.trial
    if trial is not None and timeout is not None:
        return Output("ERROR: A confirmed commit is in progress: confirm it with 'commit' first", error=True)
    root: Section | None = None
    said: list[str] = []
    if session.buffer:
        work = node.scratch()
        work.root = node.config.root.copy()
        try:
            root, said = verify(session.buffer, work, node.faults.refusal)
        except VerificationError as exc:
            return Output(f"Failed. err={exc}\ncommit verification failed", error=True)
    if trial is not None:
        node.world.agenda.cancel(trial.timer)
        node.commits.trial = None
    if root is None:
        return Output()
    before = node.config.root.copy()
    done = _carry_out(call, root, "CLI")
    _stage(call.shell)
    if timeout is not None:
        _try_out(call, Trial(done.number, before), float(timeout))
    text = COMMITTED.format(who=f"user '{done.user}'", number=done.number)
    return Output("\n".join([PROCEEDING + text, *said]))


def _carry_out(call: Call, root: Section, client: str) -> Commit:
    node = call.node
    lines = node.config.lines_of()
    before = node.config.root.copy()
    become(call, root)
    node.checkpoints.keep_features(before, node.config.root, call.shell.user, node.clock.now())
    done = Commit(node.commits.next_number(), call.shell.user, client, node.clock.now(), lines,
                  node.config.lines_of(), node.config.root.copy())  # fmt: skip
    node.commits.add(done)
    return done


def _try_out(call: Call, trial: Trial, seconds: float) -> None:
    node, shell = call.node, call.shell
    node.commits.trial = trial

    def expire(at: float) -> None:
        """Nobody confirmed. A switch that restarted meanwhile has forgotten the trial."""
        if node.commits.trial is not trial or not node.powered():
            return
        node.commits.trial = None
        lines = node.config.lines_of()
        if node.faults.rollback_fails():
            shell.notify(f"{EXPIRED}\nRollback failed.")
            return
        node.become(trial.before, at)
        done = Commit(node.commits.next_number(), shell.user, "Rollback", at, lines,
                      node.config.lines_of(), node.config.root.copy())  # fmt: skip
        node.commits.add(done)
        shell.notify(f"{EXPIRED}\n{COMMITTED.format(who='rollback', number=done.number)}")

    trial.timer = node.world.agenda.add(node.clock.now() + seconds, expire)


@command("show-commit-list")
def show_commit_list(call: Call) -> Output:
    form = "{:<5}{:<13}{:<10}{:<17}{:<14}{}"
    lines = [
        form.format("SNo.", "Label/ID", "User", "Line", "Client", "Time Stamp"),
        form.format("~~~~", "~" * 10, "~" * 7, "~" * 9, "~" * 9, "~" * 10),
    ]
    for place, done in enumerate(call.node.commits.done, 1):
        stamp = call.node.stamp(done.at)
        lines.append(form.format(place, done.number, done.user, "/dev/pts/0", done.client, stamp))
    return Output("\n".join(lines))


def _missing(call: Call) -> Output:
    return Output(f"ERROR: Commit ID {call.get('id')} does not exist", error=True)


@command("show-commit-changes")
def show_commit_changes(call: Call) -> Output:
    """What one commit changed; no other pair can be compared."""
    done = call.node.commits.get(call.get("id"))
    if done is None:
        return _missing(call)
    path, stamp = f"/bootflash/.dual-stage/{done.number}", call.node.stamp(done.at)
    found = difflib.context_diff(done.before, done.after, f"{path}.tmp", path, stamp, stamp, lineterm="")
    return Output("\n".join(line.rstrip() for line in found))


@command("rollback-commit")
def rollback_commit(call: Call) -> Output:
    """Back to the configuration as that commit left it; this is a commit too."""
    node = call.node
    goal = node.commits.get(call.get("id"))
    if goal is None:
        return _missing(call)
    head = f"Rolling back to commitID :{goal.number}\n{ADVISORY}"
    if node.faults.rollback_fails():
        return Output(f"{head}\nRollback failed.")
    done = _carry_out(call, goal.root, "Rollback")
    return Output(f"{head}\n{COMMITTED.format(who='rollback', number=done.number)}")
