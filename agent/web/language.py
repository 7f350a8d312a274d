"""The language of a page: chosen by the reader, else by the browser, else English."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml

LANGUAGES = ("en", "fr")


@cache
def words_of(language: str) -> Mapping[str, str]:
    """Every word of the pages in a language of ``LANGUAGES``, by key."""
    file = resources.files("agent.web") / "words" / f"{language}.yaml"
    return dict(yaml.safe_load(file.read_text(encoding="utf-8")))


def choose_language(asked: str | None, kept: str | None, accepted: str) -> str:
    """The language that was asked for, that was kept in a cookie, or that the browser likes best (RFC 9110).

    >>> choose_language(None, None, "de;q=0.9, fr-CH;q=0.8, en;q=0.5")
    'fr'
    >>> choose_language("en", "fr", "fr"), choose_language("xx", None, "")
    ('en', 'en')
    """
    for word in (asked, kept):
        if word in LANGUAGES:
            return word
    likes: list[tuple[float, str]] = []
    for part in accepted.split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            likes.append((-float(weight or 1), name[:2].lower()))
        except ValueError:
            continue
    for _, name in sorted(likes, key=lambda like: like[0]):
        if name in LANGUAGES:
            return name
    return LANGUAGES[0]


def tell_age(seconds: float) -> str:
    """An age that people read at a glance; the same letters in both languages.

    >>> tell_age(42), tell_age(150), tell_age(7_300), tell_age(200_000)
    ('42 s', '2 min', '2 h', '2 d')
    """
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds)} s"
