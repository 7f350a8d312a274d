"""Laws of the house that no linter knows."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from agent import metrics

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "agent" / "metrics"


def product_files() -> list[Path]:
    folders = ("agent", "containerlab/vnexus/vnexus", "playbooks")
    return [file for folder in folders for file in sorted((ROOT / folder).rglob("*.py"))]


def test_files_stay_small_enough_to_read() -> None:
    long = {
        str(file.relative_to(ROOT)): len(file.read_text("utf-8").splitlines()) for file in product_files()
    }
    assert {name: lines for name, lines in long.items() if lines > 400} == {}


def test_the_product_never_reads_the_recordings() -> None:
    words = "shared/data"
    assert [str(file) for file in product_files() if words in file.read_text("utf-8")] == []


def test_scripts_are_valid_shell() -> None:
    for script in ("run", "image"):
        subprocess.run(["bash", "-n", str(ROOT / ".ci" / script)], check=True)


def test_every_declared_metric_is_emitted_by_somebody() -> None:
    names = re.findall(
        r"^([A-Z0-9_]+) = (?:gauge|counter|CATALOGUE\.declare)\(",
        "".join(file.read_text("utf-8") for file in sorted(CATALOGUE.glob("*.py"))),
        re.MULTILINE,
    )
    assert len(names) > 40
    emitters = [
        file.read_text("utf-8")
        for folder in ("collect", "export", "flows", "web")
        for file in sorted((ROOT / "agent" / folder).rglob("*"))
        if file.suffix in {".py", ".yaml"}
    ]
    series = {name: str(getattr(metrics, name).name) for name in names}
    silent = [
        name
        for name in names
        if not any(re.search(rf"\b({name}|{series[name]})\b", text) for text in emitters)
    ]
    assert silent == []
