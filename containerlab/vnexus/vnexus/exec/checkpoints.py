"""Checkpoints, rollback, ``show diff rollback-patch``."""

from __future__ import annotations

from dataclasses import dataclass, field

from vnexus.config.configuration import Configuration
from vnexus.config.patch import patch
from vnexus.config.session import ConfigSession
from vnexus.config.tree import Section
from vnexus.exec.execution import Scheme, become, execute, quoted
from vnexus.exec.files import FlashError
from vnexus.exec.output import Output
from vnexus.exec.registry import Call, command
from vnexus.faults import NOISE

LIMIT = 10
ADVISORY = """\
ADVISORY: Rollback operation started...
Modifying running configuration from another VSH terminal in parallel
is not recommended, as this may lead to Rollback failure.
"""
SWITCH_PROFILE = """\
Generating Rollback patch for switch profile
Rollback Patch is Empty
Collecting Running-Config
"""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A copy of the tree, when and by whom it was taken."""

    name: str
    root: Section
    user: str
    at: float
    description: str = ""


@dataclass(slots=True)
class Checkpoints:
    """Named checkpoints of one node, at most ten of the users'; lost when it restarts without startup."""

    by_name: dict[str, Checkpoint] = field(default_factory=dict)
    system: dict[str, Checkpoint] = field(default_factory=dict)
    """The state before a feature was disabled, by ``system-fm-`` and the feature; the last one counts."""
    number: int = 0

    def automatic_name(self) -> str:
        self.number += 1
        return f"user-checkpoint-{self.number}"

    def get(self, name: str) -> Checkpoint | None:
        return self.by_name.get(name) or self.system.get(name)

    def keep_features(self, before: Section, after: Section, user: str, at: float) -> None:
        """Keep ``before`` for every feature that is gone in ``after``."""
        for entry in before.under("feature"):
            if entry.identity not in after.entries:
                name = f"system-fm-{'_'.join(entry.identity[1:])}"
                made = Checkpoint(name, before, user, at, "Created by Feature Manager.")
                self.system[name] = made


class ConfigError(Exception):
    """A source of a configuration that is not there or not one; the text is the switch's."""


def checkpoint_file(call: Call) -> str:
    node = call.node
    lines = ["", "!Command: Checkpoint cmd vdc 1", f"!Time: {node.stamp()}", "", node.version_line()]
    return "\n".join([*lines, *node.config.lines_of()]) + "\n"


def source(call: Call, words: str) -> Configuration:
    """The tree that ``running-config``, ``checkpoint N`` or ``file F`` names. Raises ConfigError."""
    node = call.node
    kind, _, name = words.partition(" ")
    if kind == "running-config":
        return node.config
    other = node.scratch()
    if kind == "startup-config":
        other.root = node.startup or other.root
    elif kind == "checkpoint":
        found = node.checkpoints.get(name)
        if found is None:
            raise ConfigError(f"ERROR: Checkpoint {name} does not exist")
        other.root = found.root
    else:
        read_file(call, name, other)
    return other


def read_file(call: Call, name: str, into: Configuration) -> None:
    """Raises ConfigError for a file that is not there or holds a line the switch does not take."""
    try:
        text = call.node.flash.read(name).decode(errors="replace")
    except FlashError as exc:
        raise ConfigError(f"ERROR: {exc}") from exc
    session = ConfigSession(into)
    for line in text.splitlines():
        reply = session.feed(line)
        if reply.error:
            raise ConfigError(f"Syntax error while parsing '{line.strip()}'")


@command("checkpoint")
def checkpoint(call: Call) -> Output:
    node = call.node
    path = call.get("file")
    if path:
        try:
            node.flash.write(path, checkpoint_file(call))
        except FlashError as exc:
            return Output(f"ERROR: {exc}", error=True)
        return Output(".Done")
    kept = node.checkpoints
    name = call.get("name") or kept.automatic_name()
    if name.startswith("system"):
        return Output("ERROR: Checkpoint name cannot begin with 'system'", error=True)
    if name in kept.by_name:
        return Output(f"ERROR: Checkpoint {name} already exists", error=True)
    if len(kept.by_name) >= LIMIT:
        return Output("ERROR: Maximum number of checkpoints reached", error=True)
    if words := node.faults.unwritten():
        return Output(f"ERROR: {words}", error=True)
    description = call.get("description") or ""
    taken = Checkpoint(name, node.config.root.copy(), call.shell.user, node.clock.now(), description)
    kept.by_name[name] = taken
    made = "" if call.get("name") else f"{name} created Successfully\n\n"
    return Output(f"{made}.Done" if not made else f".{made}Done")


@command("no-checkpoint")
def no_checkpoint(call: Call) -> Output:
    name = call.get("name") or ""
    if call.node.checkpoints.by_name.pop(name, None) is None:
        return Output(f"ERROR: Checkpoint {name} does not exist", error=True)
    return Output(".Done")


@command("clear-checkpoints")
def clear_checkpoints(call: Call) -> Output:
    """Both kinds, unless one is named."""
    if not call.said("system"):
        call.node.checkpoints.by_name.clear()
    if not call.said("user"):
        call.node.checkpoints.system.clear()
    return Output("Done")


@command("show-checkpoint-summary")
def show_checkpoint_summary(call: Call) -> Output:
    kept = call.node.checkpoints
    users = [] if call.said("system") else _summary(call, "User", kept.by_name)
    systems = [] if call.said("user") else _summary(call, "System", kept.system)
    return Output("\n".join([*users, *([""] if users and systems else []), *systems]))


def _summary(call: Call, kind: str, taken: dict[str, Checkpoint]) -> list[str]:
    node = call.node
    lines = [f"{kind} Checkpoint Summary", "-" * 80]
    label = "User Checkpoint Description" if kind == "User" else "Description"
    for number, one in enumerate(taken.values(), 1):
        size = _size(node.scratch(), one.root)
        lines += [f"{number}) {one.name}:", f"Created by {one.user}", f"Created at {node.stamp(one.at)}",
                  f"Size is {size:,} bytes", f"{label}: {one.description or 'None'}", ""]  # fmt: skip
    return lines


def _size(scratch: Configuration, root: Section) -> int:
    scratch.root = root
    return sum(len(line) + 1 for line in scratch.lines_of())


@command("show-checkpoint")
def show_checkpoint(call: Call) -> Output:
    """The configuration a checkpoint holds."""
    name = call.get("name") or ""
    try:
        held = source(call, f"checkpoint {name}")
    except ConfigError as exc:
        return Output(str(exc), error=True)
    lines = ["-" * 80, f"Name: {name}", "", "!Command: Checkpoint cmd vdc 1", "", call.node.version_line()]
    return Output("\n".join([*lines, *held.lines_of()]))


@command("show-diff")
def show_diff(call: Call) -> Output:
    """The commands that make the first configuration the second."""
    words = call.line.split()
    sources = _sources(words[words.index(next(w for w in words if w.startswith("rollback"))) + 1 :])
    try:
        start, goal = (source(call, words) for words in sources)
    except ConfigError as exc:
        return Output(str(exc), error=True)
    mark = "#" if call.node.spec.profile.startswith("n7k") else ""
    lines = patch(start, goal)
    head = ["Collecting Running-Config"] if "running-config" in sources else []
    body = ["", "!!", *lines] if lines else ["Rollback Patch is Empty"]
    return Output("\n".join([*head, f"{mark}Generating Rollback Patch", *body]))


def _sources(words: list[str]) -> list[str]:
    """Group ``checkpoint a running-config`` into its two sources, abbreviations spelt out."""
    found: list[str] = []
    rest = list(words)
    while rest:
        word = rest.pop(0)
        kinds = ("running-config", "startup-config", "checkpoint", "file")
        kind = next(k for k in kinds if k.startswith(word))
        found.append(kind if kind.endswith("-config") else f"{kind} {rest.pop(0)}")
    return found


@command("rollback")
def rollback(call: Call) -> Output:
    """Make the running configuration that of a checkpoint or file."""
    name = call.get("name")
    try:
        goal = source(call, f"checkpoint {name}" if name else f"file {call.get('file')}")
    except ConfigError as exc:
        return Output(f"{exc}\nRollback failed.", error=True)
    schemes: tuple[Scheme, ...] = ("best-effort", "stop-at-first-failure")
    return restore(call, goal, next((scheme for scheme in schemes if call.said(scheme)), "atomic"))


def restore(call: Call, goal: Configuration, scheme: Scheme = "atomic") -> Output:
    """Atomic changes nothing when a line fails; the others keep what they have done and say so."""
    node = call.node
    noise = NOISE if node.faults.noisy() else ""
    mark = "#" if node.spec.profile.startswith("n7k") else ""
    head = f"{ADVISORY}\n{noise}Collecting Running-Config\n"
    if not mark:
        head += SWITCH_PROFILE
    head += f"{mark}Generating Rollback Patch\n"
    done = execute(node, goal, scheme)
    if node.faults.rollback_fails() or (not done.ok and scheme == "atomic"):
        return Output(
            f"{head}Executing Rollback Patch\nGenerating Running-config for verification\n"
            "Generating Patch for verification\nVerification failed, Rolling back to previous configuration\n"
            "Collecting Running-Config\nRollback failed."
        )
    if not done.lines:
        return Output(f"{head}Rollback Patch is Empty\n\nRollback completed successfully.")
    if done.root is not None:
        become(call, done.root)
    shown = "\n".join([*quoted(done.lines), ""]) if call.said("verbose") else ""
    failed = "".join(f"{said}\nSyntax error while parsing '{line}'\n" for line, said in done.refused)
    verdict = "Rollback completed successfully." if done.ok or scheme == "best-effort" else "Rollback failed."
    return Output(
        f"{head}Executing Rollback Patch\nDuring CR operation,will retain L3 configuration\n"
        f"when vrf member change on interface\n{shown}{failed}Generating Running-config for verification\n"
        f"{mark}Generating Rollback Patch\n\n{verdict}"
    )
