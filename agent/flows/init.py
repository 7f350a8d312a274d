"""``moulin init``: a small valid inventory to start from, and the schemas for editors."""

from __future__ import annotations

from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from agent.errors import UsageError
from agent.intent.schema import schema_texts

SCAFFOLD = "scaffold"


def write_scaffold(folder: Path) -> tuple[Path, ...]:
    """Write the example and its schemas; returns the files.

    Raises UsageError, and writes nothing, when the folder holds anything or cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: is not empty. name a new folder")
    source = resources.files("agent.flows") / SCAFFOLD
    texts = _texts(source, "") | {f"schema/{name}": text for name, text in schema_texts().items()}
    return _write(folder, texts)


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Write or rewrite the JSON Schemas only; returns the files. Raises UsageError when it cannot."""
    return _write(folder, schema_texts())


def _texts(folder: Traversable, prefix: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for item in folder.iterdir():
        if item.is_dir():
            found |= _texts(item, f"{prefix}{item.name}/")
        elif item.name.endswith(".yaml"):
            found[prefix + item.name] = item.read_text(encoding="utf-8")
    return found


def _write(folder: Path, texts: dict[str, str]) -> tuple[Path, ...]:
    written = []
    try:
        for name, text in sorted(texts.items()):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            written.append(path)
    except OSError as exc:
        raise UsageError(
            f"{exc.filename or folder}: cannot be written ({exc.strerror}). name another folder"
        ) from exc
    return tuple(written)
