"""Shards of a city: each device in one, few move when a shard is added, and the parts are about equal."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from agent.export.discovery import Shard, find_shard

names = st.sets(st.text(min_size=1, max_size=20), min_size=1, max_size=50)
counts = st.integers(1, 40)


@given(names, counts)
def test_each_device_is_in_one_shard(devices: set[str], count: int) -> None:
    shards = [Shard(number, count) for number in range(count)]
    assert all(sum(shard.holds(device) for shard in shards) == 1 for device in devices)


@given(names, counts)
def test_one_shard_more_takes_and_nothing_else_moves(devices: set[str], count: int) -> None:
    for device in devices:
        before, after = find_shard(device, count), find_shard(device, count + 1)
        assert after in {before, count}


def test_parts_are_about_equal_and_never_change() -> None:
    devices = [f"sw-{number}" for number in range(3000)]
    parts = Counter(find_shard(device, 6) for device in devices)
    assert min(parts.values()) > 430
    assert max(parts.values()) < 570
    # a new release that hashes differently would move every device: these are written down
    assert [find_shard(f"sw-{number}", 5) for number in range(12)] == [3, 3, 0, 2, 0, 2, 4, 3, 4, 3, 1, 2]
