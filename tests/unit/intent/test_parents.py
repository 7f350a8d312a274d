"""Parents follow from the cables: towards the cores, never sideways, never down."""

from __future__ import annotations

from collections import defaultdict

from agent.intent.city import City
from agent.intent.expect import expect
from agent.intent.expectation import ExpectedNeighbor, ExpectedPort, Target
from agent.intent.parents import expect_parents


def parents_of(*cables: str, roots: tuple[str, ...] = ("core-1", "core-2")) -> dict[str, set[str]]:
    pairs = [tuple(cable.split(" ")) for cable in cables]
    links = [
        ExpectedNeighbor(a, "x", b, "x") for one, other in pairs for a, b in ((one, other), (other, one))
    ]
    names = {link.device for link in links}
    targets = [Target(n, "", 0, "", "", "core" if n in roots else "building", "") for n in sorted(names)]
    found: defaultdict[str, set[str]] = defaultdict(set)
    for family in expect_parents(targets, links, (), ()):
        found[family.device].add(family.parent)
    return dict(found)


def test_a_pair_of_leaves_between_cores_and_a_building() -> None:
    assert parents_of(
        "core-1 core-2", "leaf-1 core-1", "leaf-2 core-2", "leaf-1 leaf-2", "sw leaf-1", "sw leaf-2"
    ) == {"leaf-1": {"core-1"}, "leaf-2": {"core-2"}, "sw": {"leaf-1", "leaf-2"}}


def test_a_chain_and_an_island() -> None:
    assert parents_of("core-1 a", "a b", "b c", "x y") == {"a": {"core-1"}, "b": {"a"}, "c": {"b"}}
    assert parents_of("a b", roots=()) == {}


def test_bellerive_hangs_on_its_cores(bellerive: City) -> None:
    expected = expect(bellerive)
    parents = defaultdict(set)
    for family in expected.parents:
        parents[family.device].add(family.parent)
    cores = {target.device for target in expected.targets if target.role == "core"}
    assert {target.device for target in expected.targets} - set(parents) == cores
    assert parents["sw-mairie"] == cores


def test_an_appliance_hangs_on_its_switch() -> None:
    port = ExpectedPort("sw", "Ethernet1/1", "camera", "cctv", "s", "city", "CAM-1", "here")
    camera = Target("CAM-1", "", 0, "", "s", "camera", "axis")
    assert [f.parent for f in expect_parents((), (), (camera,), (port,))] == ["sw"]
