"""A lab that was told so ends when whoever started it is gone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

LAB = """
name: alone
credentials: {username: admin, password_env: LAB_PASSWORD}
nodes:
  - {name: hall, profile: n9k-10, model: N9K-C9348GC-FX3PH, address: 127.66.61.1}
"""


def test_a_lab_ends_when_its_standard_input_closes(tmp_path: Path) -> None:
    (tmp_path / "lab.yml").write_text(LAB, "utf-8")
    with subprocess.Popen(
        [sys.executable, "-m", "vnexus", "run", str(tmp_path / "lab.yml"), "--until-eof"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={"LAB_PASSWORD": "x"},
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["ready"]
        process.stdin.close()
        assert process.wait(timeout=20) == 0
