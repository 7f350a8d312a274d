"""The table of notifications: ``known.yaml``, and more of its form from the city's own folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.errors import UsageError
from agent.records import EventLevel

Oid = tuple[int, ...]
Dotted = Annotated[str, Field(pattern=r"^\d+(\.\d+)+$")]
Word = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=40)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Thing(_Model):
    """An object that notifications carry."""

    oid: Dotted
    field: Word | None = None
    """Name in the event; the object's own when absent."""
    row: Literal["interface", "poe-port", "peer", "part", "number"] | None = None
    names: Literal["interface"] | None = None
    words: dict[int, str] = {}
    hidden: bool = False
    """Only its row, or the name in it, is of use."""


class When(_Model):
    """Another kind of event when a field has this value."""

    field: Word
    is_: Annotated[str, Field(alias="is")]
    kind: Word
    severity: EventLevel
    text: str


class Known(_Model):
    """A notification: what kind of event it is, and what is polled at once."""

    oid: Dotted
    kind: Word
    severity: EventLevel
    text: str
    subject: Word | None = None
    poll: tuple[Word, ...] = ()
    when: tuple[When, ...] = ()


class _File(_Model):
    objects: dict[str, Thing] = {}
    notifications: tuple[Known, ...] = ()


@dataclass(frozen=True, slots=True)
class Dictionary:
    """Objects by column, notifications by OID; OIDs are tuples of numbers."""

    objects: Mapping[Oid, tuple[str, Thing]]
    notifications: Mapping[Oid, Known]

    def find(self, oid: Oid) -> tuple[str, Thing, Oid] | None:
        """(name, object, row) of a variable; None for one that no file names."""
        for size in range(len(oid), 6, -1):
            found = self.objects.get(oid[:size])
            if found is not None:
                return (*found, oid[size:])
        return None

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind of event that a notification can become."""
        known = self.notifications.values()
        return frozenset(item.kind for item in known) | {case.kind for item in known for case in item.when}


@lru_cache(maxsize=1)
def standard_dictionary() -> Dictionary:
    """The table that ships with Moulin."""
    return load_dictionary([files("agent.collect.traps") / "known.yaml"])


CITY_FOLDER = "traps"
"""Folder of an inventory that holds its own notifications."""


def city_dictionary(inventory: Path) -> Dictionary:
    """The standard table, and those of the inventory when it has any. Raises UsageError."""
    own = sorted((inventory / CITY_FOLDER).glob("*.yaml"))
    return (
        load_dictionary([files("agent.collect.traps") / "known.yaml", *own]) if own else standard_dictionary()
    )


def load_dictionary(sources: Sequence[Traversable | Path]) -> Dictionary:
    """Dictionary of all files; a later one replaces what an earlier one says of an OID.

    Raises UsageError: file, place, what is wrong.
    """
    objects: dict[Oid, tuple[str, Thing]] = {}
    notifications: dict[Oid, Known] = {}
    for source in sources:
        try:
            read = _File.model_validate(yaml.safe_load(source.read_text(encoding="utf-8")) or {})
        except OSError as exc:
            raise UsageError(f"{source}: cannot be read ({exc.strerror}). check the path") from exc
        except (yaml.YAMLError, UnicodeDecodeError) as exc:
            raise UsageError(f"{source.name}: not YAML ({' '.join(str(exc).split())}). correct it") from exc
        except ValidationError as exc:
            first = exc.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise UsageError(f"{source.name}: {place}: {first['msg']}. correct it") from exc
        objects |= {numbers_of(thing.oid): (name, thing) for name, thing in read.objects.items()}
        notifications |= {numbers_of(item.oid): item for item in read.notifications}
    return Dictionary(objects, notifications)


def numbers_of(dotted: str) -> Oid:
    """Numbers of a dotted OID.

    >>> numbers_of("1.3.6.1")
    (1, 3, 6, 1)
    """
    return tuple(int(part) for part in dotted.split("."))
