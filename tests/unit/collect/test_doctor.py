"""From signs to steps: what is concluded, in which order, and that a fault always says what to type next."""

from __future__ import annotations

from dataclasses import replace

import pytest

from agent.collect.doctor.diagnose import diagnose
from agent.collect.doctor.signs import Answer, Door, Manners, Path, Signs, Step, Verdict, Whole

WELL = Signs(
    path=Path("192.0.2.7", ping_seconds=0.001),
    port=161,
    secure=True,
    answer=Answer("Cisco NX-OS", engine_boots=3, engine_seconds=9000),
    manners=Manners(20, 0, 0.002, 0.004),
    whole=Whole(1.5, 3000, 58, "nxos", synchronised=True),
    doors=(Door("nxapi", 443),),
)
SILENT = Answer(problem="no answer to 4 requests", hint="check", silent=True, speaks_v3=False)


def steps(signs: Signs) -> dict[str, Step]:
    return {step.name: step for step in diagnose(signs)}


def test_all_is_well_in_order() -> None:
    found = diagnose(WELL)
    names = ["name", "path", "snmp", "engine", "view", "loss", "tables", "vrfs", "clock", "nxapi"]
    assert [step.name for step in found] == names
    assert {step.verdict for step in found} == {Verdict.OK}


@pytest.mark.parametrize(
    ("signs", "name", "words"),
    [
        pytest.param(
            replace(WELL, path=Path("", "the name x does not resolve")), "name", "resolve", id="name"
        ),
        pytest.param(
            replace(WELL, path=Path("192.0.2.7", refused=True)),
            "path",
            "nothing listens on UDP port 161",
            id="port",
        ),
        pytest.param(
            replace(WELL, answer=replace(SILENT, speaks_v3=True), secure=False),
            "snmp",
            "tells its engine",
            id="community",
        ),
        pytest.param(replace(WELL, answer=SILENT), "snmp", "the device lives", id="vrf-or-acl"),
        pytest.param(
            replace(WELL, answer=SILENT, path=Path("192.0.2.7")), "snmp", "no answer at all", id="dead"
        ),
        pytest.param(
            replace(WELL, answer=Answer(problem="wrong digest", hint="compare")),
            "snmp",
            "wrong digest",
            id="digest",
        ),
        pytest.param(
            replace(WELL, answer=replace(SILENT, speaks_v3=True)), "snmp", "no answer to 4", id="privacy"
        ),
        pytest.param(
            replace(WELL, answer=Answer("x", engine_boots=2**31 - 1, engine_seconds=5)),
            "engine",
            "at its end",
            id="boots",
        ),
        pytest.param(replace(WELL, whole=Whole(1.0, 9, 0, "nxos")), "view", "shows no ports", id="view"),
        pytest.param(
            replace(WELL, whole=Whole(20.0, 900, 58, "nxos", ("sensors",), "sensors: deadline")),
            "tables",
            "sensors: deadline",
            id="cut",
        ),
        pytest.param(
            replace(WELL, doors=(Door("ssh", 22, "the password was refused", "mend it"),)),
            "ssh",
            "refused",
            id="login",
        ),
    ],
)
def test_a_fault_is_named_with_what_to_type_next(signs: Signs, name: str, words: str) -> None:
    step = steps(signs)[name]
    assert step.verdict is Verdict.FAIL
    assert words in step.found
    assert step.next


@pytest.mark.parametrize(
    ("signs", "name", "words"),
    [
        pytest.param(replace(WELL, path=Path("192.0.2.7")), "path", "neither ping nor TCP", id="no-ping"),
        pytest.param(
            replace(WELL, answer=Answer("x", engine_boots=0, engine_seconds=9)),
            "engine",
            "starts at 0",
            id="boots",
        ),
        pytest.param(replace(WELL, manners=Manners(20, 5, 0.002, 1.5)), "loss", "20% of packets", id="loss"),
        pytest.param(replace(WELL, manners=Manners(8, 8, 0.6, 1.5)), "loss", "is slow", id="slow"),
        pytest.param(
            replace(WELL, whole=Whole(1.5, 3000, 58, "nxos", unseen_vrfs=True)), "vrfs", "contexts", id="vrfs"
        ),
        pytest.param(
            replace(WELL, whole=Whole(1.5, 3000, 58, "nxos", synchronised=False)),
            "clock",
            "no server",
            id="clock",
        ),
    ],
)
def test_what_works_and_yet_is_not_well_warns(signs: Signs, name: str, words: str) -> None:
    step = steps(signs)[name]
    assert step.verdict is Verdict.WARN
    assert words in step.found
    assert step.next


def test_after_a_fault_only_other_ways_in_are_told() -> None:
    assert list(steps(replace(WELL, answer=SILENT, manners=None, whole=None))) == [
        "name",
        "path",
        "snmp",
        "nxapi",
    ]


def test_what_cannot_be_told_is_skipped() -> None:
    blind = replace(
        WELL, path=Path("192.0.2.7", ping_allowed=False), doors=(Door("login", 0, unknown="no secret"),)
    )
    found = steps(replace(blind, whole=Whole(1.5, 3000, 58, "nxos")))
    assert {found[name].verdict for name in ("path", "clock", "login")} == {Verdict.SKIP}
