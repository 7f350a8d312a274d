"""Config lines in the pieces in which a switch takes them."""

from __future__ import annotations

import pytest

from agent.device.blocks import parents_of, split_blocks


@pytest.mark.parametrize(
    ("lines", "sizes"),
    [
        (("hostname a", "vlan 2"), [1, 1]),
        (("banner motd #", "one", "two", "#", "vlan 2"), [4, 1]),
        (("banner motd #text#", "vlan 2"), [1, 1]),
        (("banner motd ^", "costs # 5", "^"), [3]),
        (("banner motd #", "never ends"), [2]),
        (("interface Vlan2", "  description banner motd #", "  no shutdown"), [1, 1, 1]),
    ],
    ids=["plain", "banner", "one-line banner", "other delimiter", "open banner", "banner in a description"],
)
def test_blocks_keep_banners_whole_and_lose_nothing(lines: tuple[str, ...], sizes: list[int]) -> None:
    blocks = list(split_blocks(lines))
    assert [len(block.lines) for block in blocks] == sizes
    assert tuple(line for block in blocks for line in block.lines) == lines
    assert [block.position for block in blocks] == [sum(sizes[:n]) + 1 for n in range(len(sizes))]


def test_parents_skip_siblings_and_deeper_lines() -> None:
    lines = ("router bgp 1", "  vrf A", "    router-id 1.1.1.1", "  vrf B", "    router-id 2.2.2.2", "vlan 2")
    assert parents_of(lines, 4) == ("router bgp 1", "  vrf B")
    assert parents_of(lines, 5) == ()
