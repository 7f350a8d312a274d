"""JSON Schemas of the inventory files, so that editors complete and check while one types."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

from pydantic import BaseModel

from agent.intent.approval import Approval
from agent.intent.catalog import Kind
from agent.intent.endpoint import ServiceFile
from agent.intent.load import FILES
from agent.intent.policy import RulesFile

SCHEMAS: dict[str, type[BaseModel]] = {
    **{PurePosixPath(file).stem: model for file, model in FILES.items()},
    "kind": Kind,
    "service": ServiceFile,
    "rules": RulesFile,
    "approval": Approval,
}
"""Schema name to model: the file's stem, ``kind`` for ``catalog/*``, ``service`` for other services."""


def schema_texts() -> dict[str, str]:
    """File name to JSON text of every schema."""
    return {f"{name}.json": _text(name, model) for name, model in SCHEMAS.items()}


def _text(name: str, model: type[BaseModel]) -> str:
    schema: dict[str, Any] = model.model_json_schema()
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": f"Moulin: {name}"}
    return json.dumps(schema, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
