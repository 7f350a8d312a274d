"""Where things of the city are written, for findings of the cross-checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from agent.intent.document import Document
from agent.records import Place


@dataclass(frozen=True, slots=True)
class Places:
    """The documents of one run by file name."""

    documents: Mapping[str, Document]

    def __call__(self, file: str, *path: str | int) -> Place:
        """Line of the path in the file; the file as a whole when it was not read.

        >>> str(Places({})("sites.yaml", "sites"))
        'sites.yaml'
        """
        document = self.documents.get(file)
        return document.place(*path) if document else Place(file)
