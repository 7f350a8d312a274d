"""Recorded messages of switches, read by our decoder, against what another collector made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.protobuf.json_format import Parse

from agent.collect.mdt.messages import TELEMETRY
from agent.collect.mdt.plain import Plain, find_rows, read_rows
from agent.collect.mdt.reader import Reader
from agent.collect.streaming.held import Held
from agent.collect.streaming.models import grow_tree
from agent.collect.streaming.rules import standard_rules
from tests.recordings import needs_shared, shared_data

_UNESCAPED_SPACE = re.compile(r'(?<!\\) (?=(?:[^"]*"[^"]*")*[^"]*$)')
_UNQUOTED_COMMA = re.compile(r'(?<!\\),(?=(?:[^"]*"[^"]*")*[^"]*$)')
_OWN_TAGS = {"path", "source", "subscription", "row_number"}
"""Tags that the other collector adds."""


def packets() -> list[Path]:
    folder = shared_data()
    return sorted((folder / "mdt-packets").glob("*.packet.json")) if folder else []


def read_number(text: str) -> object:
    if text.startswith('"'):
        return text.strip('"')
    if text in ("true", "false"):
        return text == "true"
    return int(text.rstrip("iu")) if text[-1] in "iu" else float(text)


def expected(file: Path) -> list[tuple[dict[str, str], dict[str, object]]]:
    """(tags, fields) of every point of a file in the line protocol."""
    points = []
    for line in file.with_name(file.name.replace(".packet.json", ".expected.out")).read_text().splitlines():
        head, fields, *_ = _UNESCAPED_SPACE.split(line)
        tags = dict(part.split("=", 1) for part in _UNQUOTED_COMMA.split(head)[1:])
        pairs = (part.split("=", 1) for part in _UNQUOTED_COMMA.split(fields))
        points.append(
            ({name: text.replace("\\", "") for name, text in tags.items()},
             {name: read_number(text) for name, text in pairs})
        )  # fmt: skip
    return points


def leaves(value: Plain, path: str = "") -> Iterator[tuple[str, object]]:
    """(path, value) of every leaf; members of lists share their path."""
    if isinstance(value, dict):
        for name, below in value.items():
            yield from leaves(below, f"{path}/{name}")
    elif isinstance(value, list):
        for below in value:
            yield from leaves(below, path)
    else:
        yield path, value


@needs_shared
@pytest.mark.parametrize("file", packets(), ids=lambda file: file.name.partition(".")[0])
def test_every_value_that_the_other_collector_found_is_found(file: Path) -> None:
    message = Parse(file.read_text("utf-8"), TELEMETRY())
    wire = TELEMETRY.FromString(message.SerializeToString())
    rows = read_rows(wire)
    found = [leaf for keys, content in rows for leaf in (*leaves(keys), *leaves(content))]
    points = expected(file)
    assert points
    for tags, fields in points:
        assert (tags["source"], tags["path"]) == (wire.node_id_str, wire.encoding_path)
        for name, value in fields.items():
            if name == "delete":  # its own mark for a row that it could not tell apart
                continue
            # it renames what is ambiguous: microburst's leaves carry their own names at the end
            assert any(path.endswith(f"/{name}") and said == value for path, said in found), (name, value)
        for name, text in tags.items():
            if name not in _OWN_TAGS:
                assert any(text in (str(said), f"{said}".removesuffix(".0")) for _, said in found), (
                    name,
                    text,
                )


@needs_shared
def test_rows_of_a_table_are_all_there() -> None:
    (file,) = [one for one in packets() if "multirow" in one.name]
    (row,) = read_rows(Parse(file.read_text("utf-8"), TELEMETRY()))
    found = find_rows(row[1], "interface")
    assert [(one["interface"], one["state"]) for one in found] == [
        ("eth1/1", "up"), ("eth1/2", "down"), ("eth2/1", "up"),
    ]  # fmt: skip


@needs_shared
@pytest.mark.parametrize("file", packets(), ids=lambda file: file.name.partition(".")[0])
def test_our_reader_takes_every_one_and_shows_nothing_that_no_rule_names(file: Path) -> None:
    message = Parse(file.read_text("utf-8"), TELEMETRY())
    held, rules = Held(message.node_id_str, 30), standard_rules()
    reader = Reader(frozenset((message.node_id_str,)), rules, grow_tree(rules), held)
    reader.read(message.SerializeToString(), 1000.0)
    assert held.families() == {}
    assert held.updates > 0
    assert set(held.problems) == {"unknown-leaf"}
