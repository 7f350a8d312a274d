"""What a path means on a switch at this moment, as updates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grpclib.const import Status
from grpclib.exceptions import GRPCError

from vnexus.node import Node as Switch
from vnexus.telemetry.gnmi.messages import GNMI, encoding
from vnexus.telemetry.gnmi.paths import write_path
from vnexus.telemetry.gnmi.values import blob, scalar
from vnexus.telemetry.openconfig.catalogue import known
from vnexus.telemetry.openconfig.models import openconfig
from vnexus.telemetry.schema import Message
from vnexus.telemetry.tree import Leaf, Path, find, leaves, show

JSON, PROTO = encoding("JSON"), encoding("PROTO")
Values = dict[Path, Leaf | bytes]
"""Leaves by their path, or subtrees in JSON by the path that was asked for."""


@dataclass(frozen=True, slots=True)
class Question:
    """A path that exists in the model, and how its values are to be written."""

    origin: str
    path: Path
    encoding: int


def ask(origin: str, path: Path, wanted: int) -> Question:
    """Raises GRPCError: INVALID_ARGUMENT for unknown origins and paths, UNIMPLEMENTED for encodings."""
    if wanted not in (JSON, PROTO):
        raise GRPCError(Status.UNIMPLEMENTED, "Requested encoding is not supported")
    if origin and not origin.startswith("openconfig"):
        raise GRPCError(Status.INVALID_ARGUMENT, f"Unsupported origin '{origin}'")
    if not known(path):
        raise GRPCError(Status.INVALID_ARGUMENT, f"Invalid path '{show(path)}'")
    return Question(origin, path, wanted)


def read(switch: Switch, question: Question) -> Values:
    """Current values; empty for a path without instances."""
    with switch.world.moment():
        found = find(openconfig(switch), question.path)
        if question.encoding == PROTO:
            return {path: leaf for start, node in found for path, leaf in leaves(node, start)}
        return {path: blob(node) for path, node in found}


def updates(values: Values, origin: str) -> Iterator[Message]:
    for path, value in values.items():
        typed = GNMI["TypedValue"](json_val=value) if isinstance(value, bytes) else scalar(value)
        yield GNMI["Update"](path=write_path(path, origin), val=typed)


def notification(at: float, values: Values, origin: str, prefix: Message | None = None) -> Message:
    """``at`` is world time. A prefix that names a target is given back."""
    made = GNMI["Notification"](timestamp=int(at * 1_000_000) * 1000)
    if prefix is not None and prefix.target:
        made.prefix.target = prefix.target
    made.update.extend(updates(values, origin))
    return made
