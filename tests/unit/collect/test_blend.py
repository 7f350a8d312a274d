"""Hand-overs between sources, one by one; the laws are in tests/property/test_blend_laws.py."""

from __future__ import annotations

import pytest

from agent.collect.blend import Blend
from agent.collect.source import Holding

BYTES, UP = "net_interface_receive_bytes_total", "net_interface_up"


def counted(value: float, at: float, interval: float) -> Holding:
    return Holding({BYTES: {"a ": value}}, at, interval)


def test_one_source_is_handed_through_without_a_copy() -> None:
    held = counted(5, 100, 30)
    assert Blend().mix({"snmp": held}, 110) is held.families
    assert Blend().mix({"snmp": held}, 176) == {}


def test_families_and_rows_of_both_are_joined_each_once_and_finest_first() -> None:
    coarse = Holding({UP: {"a ": 0, "b ": 1}, "net_sensor_celsius": {"s ": 30}}, 100, 30)
    fine = Holding({UP: {"a ": 1}, "net_other": {"o ": 2}}, 100, 10)
    shown = Blend().mix({"snmp": coarse, "gnmi": fine}, 101)
    assert shown == {UP: {"a ": 1, "b ": 1}, "net_other": {"o ": 2}, "net_sensor_celsius": {"s ": 30}}


@pytest.mark.parametrize("start", [0, 1_000_000_000], ids=["same-counter", "counts-since-longer"])
def test_growth_in_the_silence_is_shown_when_both_were_known(start: int) -> None:
    """Updates show 1000/s; the stream falls silent; SNMP goes on where it was, with what passed meanwhile."""
    blend = Blend()
    for now in range(0, 100, 10):
        held = {"gnmi": counted(1000 * now, now, 10)}
        if now >= 30:
            held["snmp"] = counted(start + 1000 * (now - now % 30), now - now % 30, 30)
        shown = blend.mix(held, now)[BYTES]["a "]
        assert shown == 1000 * now
    held["snmp"] = counted(start + 120_000, 120, 30)
    assert blend.mix(held, 121)[BYTES]["a "] in (120_000, 90_000 + 30_000)


def test_a_clear_of_the_counters_is_one_reset() -> None:
    blend = Blend()
    for now, value in ((0, 5000), (10, 6000), (20, 70), (30, 170)):
        held = {"gnmi": counted(value, now, 10), "snmp": counted(9000 + now, now, 30)}
        assert blend.mix(held, now)[BYTES]["a "] == value


def test_an_unknown_counter_goes_on_flat_and_a_near_one_as_it_is() -> None:
    for successor, expected in ((500, 100_000), (100_700, 100_700), (900_000_000, 100_000)):
        blend = Blend()
        assert blend.mix({"snmp": counted(100_000, 0, 30)}, 74)[BYTES]["a "] == 100_000
        assert blend.mix({"gnmi": counted(successor, 80, 10)}, 80)[BYTES]["a "] == expected
        assert blend.mix({"gnmi": counted(successor + 50, 90, 10)}, 90)[BYTES]["a "] == expected + 50


def test_after_a_gap_values_are_the_device_s_own_again() -> None:
    blend = Blend()
    blend.mix({"snmp": counted(100_000, 0, 30)}, 10)
    assert blend.mix({"snmp": counted(100_000, 0, 30)}, 80) == {}
    assert blend.mix({"gnmi": counted(7, 90, 10)}, 90)[BYTES]["a "] == 7


def test_a_finer_source_takes_over_once_it_has_proven_itself() -> None:
    blend = Blend()
    owner_values = []
    for now in range(0, 130, 10):
        held = {"snmp": counted(100 * (now - now % 30), now - now % 30, 30)}
        if now >= 10:
            held["gnmi"] = counted(100 * now, now, 10)
        owner_values.append(blend.mix(held, now)[BYTES]["a "])
    assert owner_values == sorted(owner_values)
    assert owner_values[-1] == 100 * 120
    assert owner_values[-2] == 100 * 110  # moves with gNMI, not with SNMP
