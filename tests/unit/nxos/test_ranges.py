from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.errors import ConfigSyntaxError
from agent.nxos.ranges import ALL_VLANS, apply_allowed, format_vlans, parse_vlans

vlans = st.frozensets(st.integers(1, 4094), min_size=1, max_size=60)


@given(vlans)
def test_list_and_set_are_two_views_of_one_thing(numbers: frozenset[int]) -> None:
    assert parse_vlans(format_vlans(numbers)) == numbers


@given(vlans, vlans)
def test_add_and_remove_are_set_operations(current: frozenset[int], other: frozenset[int]) -> None:
    words = format_vlans(other)
    assert apply_allowed(current, f"add {words}") == current | other
    assert apply_allowed(current, f"remove {words}") == current - other
    assert apply_allowed(current, f"except {words}") == ALL_VLANS - other


@pytest.mark.parametrize("text", ["", "a", "1-", "5-4", "4095", "0", "1,,2"])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(ConfigSyntaxError):
        parse_vlans(text)
