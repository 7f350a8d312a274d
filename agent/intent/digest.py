"""One word for the state of an inventory folder, so that a plan can say from which intent it was made."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from agent.records import Finding, InventoryError, Place

AFTERTHOUGHTS = frozenset({"approvals"})
"""Folders that are written about a plan after it was made, and so cannot make it stale."""


def digest_inventory(root: Path) -> str:
    """sha256 in hex over names and bytes of all its YAML files; raises InventoryError for an unreadable one.

    Schemas and other files do not count.
    """
    digest = sha256()
    for path in sorted(root.rglob("*.yaml")):
        if path.relative_to(root).parts[0] in AFTERTHOUGHTS:
            continue
        try:
            content = path.read_bytes()
        except OSError as exc:
            finding = Finding(
                Place(str(path)), f"file cannot be read ({exc.strerror})", "check its permissions"
            )
            raise InventoryError([finding]) from exc
        name = path.relative_to(root).as_posix().encode()
        digest.update(b"%d %s %d\n" % (len(name), name, len(content)))
        digest.update(content)
    return digest.hexdigest()
