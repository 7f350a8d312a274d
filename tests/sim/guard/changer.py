"""A change in a process of its own, which dies at a chosen moment: ``changer.py FOLDER MOMENT``.

The moment is ``after N`` or ``before N`` (the Nth thing that is said to a switch, logins included) or
``noted STATE`` / ``unnoted STATE`` (just after, just before the journal has it); ``never`` runs to the end.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

from agent.apply.verdict import Stop
from agent.device import connection
from agent.flows.apply import Change, apply_change
from agent.flows.fleet import open_fleet
from agent.plan.plan import Plan
from agent.settings import Settings
from agent.store.journal import Journal, Why


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Counting:
    """A session that counts what is said, and dies when it is time."""

    said = 0

    def __init__(self, access: Any, moment: tuple[str, ...]) -> None:
        self.moment = moment
        self.inner = self.count(connection_open, access)

    def count(self, deed: Any, *arguments: Any) -> Any:
        Counting.said += 1
        if self.moment == ("before", str(Counting.said)):
            die()
        result = deed(*arguments)
        if self.moment == ("after", str(Counting.said)):
            die()
        return result

    @property
    def name(self) -> str:
        return str(self.inner.name)

    def run(self, command: str) -> str:
        return str(self.count(self.inner.run, command))

    def configure(self, lines: tuple[str, ...]) -> None:
        for block in sections(lines):  # each section is a moment of its own
            self.count(self.inner.configure, block)

    def stage(self, lines: tuple[str, ...], seconds: int) -> None:
        self.count(self.inner.stage, lines, seconds)

    def store(self, name: str, text: str) -> None:
        self.count(self.inner.store, name, text)

    def confirm_stage(self) -> None:
        self.count(self.inner.confirm_stage)

    def close(self) -> None:
        self.inner.close()


def sections(lines: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Top-level lines with what stands below them."""
    blocks: list[tuple[str, ...]] = []
    for line in lines:
        blocks = [*blocks[:-1], (*blocks[-1], line)] if line.startswith(" ") else [*blocks, (line,)]
    return blocks


connection_open = connection.open_transport


def main(folder: Path, moment: tuple[str, ...]) -> int:
    settings = Settings(
        inventory=folder, state=folder / "state", verify_host_keys=False, timeout_seconds=5, workers=1
    )
    connection.open_transport = lambda access: Counting(access, moment)  # type: ignore[assignment,return-value]
    journal = Journal(settings.state)
    noted = journal.note

    def note(change: int, device: str, state: str, **facts: Any) -> None:
        if moment == ("unnoted", state):
            die()
        noted(change, device, state, **facts)
        if moment == ("noted", state):
            die()

    journal.note = note  # type: ignore[method-assign]
    plan = Plan.model_validate_json((folder / "plan.json").read_text())
    nornir = open_fleet(settings, {})
    file = folder / "whole.cfg"
    whole = {plan.device: file.read_text()} if file.exists() else {}
    change = Change({plan.device: plan}, Why("apply", "anna", "chaos", ""), whole=whole)
    done = apply_change(nornir, change, journal, Stop(), lambda _device, _words: None)
    sys.stdout.write(f"{Counting.said} {done.verdicts[0].outcome} {done.verdicts[0].why}\n")
    journal.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), tuple(sys.argv[2].split())))
