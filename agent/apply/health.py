"""What "well" means for a switch: the promises of the intent that it keeps, as facts with a name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from agent import metrics
from agent.apply.policy import Policy
from agent.intent.expectation import Expectations, ExpectedPort
from agent.metrics import Page
from agent.plan.plan import Plan

Facts = Mapping[str, bool]
"""What was looked at, in words that name switch and thing, and whether it is well."""

_FULL = re.compile(r"^\s*(\S+)\s+\d+\s+FULL/\s?\S+\s+\S+\s+\S+\s+(\S+)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a switch said when it was looked at; ``page`` is None when SNMP did not answer."""

    device: str
    page: Page | None
    seconds: float = 0.0
    """How long it took to answer."""
    ospf: str = ""
    """``show ip ospf neighbors``; empty where it was not asked or does not run it."""


def judge(answer: Answer, expected: Expectations, policy: Policy) -> dict[str, bool]:
    """Facts of one switch: SNMP, time to answer, CPU, ports, power, neighbours, sessions.

    >>> from agent.intent.expectation import Expectations
    >>> judge(Answer("sw-1", None), Expectations((), (), (), ()), Policy())
    {'sw-1: SNMP answers': False}
    """
    device, page = answer.device, answer.page
    facts = {answers(device): page is not None}
    for neighbor, interface in _FULL.findall(answer.ospf):
        facts[f"{device}: OSPF neighbour {neighbor} on {interface}"] = True
    if page is None:
        return facts
    facts[f"{device}: answers within {policy.answer_seconds:g} s"] = answer.seconds <= policy.answer_seconds
    cpu = page.value(metrics.CPU_RATIO, device)
    if cpu is not None:
        facts[f"{device}: CPU below {policy.cpu_percent:g} %"] = cpu * 100 < policy.cpu_percent
    facts.update(_ports(device, page, expected))
    for row in expected.neighbors:
        if row.device == device:
            seen = page.value(
                metrics.NEIGHBOR_INFO, device, row.interface, row.neighbor, row.neighbor_interface
            )
            facts[f"{device}: neighbour {row.neighbor} on {row.interface}"] = bool(seen)
    for session in expected.sessions:
        if session.device == device:
            up = page.value(metrics.BGP_UP, device, session.vrf, session.peer)
            facts[f"{device}: BGP session with {session.carrier} {session.peer}"] = up == 1
    return facts


def answers(device: str) -> str:
    """The fact that a switch answers at all."""
    return f"{device}: SNMP answers"


def _ports(device: str, page: Page, expected: Expectations) -> Iterator[tuple[str, bool]]:
    for port in expected.ports:
        if port.device != device:
            continue
        words = _words(port)
        yield f"{device}: {words} is up", page.value(metrics.INTERFACE_UP, device, port.interface) == 1
        if port.min_watts is not None:
            watts = page.value(metrics.POE_WATTS, device, port.interface)
            yield f"{device}: {words} draws its power", watts is not None and watts >= port.min_watts


def _words(port: ExpectedPort) -> str:
    return f"{port.kind} {port.endpoint} on {port.interface}"


def find_broken(before: Facts, after: Facts) -> tuple[str, ...]:
    """What was well before and is not now; what was broken already, or is new, does not count.

    >>> find_broken({"a": True, "b": False, "c": True}, {"a": True, "b": False, "d": False})
    ('c',)
    """
    return tuple(fact for fact, well in before.items() if well and not after.get(fact, False))


_PORT = re.compile(r"(?:no |default )?interface (\S+)")
_PEER = re.compile(r"\s*(?:no )?neighbor (\S+)")
_WHOLE = {
    "BGP session": ("no router bgp", "no feature bgp"),
    "neighbour": ("no feature lldp",),
}
"""Facts of all ports or sessions, and the lines with which they go."""
_ALL = "*"
_MUTE = ("no snmp-server community", "no snmp-server user")
"""Lines after which nothing can be known of the switch any more."""


def spare_touched(facts: Facts, plans: Mapping[str, Plan], expected: Expectations) -> dict[str, bool]:
    """The facts without those that the plans take away by what they say.

    That is what is said of a port or a session that the plan of its switch touches, of the far end of such a
    port, and everything of a switch whose plan takes its SNMP away.

    >>> from agent.plan.plan import Step
    >>> nothing = Expectations((), (), (), ())
    >>> step = Step(lines=("interface Ethernet1/7", "  shutdown"))
    >>> plan = Plan(device="sw-1", base="", target="", steps=(step,), undo=(), diff=())
    >>> facts = {f"sw-1: camera CAM-{n} on Ethernet1/{n} is up": True for n in (7, 70)}
    >>> list(spare_touched(facts, {"sw-1": plan}, nothing))
    ['sw-1: camera CAM-70 on Ethernet1/70 is up']
    """
    words = {device: list(_touched(plan)) for device, plan in plans.items()}
    for row in expected.neighbors:
        mine = words.get(row.device, [])
        if row.interface in mine:
            words.setdefault(row.neighbor, []).append(row.neighbor_interface)
        if "neighbour" in mine:
            words.setdefault(row.neighbor, []).append(f"neighbour {row.device}")
    return {fact: well for fact, well in facts.items() if not _is_of(fact, words)}


def _touched(plan: Plan) -> Iterator[str]:
    """Ports, peers and kinds of facts, as the facts name them."""
    for line in (line for step in plan.steps for line in step.lines):
        for pattern in (_PORT, _PEER):
            if found := pattern.match(line):
                yield found[1]
        yield from (kind for kind, lines in _WHOLE.items() if line.startswith(lines))
        if line.startswith(_MUTE):
            yield _ALL


def _is_of(fact: str, words: Mapping[str, list[str]]) -> bool:
    device, _, said = fact.partition(": ")
    return _ALL in words.get(device, ()) or any(
        re.search(rf"(?:^| ){re.escape(word)}(?: |$)", said) for word in words.get(device, ())
    )
