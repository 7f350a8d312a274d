"""The gate between waves: promises of the intent around a wave, by SNMP and by session, before and after."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nornir.core import Nornir

from agent.apply.health import Answer, Facts, answers, find_broken, judge, spare_touched
from agent.apply.policy import Policy
from agent.apply.verdict import Stop
from agent.errors import CommandRejectedError, DeviceError
from agent.flows.fleet import Device, each
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations
from agent.plan.plan import Plan

DEADLINE_SECONDS = 5.0
"""For one look at one switch by SNMP."""

OSPF = "show ip ospf neighbors"

_LEAVES_OSPF = ("no router ospf", "no feature ospf", "no ip router ospf")
"""Lines after which neighbours are meant to be gone."""


@dataclass(slots=True)
class HealthGate:
    """Satisfies ``agent.flows.apply.Gate``. Looks at the switches of a wave and at their neighbours."""

    nornir: Nornir
    expected: Expectations
    secrets: Mapping[str, str]
    policy: Policy
    plans: Mapping[str, Plan]
    clock: Callable[[], float] = time.monotonic
    before: Facts = field(default_factory=dict)
    spare: bool = False
    """Whether a loss is meant where it is of a port or a session that the plan itself touches."""
    silent: set[str] = field(default_factory=set)
    """Neighbours that did not answer once: they are not waited for again."""

    @property
    def hold_seconds(self) -> float:
        """The time to settle, and a last look."""
        return self.policy.settle_seconds + 20.0

    @property
    def head(self) -> str:
        """A loss of health."""
        return "health lost after the change"

    def look(self, wave: Sequence[str]) -> None:
        """Remember how things are."""
        self.silent -= set(wave)
        facts = self._facts(wave)
        self.before = spare_touched(facts, self.plans, self.expected) if self.spare else facts
        self.silent |= {name for name in self._around(wave) if not self.before.get(answers(name), False)}

    def broken(self, wave: Sequence[str], stop: Stop) -> tuple[str, ...]:
        """What the wave broke; looks again until nothing is, or the time to settle is over."""
        end = self.clock() + self.policy.settle_seconds
        while broken := find_broken(self.before, self._facts(wave)):
            left = end - self.clock()
            if left <= 0 or stop.go_back:
                return broken
            time.sleep(min(self.policy.probe_seconds, left))
        return ()

    def _facts(self, wave: Sequence[str]) -> dict[str, bool]:
        """Facts of the wave and around it; what was silent is not asked again."""
        around = [name for name in self._around(wave) if name not in self.silent]
        sessions = self._ask_ospf(wave)
        facts: dict[str, bool] = {}
        for answer in asyncio.run(poll_once(around, self.expected, self.secrets)):
            heard = Answer(answer.device, answer.page, answer.seconds, sessions.get(answer.device, ""))
            facts |= judge(heard, self.expected, self.policy)
        return facts

    def _around(self, wave: Iterable[str]) -> tuple[str, ...]:
        """The wave and what is cabled to it."""
        names = dict.fromkeys(wave)
        for row in self.expected.neighbors:
            if row.device in wave:
                names.setdefault(row.neighbor)
        known = {target.device for target in self.expected.targets}
        return tuple(name for name in names if name in known)

    def _ask_ospf(self, wave: Sequence[str]) -> dict[str, str]:
        leaving = {name for name in wave if _leaves_ospf(self.plans[name])}
        chosen = frozenset(wave) - leaving
        if not chosen:
            return {}

        def work(device: Device) -> str:
            try:
                return device.ask(OSPF)[0]
            except CommandRejectedError:
                return ""  # no OSPF there

        return each(self.nornir.filter(filter_func=lambda host: host.name in chosen), work).values


def _leaves_ospf(plan: Plan) -> bool:
    return any(line.strip().startswith(_LEAVES_OSPF) for step in plan.steps for line in step.lines)


async def poll_once(names: Sequence[str], expected: Expectations, secrets: Mapping[str, str]) -> list[Answer]:
    """One poll of each; a switch that does not answer has no page."""
    chosen = tuple(target for target in expected.targets if target.device in names)
    few = Expectations(chosen, expected.ports, expected.neighbors, expected.sessions)
    watch = Watch(few, secrets, WatchOptions(deadline_seconds=DEADLINE_SECONDS))
    await watch.open()

    async def ask(name: str) -> Answer:
        try:
            poll = await watch.poll(name)
        except DeviceError:
            return Answer(name, None)
        return Answer(name, poll.page if poll.success else None, poll.seconds)

    try:
        return list(await asyncio.gather(*(ask(target.device) for target in chosen)))
    finally:
        await watch.close()
