"""What of the inventory could not be used, so that one mistake does not set off accusations elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace

from agent.intent.document import Path_


@dataclass(frozen=True, slots=True)
class Damage:
    """Records and keys that were left out because of a mistake of their own."""

    lost: frozenset[str] = frozenset()
    """Names of what was left out: what points at them is not accused."""
    pruned: frozenset[tuple[str, Path_]] = frozenset()
    """(file, path) of every part that was left out."""
    muddled: frozenset[str] = frozenset()
    """Files of which nothing can be said to be missing."""

    def touched(self, file: str, *path: str) -> bool:
        """Whether anything at, above or below the path was left out: then nothing is missing there.

        >>> damage = Damage(pruned=frozenset({("links.yaml", ("trunks", "hall", "links", 0))}))
        >>> damage.touched("links.yaml", "trunks", "hall"), damage.touched("links.yaml", "trunks", "port")
        (True, False)
        """
        if file in self.muddled:
            return True
        parts = [part for where, part in self.pruned if where == file]
        return any(part[: len(path)] == path or path[: len(part)] == part for part in parts)

    def muddle(self, files: frozenset[str]) -> Damage:
        """The same, with more files of which nothing can be said to be missing."""
        return replace(self, muddled=self.muddled | files)
