"""What a client wants: media types and encodings with their weights (RFC 9110, 12.4 and 12.5)."""

from __future__ import annotations

from collections.abc import Iterator

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"

_VERSIONS = {
    "application/openmetrics-text": (OPENMETRICS, {"", "1.0.0", "0.0.1"}),
    "text/plain": (TEXT, {"", "0.0.4"}),
    "text/*": (TEXT, {""}),
    "*/*": (TEXT, {""}),
}


def choose_format(accept: str) -> str:
    """Content type to answer with: the heaviest that we write, OpenMetrics only when it is named.

    >>> choose_format("application/openmetrics-text;version=1.0.0,text/plain;q=0.5") == OPENMETRICS
    True
    >>> choose_format("application/openmetrics-text;q=0.2, text/plain;version=0.0.4") == TEXT
    True
    >>> choose_format("application/openmetrics-text;q=0") == choose_format("") == TEXT
    True
    """
    weights = {OPENMETRICS: 0.0, TEXT: 0.0}
    for name, parameters in _read_ranges(accept):
        kind, versions = _VERSIONS.get(name, ("", set()))
        if kind and parameters.get("version", "") in versions:
            weights[kind] = max(weights[kind], _weight(parameters))
    return OPENMETRICS if weights[OPENMETRICS] > 0 and weights[OPENMETRICS] >= weights[TEXT] else TEXT


def accepts_gzip(header: str) -> bool:
    """Whether an Accept-Encoding takes gzip.

    >>> accepts_gzip("gzip, deflate"), accepts_gzip("gzip;q=0, *"), accepts_gzip("*;q=0.5"), accepts_gzip("")
    (True, False, True, False)
    """
    weights = {name: _weight(parameters) for name, parameters in _read_ranges(header)}
    return weights.get("gzip", weights.get("x-gzip", weights.get("*", 0.0))) > 0


def _read_ranges(header: str) -> Iterator[tuple[str, dict[str, str]]]:
    """(name, parameters) of each entry of a header, in lower case."""
    for part in header.lower().split(","):
        name, *rest = (word.strip() for word in part.split(";"))
        pairs = (word.partition("=") for word in rest)
        if name:
            yield name, {key.strip(): value.strip().strip('"') for key, _, value in pairs}


def _weight(parameters: dict[str, str]) -> float:
    try:
        return min(1.0, max(0.0, float(parameters.get("q", "1"))))
    except ValueError:
        return 0.0
