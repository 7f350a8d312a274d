"""Files that only their owner reads, written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from agent.errors import StoreError


def write_private(file: Path, text: str) -> None:
    """Write with mode 0600, synced and renamed into place; raises StoreError, and then nothing is there."""
    fresh = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as out:
                out.write(text)
                out.flush()
                os.fsync(out.fileno())
            fresh.replace(file)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise
    except OSError as exc:
        raise StoreError(f"{file}: cannot be written ({exc.strerror}). free space there") from exc


def write_text(file: Path, text: str) -> None:
    """Write a file for everybody, such as a report; raises StoreError."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise StoreError(f"{file}: cannot be written ({exc.strerror}). choose another place") from exc
