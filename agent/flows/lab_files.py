"""The files of a lab of containers: topologies for containerlab and the lab file that the nodes share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from agent.intent.city import City
from agent.intent.containerlab import containerlab_topology, files_of, n9kv_topology, shared_lab

_MADE = "# Made from the inventory by: moulin lab files {folder}\n"


def lab_files(city: City, switches: Sequence[str], folder: str = "containerlab") -> dict[str, str]:
    """Name to text of every file. Raises UsageError."""
    names, made = files_of(city), _MADE.format(folder=folder)
    return {
        names.topology: made + dump(containerlab_topology(city, switches)),
        names.images: made + dump(n9kv_topology(city, switches)),
        names.lab: made + dump(shared_lab(city, switches)),
    }


def write_lab_files(city: City, switches: Sequence[str], folder: Path) -> Path:
    """Write them into the folder; path of the topology."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in lab_files(city, switches, folder.name).items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder / files_of(city).topology


class _Dumper(yaml.SafeDumper):
    """Short lists on one line; texts with variables in quotes: what is filled in may look like a number."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - of its base
        return True


def _list(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.Node:
    flat = all(isinstance(item, str) for item in data)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=flat)


def _text(dumper: yaml.SafeDumper, data: str) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:str", data, style='"' if "${" in data else None)


_Dumper.add_representer(list, _list)
_Dumper.add_representer(str, _text)


def dump(data: Any) -> str:
    """YAML in the order of the data."""
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)
