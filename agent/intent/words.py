"""Words for people, made fit for a switch: descriptions, locations, names of lists."""

from __future__ import annotations

import unicodedata

_LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "’": "'", "–": "-", "—": "-"}
)
DESCRIPTION_LIMIT = 80
"""Longest description that every release takes."""


def plain(text: str) -> str:
    """ASCII form of a text, for the switch takes nothing else, cut to what a description holds.

    >>> plain("Hôtel de Ville, 1 rue de l’Œuvre")
    "Hotel de Ville, 1 rue de l'OEuvre"
    """
    split = unicodedata.normalize("NFKD", text.translate(_LIGATURES))
    return split.encode("ascii", "ignore").decode()[:DESCRIPTION_LIMIT].strip()


def list_name(*parts: str) -> str:
    """Name of an ACL, prefix list or route map.

    >>> list_name("from", "alize")
    'FROM-ALIZE'
    """
    return "-".join(parts).upper()
