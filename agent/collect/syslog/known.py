"""The table of lines: ``known.yaml``, and more of its form from the city's own files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from agent.collect.traps.known import When, Word
from agent.errors import UsageError
from agent.records import EventLevel


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as exc:
        raise ValueError(f"not a pattern: {exc}") from exc
    return pattern


Pattern = Annotated[str, Field(max_length=400), AfterValidator(_compiles)]
MessageName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*(-[A-Z0-9_*]+)+$", max_length=100)]


class KnownLine(BaseModel):
    """A message: what kind of event it is, and what is polled at once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    message: MessageName
    find: Pattern = ""
    kind: Word
    severity: EventLevel
    text: str
    subject: Word | None = None
    poll: tuple[Word, ...] = ()
    when: tuple[When, ...] = ()


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    messages: tuple[KnownLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the table, its pattern ready."""

    known: KnownLine
    find: re.Pattern[str] | None


@dataclass(slots=True)
class Lexicon:
    """Messages by ``FACILITY-NAME``; the longest entry with a star is asked when no name fits exactly."""

    exact: Mapping[str, Entry]
    starred: Sequence[tuple[str, Entry]]
    _found: dict[str, Entry | None] = field(default_factory=dict)

    def find(self, mnemonic: str) -> Entry | None:
        """The entry of a message; None for one that the table does not have."""
        if mnemonic in self.exact:
            return self.exact[mnemonic]
        if mnemonic not in self._found:
            if len(self._found) >= _REMEMBERED:
                self._found.clear()
            fits = (entry for pattern, entry in self.starred if fnmatchcase(mnemonic, pattern))
            self._found[mnemonic] = next(fits, None)
        return self._found[mnemonic]

    @property
    def kinds(self) -> frozenset[str]:
        """Every kind of event that a line can become."""
        known = [entry.known for entry in (*self.exact.values(), *(entry for _, entry in self.starred))]
        return frozenset(one.kind for one in known) | {case.kind for one in known for case in one.when}


_REMEMBERED = 2_000
"""Names that stars were asked for; whoever invents more of them costs time, not memory."""


@lru_cache(maxsize=1)
def standard_lexicon() -> Lexicon:
    """The table that ships with Moulin."""
    return load_lexicon([files("agent.collect.syslog") / "known.yaml"])


CITY_FOLDER = "syslog"
"""Folder of an inventory that holds its own messages."""


def city_lexicon(inventory: Path) -> Lexicon:
    """The standard table, and those of the inventory when it has any. Raises UsageError."""
    own = sorted((inventory / CITY_FOLDER).glob("*.yaml"))
    return load_lexicon([files("agent.collect.syslog") / "known.yaml", *own]) if own else standard_lexicon()


def load_lexicon(sources: Sequence[Traversable | Path]) -> Lexicon:
    """Lexicon of all files; a later one replaces what an earlier one says of a message.

    Raises UsageError: file, place, what is wrong.
    """
    known: dict[str, KnownLine] = {}
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
        known |= {line.message: line for line in read.messages}
    return make_lexicon(known.values())


def make_lexicon(lines: Iterable[KnownLine]) -> Lexicon:
    """Lexicon of entries."""
    entries = {line.message: Entry(line, re.compile(line.find) if line.find else None) for line in lines}
    starred = [(name, entry) for name, entry in entries.items() if "*" in name]
    starred.sort(key=lambda pair: -len(pair[0]))
    return Lexicon({name: entry for name, entry in entries.items() if "*" not in name}, starred)
