"""The README's way to one's own switches: init, check, lab up, plan, apply, state, watch, drift, rollback."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

MOULIN = Path(sys.executable).with_name("moulin")


@pytest.mark.timeout(240)
def test_a_new_town_goes_from_nothing_to_watched_and_back(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MOULIN_")}
    environment["MOULIN_SECRETS"] = str(tmp_path / ".moulin" / "lab" / "secrets.yaml")

    def moulin(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [MOULIN, *words], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    assert moulin("init", "inventory").returncode == 0
    assert moulin("check").returncode == 0
    with subprocess.Popen(
        [MOULIN, "lab", "up"], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    ) as lab:
        try:
            assert lab.stdout is not None
            assert "3 switches listen" in lab.stdout.readline()
            while "moulin plan" not in lab.stdout.readline():
                assert lab.poll() is None

            planned = moulin("plan", "-o", "plan.json")
            assert planned.returncode == 3, planned.stderr
            applied = moulin("apply", "plan.json", "--yes")
            assert applied.returncode == 0, applied.stderr
            assert moulin("plan").returncode == 0
            assert moulin("drift").returncode == 0
            state = moulin("state")
            assert state.returncode == 0, state.stdout + state.stderr
            watched = moulin("watch", "--once")
            assert watched.returncode == 0, watched.stdout + watched.stderr

            assert moulin("lab", "fault", "endpoint-unplug", "endpoint=CAM-001").returncode == 0
            state = moulin("state")
            assert state.returncode == 4
            assert "camera CAM-001 at Fountain Square 1 is down" in state.stderr

            undone = moulin("rollback", "1", "--yes")
            assert undone.returncode == 0, undone.stderr
            again = moulin("plan")
            assert again.returncode == 3
            assert "3 of 3 switches change" in again.stdout
        finally:
            lab.terminate()
            assert lab.wait(timeout=30) == 0
