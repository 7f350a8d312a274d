"""An SNMP agent that answers for any number of switches."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def snmp_port() -> Iterator[int]:
    """Port of a 48-port Nexus that answers for every name."""
    command = [sys.executable, "-m", "bench.load_target"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as target:
        assert target.stdout is not None
        try:
            yield int(target.stdout.readline())
        finally:
            target.terminate()
