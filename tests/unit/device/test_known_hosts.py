"""Which keys a login trusts: those of the switch, however the file names it."""

from __future__ import annotations

from pathlib import Path

import paramiko
import pytest

from agent.device.known_hosts import keys_of


@pytest.fixture(scope="module")
def key() -> paramiko.PKey:
    return paramiko.ECDSAKey.generate()


def row(names: str, key: paramiko.PKey) -> str:
    return f"{names} {key.get_name()} {key.get_base64()}\n"


@pytest.mark.parametrize(
    ("names", "port"),
    [
        ("10.66.0.1", 22),
        ("core-1,10.66.0.1", 22),
        ("[10.66.0.1]:2222", 2222),
        (paramiko.HostKeys.hash_host("[10.66.0.1]:2222"), 2222),  # with a new salt each time
    ],
    ids=["address", "names", "port", "hashed"],
)
def test_its_own_key_is_found(tmp_path: Path, key: paramiko.PKey, names: str, port: int) -> None:
    file = tmp_path / "known_hosts"
    file.write_text(
        f"# of the city\n{row('10.66.0.10', key)}10.66.0.9 ssh-ed25519 nonsense\n{row(names, key)}"
    )
    assert keys_of(file, "10.66.0.1", port) == {key.get_name(): key}
    assert keys_of(file, "10.66.0.1", port + 1) == {}, "another port is another switch"
    assert keys_of(file, "10.66.0.2", port) == {}


def test_a_broken_line_or_no_file_trusts_nobody(tmp_path: Path) -> None:
    file = tmp_path / "known_hosts"
    assert keys_of(file, "10.66.0.1", 22) == {}
    file.write_text("10.66.0.1 ssh-ed25519 nonsense\n10.66.0.1\n@revoked 10.66.0.1 x y\n")
    assert keys_of(file, "10.66.0.1", 22) == {}
