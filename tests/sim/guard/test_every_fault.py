"""Every fault that the virtual Nexus knows, in the middle of a change: it ends in one of three ways.

*Applied and verified*, *undone and verified* (or refused, untouched), or *left protected and told*, and then
the command that was named ends it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from agent.apply.verdict import Outcome
from vnexus import faults
from vnexus.world import faults as world_faults

Grounds = Any
"""The fixture of conftest.py, which cannot be imported here."""

DIES, LINK, FIELD = (
    ("arming", "armed", "sending", "verified", "confirming"),
    {"node": "switch", "port": "Ethernet1/2"},
    ("sending",),
)


@dataclass(frozen=True, slots=True)
class Case:
    """A fault, its arguments, and the states in which it strikes; ``harmless`` to a change without a gate."""

    kind: str
    arguments: Mapping[str, object] = field(default_factory=dict)
    states: tuple[str, ...] = DIES
    harmless: bool = False


def apart(kind: str, **arguments: object) -> Case:
    """A fault of something that a change does not need; whether health is lost is the gate's to say."""
    return Case(kind, arguments, FIELD, harmless=True)


CASES = (
    Case("slow-reply", {"seconds": 3, "pattern": "vlan 40"}, ("sending",)),
    Case("hang-reply", {"pattern": "vlan 40"}, ("sending",)),
    Case("drop-connection", {"after_lines": 2}),
    Case("drop-after-bytes", {"bytes": 700}),
    Case("reject-line", {"pattern": "vlan 40|scheduler|^no "}),
    Case("rollback-fails"),
    Case("refuse-login"),
    Case("storage-full"),
    Case("noisy-progress", states=("arming",), harmless=True),
    Case("management-lost", {"node": "switch", "pattern": "vlan 30"}, ("arming",)),
    Case("power-off", {"node": "switch"}),
    Case("clock-skew", {"node": "switch", "offset_seconds": 4000}),
    Case("cpu-storm", {"node": "switch", "reply_seconds": 0.05}, FIELD, harmless=True),
    Case("bootflash-full", {"node": "switch"}, ("arming", "confirming"), harmless=True),
    apart("link-cut", **LINK),
    apart("link-flap", **LINK),
    apart("link-one-way", **LINK),
    apart("endpoint-unplug", endpoint="cam-1"),
    apart("endpoint-hang", endpoint="cam-1"),
    apart("endpoint-freeze", endpoint="cam-1"),
    apart("endpoint-overdraw", endpoint="cam-1"),
    apart("memory-full", node="switch"),
    apart("supervisor-fail", node="switch"),
    apart("psu-fail", node="switch", slot=1),
    apart("fan-fail", node="switch", fan=1),
    apart("port-errors", **LINK, rx_errors=5.0),
    apart("optic-dim", **LINK),
    apart("heat", node="switch"),
    apart("carrier-down", endpoint="carrier-1"),
    apart("carrier-flap", endpoint="carrier-1"),
    apart("snmp-silence", node="switch"),
    apart("snmp-loss", node="switch"),
    apart("snmp-slow", node="switch"),
    apart("snmp-view", node="switch"),
)  # fmt: skip
STRIKES = [
    pytest.param(case, state, id=f"{case.kind} when {state}") for case in CASES for state in case.states
]


def test_no_fault_is_forgotten() -> None:
    assert sorted(case.kind for case in CASES) == sorted((*faults.KINDS, *world_faults.KINDS))


@pytest.mark.parametrize(("case", "state"), STRIKES)
def test_it_ends_in_one_of_three_ways(case: Case, state: str, tmp_path: Path, grounds: Grounds) -> None:
    with grounds("9.3 nxapi", tmp_path, empty=False) as ground:
        ground.timeout_seconds = 1
        plan = ground.plan()
        raised: list[int] = []

        def strike(_device: str, words: str) -> None:
            if words.split(maxsplit=1)[0] == state and not raised:
                raised.append(add(ground, case))

        verdict = ground.apply(plan, progress=strike)
        assert raised, "it never came to that"
        if case.harmless:
            assert verdict.outcome is Outcome.APPLIED, verdict
        ground.judge(verdict, plan)
        remove(ground, case, raised[0])
        if verdict.outcome in {Outcome.PROTECTED, Outcome.FAILED}:
            ground.settle(plan)
        assert ground.digest in {plan.base, plan.target}


def add(ground: Any, case: Case) -> int:
    if case.kind in faults.KINDS:
        return int(ground.node.faults.add(faults.KINDS[case.kind](**case.arguments)))
    return int(ground.lab.world.add_fault(case.kind, case.arguments))


def remove(ground: Any, case: Case, number: int) -> None:
    """Somebody mends it; a cut mends itself."""
    if case.kind in faults.KINDS:
        ground.node.faults.discard(number)
    else:
        ground.lab.world.remove_fault(number)
