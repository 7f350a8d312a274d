"""``plan.json``: plans in a private file, sealed so that an edit by hand is noticed."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from agent.errors import StalePlanError, UsageError
from agent.plan.plan import PlanSet
from agent.store.files import write_private


class _Sealed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    seal: str
    """SHA-256 of the plans in canonical JSON."""
    plans: PlanSet


def save_plans(file: Path, plans: PlanSet) -> None:
    """Write with mode 0600, for lines hold secrets; raises StoreError."""
    sealed = _Sealed(seal=_seal(plans), plans=plans)
    write_private(file, sealed.model_dump_json(indent=1) + "\n")


def load_plans(file: Path) -> PlanSet:
    """Plans as they were saved.

    Raises UsageError when the file cannot be read or is no plan, StalePlanError when it was edited.
    """
    try:
        sealed = _Sealed.model_validate_json(file.read_text(encoding="utf-8"))
    except OSError as exc:
        raise UsageError(f"{file}: cannot be read ({exc.strerror}). make one: moulin plan -o {file}") from exc
    except (ValidationError, UnicodeDecodeError) as exc:
        raise UsageError(f"{file}: is not a plan. make one: moulin plan -o {file}") from exc
    if sealed.seal != _seal(sealed.plans):
        raise StalePlanError(f"{file}: was edited after it was made. change the intent and plan again")
    return sealed.plans


def _seal(plans: PlanSet) -> str:
    text = json.dumps(plans.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()
