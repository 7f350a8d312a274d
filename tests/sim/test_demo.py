"""``moulin demo --once``: the whole loop, as a newcomer runs it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def move_city(folder: Path, network: str) -> dict[str, str]:
    """The shipped inventory on other loopback addresses, in this folder; the environment to run with."""
    shutil.copytree(ROOT / "inventory", folder / "inventory")
    hosts = folder / "inventory" / "hosts.yaml"
    hosts.write_text(hosts.read_text("utf-8").replace("127.66.0.", network), "utf-8")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MOULIN_")}
    return clean | {"MOULIN_TEMPLATES": str(ROOT / "templates")}


def test_demo_that_is_stopped_early_does_not_say_that_it_held(tmp_path: Path) -> None:
    with subprocess.Popen(
        [Path(sys.executable).with_name("moulin"), "demo", "--once"],
        cwd=tmp_path,
        env=move_city(tmp_path, "127.66.71."),
        stdout=subprocess.PIPE,
        text=True,
    ) as demo:
        assert demo.stdout is not None
        assert "inventory is checked" in demo.stdout.readline()
        demo.send_signal(signal.SIGINT)
        assert demo.wait(timeout=60) == 4


@pytest.mark.timeout(420)
def test_demo_holds_from_intent_to_alarm(tmp_path: Path) -> None:
    environment = move_city(tmp_path, "127.66.70.")

    done = subprocess.run(
        [Path(sys.executable).with_name("moulin"), "demo", "--once"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    held = [line for line in done.stdout.splitlines() if line.startswith("✓")]
    assert len(held) == 9 + bool(shutil.which("prometheus"))
    assert "camera CAM-001" in done.stdout
    assert "made by hand" in done.stdout
    secrets = (tmp_path / ".moulin" / "demo" / "lab" / "secrets.yaml").read_text("utf-8")
    for line in secrets.splitlines():
        assert line.partition(": ")[2] not in done.stdout + done.stderr
