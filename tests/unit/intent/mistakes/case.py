"""One mistake, and how it is put into a copy of Bellerive."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

INVENTORY = (
    next(p for p in Path(__file__).resolve().parents if (p / "inventory/city.yaml").is_file()) / "inventory"
)


@dataclass(frozen=True)
class Case:
    file: str
    old: str
    new: str
    line: str
    says: str
    hint: str = ""
    more: int = 0
    """Further findings that the same mistake rightly causes."""


CAM1 = "Ethernet1/1: {tag: CAM-001, place: rue du Beffroi 1, model: dome-4k, address: 10.20.1.10}"
VPC_LINK = "      - [core-2:Ethernet3/11, sw-mairie:Ethernet1/50]\n"


def mutate(root: Path, case: Case) -> Path:
    shutil.copytree(INVENTORY, root, ignore=shutil.ignore_patterns("schema"))
    path = root / case.file
    text = path.read_text(encoding="utf-8")
    assert case.old in text, f"{case.file} has no {case.old!r} any more"
    path.write_text(text.replace(case.old, case.new, 1), encoding="utf-8")
    return path
