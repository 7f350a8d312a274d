"""The loader on good and on hopeless input."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from agent.intent.city import City
from agent.intent.digest import digest_inventory
from agent.intent.document import parse_document
from agent.intent.expand import expand_switches
from agent.intent.load import inspect_city, load_city
from agent.records import InventoryError


def test_bellerive_is_the_city_of_the_plan(bellerive: City) -> None:
    roles = [host.role for host in bellerive.hosts.values()]
    counts = {
        service: len([p for p in bellerive.placed if p.service == service]) for service in bellerive.services
    }
    assert {role: roles.count(role) for role in roles} == {
        "core": 2,
        "carrier-edge": 2,
        "leaf": 4,
        "building": 16,
    }
    assert counts == {"cctv": 312, "displays": 12, "doors": 16, "voice": 320, "wifi": 60}
    assert (len(bellerive.tenants), len(bellerive.carriers.carriers if bellerive.carriers else ())) == (4, 6)


def test_transport_is_chosen_by_group(bellerive: City) -> None:
    chosen = {(host.role, host.transport) for host in bellerive.hosts.values()}
    assert chosen == {("core", "ssh"), ("carrier-edge", "ssh"), ("leaf", "nxapi"), ("building", "nxapi")}


def test_load_and_expand_take_less_than_a_second_of_cpu(inventory: Path) -> None:
    start = time.process_time()
    expand_switches(load_city(inventory))
    assert time.process_time() - start < 1.0


def test_a_folder_that_is_not_there_is_one_finding(tmp_path: Path) -> None:
    city, findings = inspect_city(tmp_path / "nowhere")
    assert city is None
    assert [f.problem for f in findings] == ["no such folder"]
    assert "moulin init" in findings[0].hint


def test_an_empty_folder_names_every_file_that_it_needs(tmp_path: Path) -> None:
    _, findings = inspect_city(tmp_path)
    needed = ["addresses", "city", "defaults", "groups", "hosts", "links", "sites"]
    assert [Path(f.place.file).stem for f in findings] == needed
    assert {f.problem for f in findings} == {"file is missing"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xff\xfe\x00", "not UTF-8 text"),
        (b"sites: \x00", "broken YAML"),
        (b"- a\n- b\n", "is not a mapping"),
        (b"", "key 'districts' is missing"),
        (b"a: 1\n---\nb: 2\n", "broken YAML"),
        (b"? [a, b]\n: c\n", "a key that is not text"),
        (b"{" * 40_000, "too deeply nested"),
    ],
    ids=["utf-16", "nul", "list", "empty", "two documents", "key is a list", "nested to death"],
)
def test_hopeless_files_are_findings_not_crashes(
    inventory: Path, tmp_path: Path, content: bytes, says: str
) -> None:
    root = tmp_path / "inventory"
    shutil.copytree(inventory, root)
    (root / "sites.yaml").write_bytes(content)
    city, findings = inspect_city(root)
    assert city is None
    assert {Path(f.place.file).name for f in findings} == {"sites.yaml"}
    assert says in " ".join(f.problem for f in findings)


def test_a_broken_service_file_does_not_hide_mistakes_elsewhere(inventory: Path, tmp_path: Path) -> None:
    root = tmp_path / "inventory"
    shutil.copytree(inventory, root)
    (root / "services/tenants.yaml").write_text("tenants: [", encoding="utf-8")
    hosts = (root / "hosts.yaml").read_text("utf-8")
    (root / "hosts.yaml").write_text(hosts.replace("site: mairie,", "site: marie,"), encoding="utf-8")
    with pytest.raises(InventoryError) as caught:
        load_city(root)
    assert [Path(f.place.file).name for f in caught.value.findings] == ["hosts.yaml", "tenants.yaml"]


@pytest.mark.parametrize(
    ("file", "hint", "fatal"),
    [
        ("freeze.yaml", "did you mean freezes.yaml?", True),
        ("services/lights.yml", "name it services/lights.yaml", True),
        ("secrets.yaml", "it is no part of the inventory", False),
    ],
)
def test_files_that_would_be_ignored_are_told(
    inventory: Path, tmp_path: Path, file: str, hint: str, fatal: bool
) -> None:
    root = tmp_path / "inventory"
    shutil.copytree(inventory, root)
    (root / file).write_text("freezes: []\n", encoding="utf-8")
    city, findings = inspect_city(root)
    assert [(f.place.file, f.hint) for f in findings] == [(f"{root}/{file}", hint)]
    assert (city is None) is fatal


def test_a_switch_without_a_trunk_is_a_warning(inventory: Path, tmp_path: Path) -> None:
    root = tmp_path / "inventory"
    shutil.copytree(inventory, root)
    links = (root / "links.yaml").read_text("utf-8")
    start, end = links.index("  police:"), links.index("  theatre:")
    (root / "links.yaml").write_text(links[:start] + links[end:], encoding="utf-8")
    city, findings = inspect_city(root)
    assert city is not None
    assert [(f.severity.value, f.problem) for f in findings] == [
        ("warning", "no trunk leads from sw-police, its endpoints reach nobody")
    ]


def test_places_follow_when_a_list_item_is_left_out() -> None:
    document, _ = parse_document("routed:\n  - one\n  - two\n  - three\n", "links.yaml")
    assert document is not None
    document.drop(("routed", 0))
    assert document.data == {"routed": ["two", "three"]}
    assert [document.place("routed", index).line for index in (0, 1)] == [3, 4]


def test_the_digest_sees_every_yaml_file_and_nothing_else(inventory: Path, tmp_path: Path) -> None:
    root = tmp_path / "inventory"
    shutil.copytree(inventory, root)
    first = digest_inventory(root)
    (root / "schema/sites.json").write_text("{}", encoding="utf-8")
    assert digest_inventory(root) == first == digest_inventory(inventory)
    with (root / "services/doors.yaml").open("a", encoding="utf-8") as file:
        file.write("# moved\n")
    assert digest_inventory(root) != first


def test_a_new_service_kind_needs_yaml_only(inventory: Path, tmp_path: Path) -> None:
    root = tmp_path / "inventory"
    shutil.copytree(inventory, root)
    kind = (root / "catalog/doors.yaml").read_text("utf-8")
    kind = kind.replace("endpoint: door", "endpoint: air-sensor").replace("segment: doors", "segment: air")
    (root / "catalog/air.yaml").write_text(kind, encoding="utf-8")
    (root / "services/air.yaml").write_text(
        "kind: air\nendpoints:\n  sw-mairie:\n"
        "    Ethernet1/47: {tag: AIR-1, place: rue Haute 1, model: controller}\n",
        encoding="utf-8",
    )
    plan = (root / "addresses.yaml").read_text("utf-8")
    line = "networks:\n  air: {segment: air, vlan: 190, vrf: CITY, prefix: 10.40.90.0/24, description: Air}\n"
    (root / "addresses.yaml").write_text(plan.replace("networks:\n", line, 1), encoding="utf-8")
    switch = expand_switches(load_city(root))["sw-mairie"]
    port = next(port for port in switch.ports if port.name == "Ethernet1/47")
    assert (port.profile, port.access_vlan, port.poe_max_watts) == ("air-sensor", 190, 15.4)
    assert 190 in {vlan.number for vlan in switch.vlans}
