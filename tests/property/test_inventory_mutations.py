"""Whatever a tired person does to the files: findings with a place, or a city that expands. Never a crash."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.flows.init import write_scaffold
from agent.intent.expand import expand_switches
from agent.intent.expect import expect
from agent.intent.lab import lab_topology
from agent.intent.load import inspect_city

SCRAPS = (
    *("null", "[]", "{}", "-1", "99999", "true", "''", "x: y", "- x", "2030-01-01", "1.5", "&a", "*a", "é"),
    *("core-1", "core-2", "sw-town-hall", "CCTV", "10.20.1.0/24", "10.20.1.1", "Ethernet1/1", "cctv"),
    *("core-1:Ethernet1/1", "town-hall", "internet", "[core-1]", "!!python/object:os.system x"),
    *("'", '"', "{", "]", "\t", "\u2028"),
)


@st.composite
def edits(draw: st.DrawFn, lines: list[str]) -> list[str]:
    """One or two edits: a line gone, twice, moved, or one word of it replaced by another."""
    for _ in range(draw(st.integers(1, 2))):
        position = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(["drop", "twice", "move", "word", "word", "word", "indent"]))
        line = lines[position]
        if kind == "drop":
            lines = lines[:position] + lines[position + 1 :]
        elif kind == "twice":
            lines = [*lines[:position], line, *lines[position:]]
        elif kind == "move":
            rest = lines[:position] + lines[position + 1 :]
            target = draw(st.integers(0, len(rest)))
            lines = [*rest[:target], line, *rest[target:]]
        elif kind == "indent":
            lines = [*lines[:position], "  " + line, *lines[position + 1 :]]
        elif words := line.split(" "):
            index = draw(st.integers(0, len(words) - 1))
            words[index] = draw(st.sampled_from(SCRAPS))
            lines = [*lines[:position], " ".join(words), *lines[position + 1 :]]
        lines = lines or [""]
    return lines


with tempfile.TemporaryDirectory() as _folder:
    write_scaffold(Path(_folder) / "city")
    TEXTS = {
        path.relative_to(Path(_folder) / "city"): path.read_text("utf-8")
        for path in Path(_folder).rglob("*.yaml")
    }


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_any_edit_gives_findings_with_a_place_or_a_city_that_expands(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(TEXTS)))
    lines = data.draw(edits(TEXTS[name].split("\n")))
    root = Path(tempfile.mkdtemp())
    try:
        for other, text in TEXTS.items():
            path = root / other
            path.parent.mkdir(exist_ok=True)
            path.write_text("\n".join(lines) if other == name else text, encoding="utf-8")
        city, findings = inspect_city(root)
        if city is None:
            assert findings
            assert all(Path(f.place.file).is_relative_to(root) for f in findings)
            assert all("\n" not in str(f) for f in findings), "a finding is one line"
        else:
            expand_switches(city)
            expect(city)
            lab_topology(city)
    finally:
        shutil.rmtree(root)
