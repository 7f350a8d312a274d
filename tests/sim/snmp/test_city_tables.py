"""The table that the documentation shows works as it stands: loaded, polled, exported."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.collect.poll import Clocks, Poll, Poller
from agent.collect.snmp.backend import Community
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.tables.load import city_tables, standard_tables
from agent.collect.tables.table import Tables
from agent.export.exposition import write_page
from agent.flows.check import check_inventory
from agent.metrics import CATALOGUE
from agent.records import InventoryError
from tests.recordings.agent import serve_recordings

DOCS = Path(__file__).resolve().parents[3] / "docs" / "watch.md"
N5K = "network_switch_cisco-n5000-uk9"


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[Path]:
    """The folder of a city's tables; what it declares leaves the catalogue again."""
    (tmp_path / "tables").mkdir()
    yield tmp_path / "tables"
    for name in tuple(CATALOGUE.guests):
        del CATALOGUE.by_name[name]
    CATALOGUE.guests.clear()


def example() -> str:
    chapter = DOCS.read_text(encoding="utf-8").split("## Add a table", 1)[1]
    found = re.search(r"```yaml\n(# inventory/tables/.*?)```", chapter, re.DOTALL)
    assert found
    return found[1]


def poll(recordings: dict[str, Path], name: str, tables: Tables) -> Poll:
    async def main() -> Poll:
        transport, _ = await serve_recordings({name: recordings[name]})
        engine = Engine(random.Random(3))
        backend = OwnBackend(engine, name, transport.get_extra_info("sockname"), Community(name))
        found = await Poller(name, backend, tables, Clocks(time.monotonic, time.time)).poll(30)
        engine.close()
        transport.close()
        return found

    return asyncio.run(main())


def test_the_example_of_the_documentation_works(
    tables: Path, recordings: dict[str, Path], raw: dict[str, dict[str, str]]
) -> None:
    (tables / "more-of-ports.yaml").write_text(example(), encoding="utf-8")
    found = poll(recordings, N5K, city_tables(tables.parent))
    families = found.page.families
    known = {oid: value for oid, value in raw[N5K].items() if oid.startswith("1.3.6.1.2.1.2.2.1.15.")}
    assert len(families["net_interface_unknown_protocols_total"]) == len(known) == 61
    assert sum(families["net_interface_unknown_protocols_total"].values()) == sum(map(int, known.values()))
    pluggable = families["net_interface_pluggable"]
    assert pluggable[f'net_interface_pluggable{{device="{N5K}",interface="Ethernet1/1"}} '] == 1
    present = [value for oid, value in raw[N5K].items() if oid.startswith("1.3.6.1.2.1.31.1.1.1.17.")]
    assert sum(pluggable.values()) == present.count("1") < len(pluggable) == len(present)
    text = write_page(found.page)
    assert "# TYPE net_interface_unknown_protocols_total counter\n" in text
    assert "# HELP net_interface_pluggable 1 when the port has a physical connector\n" in text
    assert len(families) > 30  # the standard tables are read beside it


def test_ports_that_nobody_wants_are_left_out(tables: Path, recordings: dict[str, Path]) -> None:
    chapter = DOCS.read_text(encoding="utf-8").split("## Add a table", 1)[1]
    (rule,) = re.findall(r"^leave_out: .*$", chapter, re.MULTILINE)
    (tables / "mine.yaml").write_text(rule, encoding="utf-8")
    found = poll(recordings, N5K, city_tables(tables.parent)).page
    whole = poll(recordings, N5K, standard_tables()).page
    for family in ("net_interface_up", "net_interface_info", "net_interface_down_reason"):
        gone = whole.families[family].keys() - found.families[family].keys()
        assert gone == {series for series in whole.families[family] if 'interface="Vlan' in series}
        assert gone
    (tables / "mine.yaml").write_text("leave_out: {interface: '('}", encoding="utf-8")
    with pytest.raises(InventoryError, match=r"mine\.yaml:1: interface: "):
        city_tables(tables.parent)


def test_another_platform_is_not_asked(tables: Path, recordings: dict[str, Path]) -> None:
    (tables / "more-of-ports.yaml").write_text(example(), encoding="utf-8")
    found = poll(recordings, "iosxe_c9300", city_tables(tables.parent))
    assert "net_interface_pluggable" not in found.page.families


def test_tables_may_be_read_again_with_other_words(tables: Path) -> None:
    (tables / "more-of-ports.yaml").write_text(example(), encoding="utf-8")
    city_tables(tables.parent)
    text = example().replace("1 when the port has a physical connector", "Other words")
    (tables / "more-of-ports.yaml").write_text(text, encoding="utf-8")
    city_tables(tables.parent)
    assert CATALOGUE["net_interface_pluggable"].help == "Other words"


def test_an_inventory_without_tables_has_the_standard_ones(tmp_path: Path) -> None:
    assert city_tables(tmp_path) is standard_tables()


def test_mistakes_are_told_by_check_with_file_and_line(tables: Path) -> None:
    (tables / "mine.yaml").write_text(example().replace("number: 17", "nummer: 17"), encoding="utf-8")
    with pytest.raises(InventoryError, match=r"tables/mine\.yaml:\d+: "):
        city_tables(tables.parent)
    findings = [str(one) for one in check_inventory(tables.parent).findings]
    line = 1 + next(i for i, row in enumerate(example().splitlines()) if "number: 17" in row)
    assert any(f"{tables}/mine.yaml:{line}: " in one for one in findings), findings


def test_a_group_that_stands_already_is_refused(tables: Path) -> None:
    (tables / "mine.yaml").write_text("groups: [{group: interfaces, about: mine}]", encoding="utf-8")
    with pytest.raises(InventoryError, match="group interfaces is declared twice"):
        city_tables(tables.parent)
