"""Pins are kept by place, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.collect.gnmi.trust import Door, pin_certificate, read_pins
from agent.errors import StoreError


def test_a_pin_replaces_the_one_before_and_leaves_the_others(tmp_path: Path) -> None:
    file = tmp_path / "state" / "known_certificates"
    first, second = Door("leaf-1", "127.0.0.1", 50051), Door("leaf-2", "127.0.0.2", 50051)
    for door, pin in ((first, "SHA256:aa"), (second, "SHA256:bb"), (first, "SHA256:cc")):
        pin_certificate(file, door, pin)
    assert read_pins(file) == {"127.0.0.1:50051": "SHA256:cc", "127.0.0.2:50051": "SHA256:bb"}
    assert [one.name for one in file.parent.iterdir()] == ["known_certificates"]


def test_no_file_pins_nobody_and_a_broken_line_trusts_nobody(tmp_path: Path) -> None:
    file = tmp_path / "known"
    assert read_pins(file) == {}
    file.write_text("# comment\n127.0.0.1:50051\n\nleaf-1 SHA256:aa trailing\n", "utf-8")
    assert read_pins(file) == {}


def test_a_file_that_is_no_text_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "known"
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StoreError, match="cannot be read"):
        read_pins(file)
