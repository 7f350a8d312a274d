"""The table of what the intent owns: ``ownership.yaml`` beside the templates."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from agent.errors import UsageError
from agent.nxos.target import STRICT, Ownership


class _OwnershipFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    strict: bool = False
    owns: tuple[str, ...] = ()
    """Globs over top-level lines."""


def load_ownership(templates: Path) -> Ownership:
    """What the intent owns; everything without a table. Raises UsageError for a table with a mistake."""
    file = templates / "ownership.yaml"
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return STRICT
    except OSError as exc:
        raise UsageError(f"{file}: cannot be read ({exc.strerror}). check its mode") from exc
    try:
        table = _OwnershipFile.model_validate(yaml.safe_load(text) or {})
    except yaml.YAMLError as exc:
        raise UsageError(f"{file}: broken YAML. check indent, quotes and brackets") from exc
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "the table"
        raise UsageError(
            f"{file}: {where}: {first['msg'].lower()}. write 'strict: true' or a list under 'owns'"
        ) from exc
    return Ownership(table.owns, strict=table.strict)
