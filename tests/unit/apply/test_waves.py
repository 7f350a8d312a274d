"""Waves: canary first, all devices once, pairs apart."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.apply.waves import plan_waves

NAMES = st.lists(st.sampled_from([f"leaf-{n}" for n in range(12)]), unique=True)
PAIRS = st.lists(
    st.frozensets(st.sampled_from([f"leaf-{n}" for n in range(12)]), min_size=2, max_size=2), max_size=6
)


@given(NAMES, PAIRS, st.integers(min_value=1, max_value=5))
def test_every_device_once_and_peers_never_together(
    names: list[str], pairs: list[frozenset[str]], widest: int
) -> None:
    waves = plan_waves(names, pairs, widest=widest)
    assert sorted(name for wave in waves for name in wave) == sorted(names)
    assert all(not pair <= set(wave) for wave in waves for pair in pairs)
    assert all(len(wave) <= widest for wave in waves)


def test_of_three_that_stand_in_for_each_other_one_goes_at_a_time() -> None:
    waves = plan_waves(["a", "b", "c", "d", "e"], [frozenset({"b", "c", "d"})])
    assert waves == (("a",), ("b", "e"), ("c",), ("d",))


@given(NAMES.filter(bool), PAIRS)
def test_the_first_wave_is_one_canary(names: list[str], pairs: list[frozenset[str]]) -> None:
    assert plan_waves(names, pairs)[0] == (names[0],)
