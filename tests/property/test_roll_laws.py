"""A tally is the family that it was made of, as a mapping and as text, whatever labels and values hold."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agent.export.exposition import write_lines
from agent.metrics import write_series
from agent.metrics.roll import Rolls, Tally, join, lend, thaw

NAME = "net_interface_up"
labels = st.dictionaries(st.sampled_from(("device", "interface", "alias")), st.text(max_size=8), max_size=3)
texts = st.one_of(labels, st.fixed_dictionaries({"alias": st.text('%sd \\\n"{}', max_size=9)}))
numbers = st.one_of(
    st.integers(-(2**70), 2**70), st.integers(0, 2**64 - 1), st.floats(allow_nan=False), st.floats(0, 1)
)
families = st.dictionaries(
    texts.map(lambda found: write_series(NAME, found.items())), numbers, min_size=1, max_size=20
)


@given(families)
def test_a_tally_is_its_family(family: dict[str, float]) -> None:
    tally = Tally.of(NAME, family, Rolls())
    assert tally == family
    assert list(tally) == list(family)
    assert list(tally.items()) == list(family.items())
    assert [type(value) for value in tally.values()] == [type(value) for value in family.values()]
    assert (thaw(tally), len(tally)) == (family, len(family))
    assert write_lines(tally) == write_lines(family)
    assert all(lend(tally)[series] == value for series, value in family.items())
    for other in (
        "",
        NAME,
        NAME + " ",
        *(series[:-1] for series in family),
        *(series + " " for series in family),
    ):
        assert (other in tally, tally.get(other, 7)) == (other in family, family.get(other, 7))


@given(families, families)
def test_the_first_value_of_a_series_stays(one: dict[str, float], two: dict[str, float]) -> None:
    rolls = Rolls()
    assert join(Tally.of(NAME, one, rolls), Tally.of(NAME, two, rolls)) == {**two, **one}


@given(families)
def test_the_same_labels_are_kept_once_and_no_longer_than_somebody_has_them(family: dict[str, float]) -> None:
    rolls = Rolls()
    one, two = (Tally.of(NAME, family, rolls) for _ in range(2))
    assert one.parts[0][0] is two.parts[0][0]
    assert len(rolls) == 1
    del one, two
    assert not rolls
