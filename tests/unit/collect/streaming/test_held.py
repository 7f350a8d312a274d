"""Values stay while they hold, and no longer."""

from __future__ import annotations

from agent.collect.streaming.held import Held

NAME = "net_interface_mtu_bytes"


def test_a_sampled_series_goes_after_two_and_a_half_intervals() -> None:
    held = Held("leaf-1", 10)
    family = held.family(NAME, 10)
    assert held.claim("kept ")
    assert held.claim("silent ")
    family.now["silent "] = 1
    there = {}
    for moment in range(61):
        if moment % 10 == 0:
            family.now["kept "] = moment
        held.tick(float(moment))
        there[moment] = set(held.families().get(NAME, ()))
    assert all("kept " in seen for seen in there.values())
    last = max(moment for moment, seen in there.items() if "silent " in seen)
    assert 24 <= last <= 31
    assert held._claimed == {"kept "}


def test_the_newest_value_is_shown_before_and_after_a_tick() -> None:
    held = Held("leaf-1", 10)
    family = held.family(NAME, 10)
    for moment, value in enumerate((1, 2, 3)):
        family.now["a "] = value
        assert held.families() == {NAME: {"a ": value}}
        held.tick(moment * 10.0)
        assert held.families() == {NAME: {"a ": value}}


def test_what_is_said_on_change_holds_for_ever() -> None:
    held = Held("leaf-1", 10)
    held.family(NAME, None).now["a "] = 1
    for moment in range(0, 10_000, 100):
        held.tick(float(moment))
    assert held.families() == {NAME: {"a ": 1}}


def test_a_new_stream_keeps_what_it_says_again_and_forgets_the_rest() -> None:
    held = Held("leaf-1", 10)
    family = held.family(NAME, None)
    family.now.update({"stays ": 1, "went ": 2})
    held.begin_anew()
    assert held.families()[NAME] == {"stays ": 1, "went ": 2}
    family.now["stays "] = 5
    held.end_anew()
    assert (held.families()[NAME], held.synced) == ({"stays ": 5}, True)


def test_a_dropped_series_makes_room_for_another() -> None:
    held = Held("leaf-1", 10, series_limit=1)
    assert held.claim("a ")
    assert not held.claim("b ")
    held.drop("a ")
    assert held.claim("b ")
    assert held.problems == {"dropped-series": 1}


def test_a_family_that_has_not_changed_is_the_same_copy() -> None:
    held = Held("leaf-1", 10)
    still, moves = held.family(NAME, None).now, held.family("net_interface_up", None).now
    still["a "], moves["b "] = 1, 1
    before = held.families()
    moves["b "] = 2
    after = held.families()
    assert after[NAME] is before[NAME]
    assert (before["net_interface_up"], after["net_interface_up"]) == ({"b ": 1}, {"b ": 2})


def test_nothing_is_held_before_the_first_word() -> None:
    held = Held("leaf-1", 10)
    assert held.holding() is None
    held.family(NAME, None).now["a "] = 1
    held.at = 5.0
    holding = held.holding()
    assert holding is not None
    assert (holding.at, holding.interval_seconds, dict(holding.families)) == (5.0, 10, {NAME: {"a ": 1}})
