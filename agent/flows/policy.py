"""The city's policy for waves: the section ``waves`` of ``policy.yaml`` in the inventory; all optional."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import ValidationError

from agent.apply.policy import OnFailure, Policy
from agent.errors import UsageError

FILE = "policy.yaml"


def load_policy(inventory: Path, on_failure: OnFailure | None = None) -> Policy:
    """The policy, with what the verb was asked for; defaults where there is no file.

    Raises UsageError that names file, field and mistake.
    """
    file = inventory / FILE
    section: object = {}
    if file.exists():
        try:
            data = yaml.safe_load(file.read_text("utf-8")) or {}
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as exc:
            raise UsageError(f"{file}: cannot be read ({type(exc).__name__}). mend it or remove it") from exc
        section = data.get("waves", {}) if isinstance(data, dict) else data
    try:
        policy = Policy.model_validate(section or {})
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(["waves", *map(str, first["loc"])])
        raise UsageError(f"{file}: {where}: {first['msg'].lower()}. see docs/first-change.md") from exc
    return policy if on_failure is None else policy.model_copy(update={"on_failure": on_failure})
