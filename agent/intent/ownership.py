"""What the intent owns on the switches: ``ownership.yaml`` of the inventory, else that of the templates."""

from __future__ import annotations

from agent.intent.record import Record


class OwnershipFile(Record):
    """``strict`` owns every line; otherwise the globs over top-level lines say what is made as meant."""

    strict: bool = False
    owns: tuple[str, ...] = ()
