"""One mistake each, put into a copy of Bellerive: the finding must name the file, the line and the reason.

``line`` is a text that stands on the expected line of the mutated file. Every case must give that finding and
no other: a mistake must not set off accusations elsewhere.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.intent.load import inspect_city, load_city
from agent.records import InventoryError
from tests.unit.intent.mistakes import files, names, plan, wires
from tests.unit.intent.mistakes.case import Case, mutate

CASES = files.CASES | names.CASES | wires.CASES | plan.CASES


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_mistake_is_told_with_file_line_and_reason(case: Case, tmp_path: Path) -> None:
    root = tmp_path / "inventory"
    path = mutate(root, case)
    city, findings = inspect_city(root)
    said = [str(finding) for finding in findings]
    hits = [finding for finding in findings if case.says in finding.problem]
    assert city is None
    assert hits, said
    assert case.hint in hits[0].hint, said
    if case.line:
        numbers = [n for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if case.line in line]
        assert hits[0].place.file == path.as_posix(), said
        assert hits[0].place.line in numbers, said
    assert case.more < 0 or len(findings) == 1 + case.more, said


def test_all_mistakes_are_told_in_one_run_in_order(tmp_path: Path) -> None:
    root = tmp_path / "inventory"
    mutate(root, CASES["unknown key"])
    for name in ("VLAN clash", "freeze ends before it starts", "one-sided vPC", "unknown site"):
        case = CASES[name]
        path = root / case.file
        path.write_text(path.read_text("utf-8").replace(case.old, case.new, 1), encoding="utf-8")
    with pytest.raises(InventoryError) as caught:
        load_city(root)
    findings = caught.value.findings
    assert [f.place for f in findings] == sorted(f.place for f in findings)
    told = "\n".join(f.problem for f in findings)
    for says in ("VLAN clash", "ends before", "one-sided vPC", "unknown site", "unknown key"):
        assert says in told
    assert len(findings) == 5
