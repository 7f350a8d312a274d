"""A change meets faults at random moments, on every release and transport. However it ends, it ends in one of
three ways, and says which: applied and verified, undone and verified, left protected with the next command.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from agent.apply.verdict import Outcome, Stop
from vnexus import faults

KINDS = ("10 ssh", "10 nxapi", "9.3 ssh", "9.3 nxapi", "7.3 ssh")
STATES = ("arming", "armed", "sending", "verified", "confirming", "confirmed", "undoing")
LINES = ("name doors", "vlan 40", "description", "^ntp", "scheduler", "^commit", "^no ", "checkpoint")

FAILED_ONCE = (100, 129, 224)
"""Seeds that failed while this was made: a restart between the confirmation and the saving."""

MORE_FROM = 3000
"""From this seed on more can happen; the earlier ones keep their stories."""

Ground = Any


@dataclass(slots=True)
class Story:
    """What happens in one case; the words say it when it fails."""

    chance: random.Random
    ground: Ground
    more: bool = False
    stop: Stop = field(default_factory=Stop)
    words: list[str] = field(default_factory=list)
    plots: list[tuple[str, Callable[[], object]]] = field(default_factory=list)

    def plan_mischief(self) -> None:
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            name, deed = self.chance.choice(
                [
                    *(self.further_mischief() if self.more else ()),
                    ("cut", lambda: self.fault(faults.DropConnection(self.chance.randrange(12)))),
                    ("refuse", lambda: self.fault(faults.RejectLine(self.chance.choice(LINES)))),
                    ("hang", lambda: self.fault(faults.SlowReply(6, self.chance.choice(LINES)))),
                    ("no rollback", lambda: self.fault(faults.RollbackFails())),
                    ("no login", lambda: self.fault(faults.RefuseLogin())),
                    ("noise", lambda: self.fault(faults.NoisyProgress())),
                    ("reboot", lambda: self.ground.lab.world.reboot("switch")),
                    ("clock", lambda: self.ground.wait(self.chance.choice((2, 12, 10_000)))),
                    ("mended", self.ground.node.faults.clear),
                    ("ctrl-c", lambda: (self.stop.ask(), self.stop.ask())),
                ]
            )
            self.plots.append((self.chance.choice(STATES), deed))
            self.words.append(f"{name} when {self.plots[-1][0]}")

    def further_mischief(self) -> list[tuple[str, Callable[[], object]]]:
        world, lost = self.ground.lab.world, {"node": "switch", "pattern": self.chance.choice(LINES)}
        return [
            ("full", lambda: self.fault(faults.StorageFull())),
            ("half a reply", lambda: self.fault(faults.DropAfterBytes(self.chance.randrange(3000)))),
            ("silence", lambda: self.fault(faults.HangReply(self.chance.choice(LINES)))),
            ("no way in", lambda: world.add_fault("management-lost", lost, seconds=600)),
            (
                "another hour",
                lambda: world.add_fault("clock-skew", {"node": "switch", "offset_seconds": 900}),
            ),
            ("power", lambda: world.add_fault("power-off", {"node": "switch"}, seconds=120)),
        ]

    def fault(self, fault: faults.Fault) -> None:
        self.words.append(f"({fault})")
        self.ground.node.faults.add(fault)

    def watch(self, _device: str, words: str) -> None:
        for plot in [plot for plot in self.plots if plot[0] == words.split(maxsplit=1)[0]]:
            self.plots.remove(plot)
            plot[1]()


def test_it_ends_in_one_of_three_ways(seed: int, tmp_path: Path, grounds: Any) -> None:
    chance = random.Random(seed)
    with grounds(chance.choice(KINDS), tmp_path) as ground:
        story = Story(chance, ground, more=seed >= MORE_FROM)
        plan = ground.plan()
        if chance.random() < 0.25:
            story.words.append(moment := f"{chance.choice(('before', 'after'))} {chance.randrange(1, 22)}")
            ground.die_at(moment)
            if chance.random() < 0.5:
                ground.wait(12)
            verdicts = ground.resume()
        else:
            story.plan_mischief()
            verdicts = (ground.apply(plan, story.stop, story.watch),)
        try:
            for verdict in verdicts:
                ground.judge(verdict, plan)
            ground.mend()
            if any(verdict.outcome in {Outcome.PROTECTED, Outcome.FAILED} for verdict in verdicts):
                if chance.random() < 0.5:
                    ground.wait(30)
                ground.settle(plan)
            assert ground.digest in {plan.base, plan.target}
        except AssertionError as exc:
            pytest.fail(f"{ground.kind}: {'; '.join(story.words)}: {verdicts}: {exc}")
