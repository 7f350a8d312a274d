"""Data to models: what pydantic says, told as findings with line, did-you-mean and hint.

A mistake costs only the record in which it stands: that record is left out and the rest is still checked.
"""

from __future__ import annotations

import types
from dataclasses import dataclass, field
from datetime import datetime
from difflib import get_close_matches
from ipaddress import IPv4Network
from typing import Annotated, Any, Generic, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError
from pydantic_core import ErrorDetails

from agent.intent.document import Document, Path_
from agent.records import Finding, Place

ModelT = TypeVar("ModelT", bound=BaseModel)

HINTS = {
    "int_parsing": "write a whole number",
    "int_type": "write a whole number",
    "float_parsing": "write a number",
    "string_type": "write text; put it in quotes if YAML reads it as a number",
    "bool_parsing": "write true or false",
    "timezone_aware": "add the time zone: 2027-03-14T06:00:00+01:00",
}
SECRET_WORDS = frozenset({"password", "passwd", "enable", "token", "community_string"})


@dataclass(slots=True)
class Outcome(Generic[ModelT]):
    """What came of a document."""

    model: ModelT | None = None
    findings: list[Finding] = field(default_factory=list)
    pruned: set[Path_] = field(default_factory=set)
    """Paths that were left out."""
    lost: set[str] = field(default_factory=set)
    """Names on the paths of records that were left out; unknown keys are not records."""


def validate(document: Document, model: type[ModelT]) -> Outcome[ModelT]:
    """The document as a model, without the records that have mistakes; no model when too little is left."""
    outcome: Outcome[ModelT] = Outcome()
    told: set[tuple[Path_, str]] = set()
    for _ in range(10):  # leaving a record out can only uncover mistakes above it: few rounds are enough
        try:
            outcome.model = model.model_validate(document.data)
        except ValidationError as exc:
            errors = exc.errors(include_url=False)
        else:
            break
        prune: set[Path_] = set()
        for error in errors:
            path = tuple(error["loc"])
            if (path, error["type"]) not in told and path not in outcome.pruned:
                told.add((path, error["type"]))
                outcome.findings.append(_finding(document, model, error))
            prune.add(_victim(path, error["type"]))
            if error["type"] != "extra_forbidden":
                outcome.lost |= {part for part in _victim(path, error["type"]) if isinstance(part, str)}
        if () in prune:
            break
        for path in sorted(prune, key=_last_first, reverse=True):
            document.drop(path)
        outcome.pruned |= prune
    return outcome


def _victim(path: Path_, kind: str) -> Path_:
    """What is left out: an unknown key alone, else the record around the mistake."""
    return path if kind in {"extra_forbidden", "model_type", "dict_type"} else path[:-1]


def _last_first(path: Path_) -> tuple[int, str]:
    return len(path), "\0".join(f"{part:08}" if isinstance(part, int) else part for part in path)


def _finding(document: Document, model: type[BaseModel], error: ErrorDetails) -> Finding:
    path = tuple(error["loc"])
    place = document.place(*path)
    kind, key = error["type"], str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        return _unknown_key(place, key, _keys_at(model, path[:-1]))
    if kind == "missing":
        return Finding(document.place(*path[:-1]), f"key {key!r} is missing", f"add '{key}: …'")
    if path[-1:] == ("[key]",):
        return Finding(document.place(*path[:-1]), f"{path[-2]!r} is not a good name", _ending(error))
    if kind == "model_type" or kind.endswith("dict_type"):
        return Finding(place, f"{key or document.file} is not a mapping", "write 'key: value' lines below it")
    if kind == "value_error":
        reason = str(error.get("ctx", {}).get("error", error["msg"]))
        shown = f"{key}: {error['input']!r}: " if not isinstance(error["input"], dict) else ""
        return Finding(place, f"{shown}{reason}", "correct this line")
    shown = str(error["input"]) if isinstance(error["input"], datetime) else repr(error["input"])
    shown = shown if len(shown) <= 60 else f"{shown[:57]}…"
    hint = _prefix_hint(error["input"]) if kind == "ip_v4_network" else HINTS.get(kind, "correct it")
    return Finding(place, f"{_subject(path)} {shown} is wrong: {_ending(error)}", hint)


def _prefix_hint(value: Any) -> str:
    """What was probably meant by a prefix with host bits.

    >>> _prefix_hint("10.20.1.7/24")
    "did you mean '10.20.1.0/24'?"
    """
    try:
        return f"did you mean {str(IPv4Network(value, strict=False))!r}?"
    except ValueError:
        return "write an IPv4 prefix: 10.20.1.0/24"


def _subject(path: Path_) -> str:
    names = [str(part) for part in path if not isinstance(part, int)]
    return names[-1] if names else "value"


def _ending(error: ErrorDetails) -> str:
    text = error["msg"]
    return text[0].lower() + text[1:]


def _unknown_key(place: Place, key: str, known: list[str]) -> Finding:
    if key in SECRET_WORDS:
        return Finding(place, f"unknown key {key!r}", "secrets are given by name: see MOULIN_SECRET_<NAME>")
    near = get_close_matches(key, known, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"known keys: {', '.join(known)}"
    return Finding(place, f"unknown key {key!r}", hint)


def _keys_at(model: type[BaseModel], path: Path_) -> list[str]:
    """Field names of the model that stands at the path."""
    here: Any = model
    for part in path:
        here = _below(here, part)
    here = _plain(here)
    if isinstance(here, type) and issubclass(here, BaseModel):
        return list(here.model_fields)
    return []


def _below(annotation: Any, part: str | int) -> Any:
    here = _plain(annotation)
    if isinstance(here, type) and issubclass(here, BaseModel):
        return here.model_fields[str(part)].annotation if part in here.model_fields else None
    arguments = [item for item in get_args(here) if item is not Ellipsis]
    return arguments[-1] if arguments else None


def _plain(annotation: Any) -> Any:
    """The annotation without Annotated, Optional and RootModel around it."""
    while True:
        origin = get_origin(annotation)
        if origin is Annotated:
            annotation = get_args(annotation)[0]
        elif origin in (Union, types.UnionType):
            annotation = next(item for item in get_args(annotation) if item is not type(None))
        elif isinstance(annotation, type) and issubclass(annotation, RootModel):
            annotation = annotation.model_fields["root"].annotation
        else:
            return annotation
