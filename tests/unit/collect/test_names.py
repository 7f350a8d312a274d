"""Names of MIB objects: there and back."""

from __future__ import annotations

from importlib.resources import files

import pytest
import yaml

from agent.collect.explore.names import standard_names
from agent.collect.snmp.ber import decode_oid
from agent.collect.tables.load import standard_tables
from agent.errors import UsageError

NAMES = standard_names()


def test_every_object_of_the_tables_has_its_name() -> None:
    for group in standard_tables().groups:
        for column in group.columns:
            dotted = decode_oid(column.oid)
            assert NAMES.oid_of(column.name) == dotted
            assert NAMES.describe(f"{dotted}.7") == f"{column.name}.7"
        for scalar in group.scalars:
            assert NAMES.value_oid(scalar.name) == decode_oid(scalar.oid)


@pytest.mark.parametrize(
    ("text", "oid"),
    [
        ("sysDescr", "1.3.6.1.2.1.1.1.0"),
        ("SNMPv2-MIB::sysName.0", "1.3.6.1.2.1.1.5.0"),
        ("sysname", "1.3.6.1.2.1.1.5.0"),
        (".1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.5.0"),
        ("ifName.436207616", "1.3.6.1.2.1.31.1.1.1.1.436207616"),
        ("usmStatsWrongDigests", "1.3.6.1.6.3.15.1.1.5.0"),
    ],
)
def test_objects_to_get(text: str, oid: str) -> None:
    assert NAMES.value_oid(text) == oid


@pytest.mark.parametrize(
    "text", ["ifOperStatus", "ifOperStatuss.1", "ifName.", "ifName.a", "9.1", "1.3.-1", "", "."]
)
def test_what_is_no_object_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        NAMES.value_oid(text)
    assert "\n" not in str(refused.value)


def test_words_belong_to_objects_that_have_names() -> None:
    assert NAMES.word("ifOperStatus", 7) == "lowerLayerDown"
    assert (NAMES.word("ifOperStatus", 99), NAMES.word("ifMtu", 1)) == ("", "")
    text = (files("agent.collect.explore") / "names.yaml").read_text(encoding="utf-8")
    for name in yaml.safe_load(text)["words"]:
        assert NAMES.describe(NAMES.oid_of(name)) == name


def test_unknown_branches_keep_their_numbers_behind_the_nearest_root() -> None:
    assert NAMES.describe("1.3.6.1.4.1.9.9.807.9.1") == "ciscoVpcMIB.9.1"
    assert NAMES.describe("1.2.3") == "1.2.3"
