"""Who never changes at the same time as whom, computed from the intent."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from agent.apply.waves import plan_waves
from agent.flows.wanted import Wanted, load_wanted
from agent.settings import Settings

ROOT = Path(__file__).parents[3]


@pytest.fixture
def wanted(tmp_path: Path) -> Wanted:
    places = {"inventory": ROOT / "inventory", "templates": ROOT / "templates"}
    return load_wanted(Settings(**places, state=tmp_path), {})


def test_peers_and_carriers_of_the_city_are_kept_apart(wanted: Wanted) -> None:
    city = wanted.city
    assert city.carriers is not None
    edges = {carrier.port.switch for carrier in city.carriers.carriers.values()}
    assert len({city.hosts[edge].site for edge in edges}) > 1, "they stand in rooms of their own"
    apart = {frozenset(pair.switches) for pair in city.links.pairs.values()}
    apart |= {frozenset(two) for two in combinations(edges, 2)}
    for order in (sorted(city.hosts), sorted(city.hosts, reverse=True)):
        waves = plan_waves(order, wanted.pairs())
        assert sorted(name for wave in waves for name in wave) == sorted(city.hosts)
        assert not [(two, wave) for wave in waves for two in apart if two <= set(wave)]


def test_a_city_without_carriers_has_peers_only(wanted: Wanted) -> None:
    alone = replace(wanted, city=replace(wanted.city, carriers=None))
    assert set(alone.pairs()) == {frozenset(pair.switches) for pair in wanted.city.links.pairs.values()}
