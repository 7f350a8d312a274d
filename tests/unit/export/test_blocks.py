"""Blocks of devices: joined by family, limited by whole families, squeezed once."""

from __future__ import annotations

import gzip
import shutil
import subprocess

import pytest

from agent import metrics as m
from agent.export.blocks import Block, count_dropped, join_blocks, squeeze_blocks, write_block
from agent.export.exposition import OPENMETRICS, write_page
from agent.export.squeeze import ENGINE, by_isal, by_zlib
from agent.metrics import Page, Sample


def page_of(device: str, ports: int = 2) -> Page:
    page = Page()
    page.add(Sample(m.UPTIME, (device,), 12.5))
    for number in range(ports):
        page.add(Sample(m.INTERFACE_UP, (device, f"Ethernet1/{number}"), number % 2))
        page.add(Sample(m.INTERFACE_RX_BYTES, (device, f"Ethernet1/{number}"), 10**15 + number))
    page.add(Sample(m.POLL_SUCCESS, (device,), 1))
    return page


def block_of(device: str, ports: int = 2, limit: int = 0) -> Block:
    return write_block(device, page_of(device, ports).families, limit)


@pytest.mark.parametrize("kind", [None, OPENMETRICS])
def test_a_block_is_the_page_of_its_device(kind: str | None) -> None:
    body = block_of("core-1").page(*([kind] if kind else []))
    expected = write_page(page_of("core-1"), *([kind] if kind else []))
    assert body.decode() == expected + ("# EOF\n" if kind else "")


def test_a_fleet_has_each_family_in_one_piece() -> None:
    lines = join_blocks([block_of("core-1"), block_of("core-2")]).decode().splitlines()
    names = [line.split("{")[0] for line in lines if not line.startswith("#")]
    assert len(names) == 12
    assert all(
        names.index(name) + names.count(name) - 1 == len(names) - 1 - names[::-1].index(name)
        for name in names
    )
    assert sum(line.startswith("# TYPE net_interface_up ") for line in lines) == 1


def test_promtool_finds_nothing_on_a_fleet() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is not installed")
    body = join_blocks([block_of("core-1"), block_of("core-2", 500, limit=20)])
    checked = subprocess.run(
        [promtool, "check", "metrics"], input=body, capture_output=True, check=False, timeout=60
    )
    assert (checked.returncode, checked.stderr) == (0, b"")


def test_squeezed_pages_are_made_once_and_open_to_the_same() -> None:
    block = block_of("core-1", 100)
    assert gzip.decompress(block.page(gzip=True)) == block.page()
    assert block.page(gzip=True) is block.page(gzip=True)
    many = [block_of(f"sw-{number}") for number in range(9)]
    assert gzip.decompress(squeeze_blocks(many, OPENMETRICS)) == join_blocks(many, OPENMETRICS)
    assert gzip.decompress(by_zlib(b"a" * 9999)) == b"a" * 9999
    if ENGINE == "isal":
        assert gzip.decompress(by_isal(b"a" * 9999)) == b"a" * 9999


def test_beyond_the_limit_the_largest_families_go_and_are_counted() -> None:
    page = page_of("core-1", 5)
    for number in range(1000):
        page.add(Sample(m.SENSOR_CELSIUS, ("core-1", f"s{number}", ""), 30))
    block = write_block("core-1", page.families, 50)
    text = block.page().decode()
    assert block.dropped == 1000
    assert "net_sensor_celsius" not in text
    assert 'moulin_dropped_series{device="core-1"} 1000\n' in text
    assert text.count("net_interface_up{") == 5


def test_a_page_of_many_has_its_own_limit() -> None:
    blocks = [block_of(f"sw-{number}", 10 + number) for number in range(10)]
    body = join_blocks(blocks, limit=200).decode()
    assert body.count("\nnet_interface") == 145
    assert count_dropped(blocks, 200) == 145
    assert count_dropped(blocks, 0) == 0
