"""The committed schemas are those of the models, and every inventory file names its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from agent.intent.schema import schema_texts


@pytest.mark.parametrize("name", schema_texts())
def test_committed_schema_is_current(inventory: Path, name: str) -> None:
    assert (inventory / "schema" / name).read_text("utf-8") == schema_texts()[name], "run: make schema"


def test_no_schema_is_left_over(inventory: Path) -> None:
    assert {path.name for path in (inventory / "schema").iterdir()} == set(schema_texts())


def test_every_file_names_a_schema_that_is_there(inventory: Path) -> None:
    for path in inventory.rglob("*.yaml"):
        first = path.read_text("utf-8").splitlines()[0]
        assert first.startswith("# yaml-language-server: $schema="), path
        assert (path.parent / first.partition("=")[2]).is_file(), path


def test_schemas_forbid_unknown_keys_and_know_ranges() -> None:
    network = json.loads(schema_texts()["addresses.json"])["$defs"]["Network"]
    assert network["additionalProperties"] is False
    assert network["properties"]["vlan"]["maximum"] == 3967
