"""Edits of inventory text: an entry comes or goes, every other byte stays."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import UsageError
from agent.flows.edit import insert_entry, take_entry

TEXT = """\
# head
---
kind: cctv      # said once

endpoints:
  sw-a:
    Ethernet1/1: {tag: CAM-1, place: "rue: A"}  # corner
    # a note about the next
    Ethernet1/2:
      tag: CAM-2
      place: rue B

  sw-b:
    Ethernet1/1: {tag: CAM-3, place: rue C}
# foot
"""


def test_a_move_keeps_comments_and_order() -> None:
    rest, lines = take_entry(TEXT, ["endpoints", "sw-a"], "Ethernet1/1")
    moved = insert_entry(rest, ["endpoints", "sw-b"], [lines[0].replace("1/1", "1/9")])
    expected = TEXT.replace('    Ethernet1/1: {tag: CAM-1, place: "rue: A"}  # corner\n', "").replace(
        "# foot", '    Ethernet1/9: {tag: CAM-1, place: "rue: A"}  # corner\n# foot'
    )
    assert moved == expected


def test_a_block_entry_moves_whole() -> None:
    rest, lines = take_entry(TEXT, ["endpoints", "sw-a"], "Ethernet1/2")
    assert lines == ("Ethernet1/2:", "  tag: CAM-2", "  place: rue B")
    assert "CAM-2" not in rest


@pytest.mark.parametrize(
    ("path", "key"), [(["endpoints", "sw-a"], "Ethernet9/9"), (["endpoints", "sw-z"], "x"), (["kind"], "x")]
)
def test_what_is_not_there_is_one_line(path: list[str], key: str) -> None:
    with pytest.raises(UsageError) as caught:
        take_entry(TEXT, path, key)
    assert "\n" not in str(caught.value)


def test_a_taken_key_is_refused() -> None:
    with pytest.raises(UsageError, match=r"endpoints\.sw-b\.Ethernet1/1: is there already"):
        insert_entry(TEXT, ["endpoints", "sw-b"], ["Ethernet1/1: {}"])


VALUES = st.one_of(
    st.integers(),
    st.sampled_from(["rue Haute 12", "a: b", "x #y", "", "quai\naux\nBarques"]),
    st.lists(st.integers(), max_size=3),
    st.dictionaries(st.sampled_from("pqrs"), st.integers(), max_size=3),
)
MAPS = st.dictionaries(st.sampled_from(["a", "b", "c", "d"]), VALUES, min_size=2)


@given(MAPS, st.booleans(), st.data())
def test_taking_and_inserting_mean_what_they_say(
    values: dict[str, object], flow: bool, data: st.DataObject
) -> None:
    text = yaml.safe_dump({"top": values, "end": 1}, default_flow_style=None if flow else False)
    if "top: {" in text:
        return
    key = data.draw(st.sampled_from(sorted(values)))
    rest, lines = take_entry(text, ["top"], key)
    assert yaml.safe_load(rest)["top"] == {name: value for name, value in values.items() if name != key}
    assert yaml.safe_load(insert_entry(rest, ["top"], lines)) == {"top": values, "end": 1}
