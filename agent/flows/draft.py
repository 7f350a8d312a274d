"""A draft of the inventory: edited and checked apart, kept only when it is sound and wanted."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from agent.errors import StoreError, UsageError
from agent.intent.city import City
from agent.intent.expand import expand_switches
from agent.records import Finding, InventoryError


@dataclass(slots=True)
class Draft:
    """``folder`` is a copy of the inventory; ``keep`` brings what changed back."""

    original: Path
    folder: Path
    changed: list[str] = field(default_factory=list)
    _before: dict[str, str | None] = field(default_factory=dict)
    """None for a file that was not there."""

    def change(self, file: str, edit: Callable[[str], str]) -> None:
        """Edit one file of the draft; raises UsageError that names it."""
        path = self.folder / file
        try:
            path.write_text(edit(path.read_text(encoding="utf-8")), encoding="utf-8")
        except OSError as exc:
            where = self.original / file
            raise UsageError(f"{where}: cannot be read ({exc.strerror}). see: moulin check") from exc
        except UsageError as exc:
            raise UsageError(f"{self.original / file}: {exc}") from exc
        if file not in self.changed:
            self.changed.append(file)

    def create(self, file: str, text: str) -> None:
        """Add a file that is not there yet; raises UsageError."""
        path = self.folder / file
        if path.exists():
            raise UsageError(f"{self.original / file}: is there already. take it back first")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        self.changed.append(file)

    def delete(self, file: str) -> None:
        """Leave a file out; raises UsageError when it is not there."""
        try:
            (self.folder / file).unlink()
        except OSError as exc:
            where = self.original / file
            raise UsageError(f"{where}: cannot be taken away ({exc.strerror}). see: moulin check") from exc
        self.changed.append(file)

    def keep(self) -> None:
        """Replace the files that were edited, each in one step; raises StoreError."""
        for file in self.changed:
            self._before[file] = _text_of(self.original / file)
            self._replace(file, _text_of(self.folder / file))

    def take_back(self) -> None:
        """Undo ``keep``; raises StoreError."""
        for file, text in self._before.items():
            self._replace(file, text)
        self._before.clear()

    def _replace(self, file: str, text: str | None) -> None:
        target = self.original / file
        fresh = target.with_name(f".{target.name}.new")
        try:
            if text is None:
                target.unlink(missing_ok=True)
                return
            fresh.write_text(text, encoding="utf-8")
            if target.exists():
                shutil.copymode(target, fresh)
            fresh.replace(target)
        except OSError as exc:
            fresh.unlink(missing_ok=True)
            raise StoreError(f"{target}: cannot be written ({exc.strerror}). free space there") from exc


def _text_of(path: Path) -> str | None:
    """None for a file that is not there."""
    return path.read_text(encoding="utf-8") if path.exists() else None


@contextmanager
def draft_inventory(root: Path) -> Iterator[Draft]:
    """A draft of the folder, gone at the end; raises UsageError when it cannot be read."""
    with tempfile.TemporaryDirectory(prefix="moulin-draft-") as scratch:
        folder = Path(scratch) / root.resolve().name
        try:
            shutil.copytree(root, folder)
        except (OSError, shutil.Error) as exc:
            raise UsageError(f"{root}: cannot be read. give the inventory: --inventory DIR") from exc
        try:
            yield Draft(root, folder)
        except InventoryError as error:
            raise InventoryError([_at_home(finding, folder, root) for finding in error.findings]) from error


def _at_home(finding: Finding, folder: Path, root: Path) -> Finding:
    """The finding as if it had been made in the inventory itself: the draft is gone when it is read."""
    file = finding.place.file.replace(str(folder), str(root), 1)
    return replace(finding, place=replace(finding.place, file=file))


def touched_switches(before: City, after: City) -> tuple[str, ...]:
    """Switches whose facts differ between two states of the city, new ones included."""
    old, new = expand_switches(before), expand_switches(after)
    return tuple(name for name, switch in new.items() if old.get(name) != switch)
