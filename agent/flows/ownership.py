"""What the intent owns: ``ownership.yaml`` of the inventory, else the one beside the templates."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from agent.errors import UsageError
from agent.intent.ownership import OwnershipFile
from agent.nxos.target import STRICT, Ownership

FILE = "ownership.yaml"


def load_ownership(*folders: Path) -> Ownership:
    """What the intent owns, by the first folder that has a table; everything without one.

    Raises UsageError for a table with a mistake.
    """
    for folder in folders:
        found = _read(folder / FILE)
        if found is not None:
            return found
    return STRICT


def _read(file: Path) -> Ownership | None:
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise UsageError(f"{file}: cannot be read ({exc.strerror}). check its mode") from exc
    try:
        table = OwnershipFile.model_validate(yaml.safe_load(text) or {})
    except yaml.YAMLError as exc:
        raise UsageError(f"{file}: broken YAML. check indent, quotes and brackets") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the table"
        raise UsageError(
            f"{file}: {where}: {first['msg'].lower()}. write 'strict: true' or a list under 'owns'"
        ) from exc
    return Ownership(table.owns, strict=table.strict)
