"""The scaffold is a city: it checks, renders, and the virtual Nexus takes it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from agent.errors import UsageError
from agent.flows.check import check_inventory
from agent.flows.init import write_scaffold, write_schemas
from agent.intent.lab import lab_topology
from agent.intent.load import load_city
from vnexus.topology import load_topology


def test_the_scaffold_is_sound_and_small(tmp_path: Path) -> None:
    written = write_scaffold(tmp_path / "city")
    report = check_inventory(tmp_path / "city")
    assert report.findings == ()
    assert dict(report.summary)["core switches"] == 2
    assert dict(report.summary)["building switches"] == 1
    assert all(path.is_file() for path in written)


def test_the_scaffold_is_a_lab(tmp_path: Path) -> None:
    write_scaffold(tmp_path / "city")
    file = tmp_path / "lab.yml"
    file.write_text(yaml.safe_dump(lab_topology(load_city(tmp_path / "city"))), encoding="utf-8")
    topology = load_topology(file, {"VNEXUS_PASSWORD": "secret"})
    assert (len(topology.nodes), len(topology.links), len(topology.endpoints)) == (3, 5, 6)


def test_a_folder_with_anything_in_it_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is not empty"):
        write_scaffold(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "city").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="city"):
        write_scaffold(tmp_path / "city")
    with pytest.raises(UsageError, match="cannot be written"):
        write_schemas(tmp_path / "city" / "schema")


def test_schemas_only_may_be_written_again(tmp_path: Path) -> None:
    assert write_schemas(tmp_path) == write_schemas(tmp_path)
