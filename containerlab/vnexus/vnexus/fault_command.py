"""``vnexus fault``: faults and time of a running lab, from a shell.

vnexus fault --control 127.0.0.1:8070 list
vnexus fault --control 127.0.0.1:8070 add link-cut node=core-1 port=Ethernet3/1 for_seconds=30
vnexus fault --control 127.0.0.1:8070 remove 1
vnexus fault --control 127.0.0.1:8070 advance 3600
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from vnexus import control_client
from vnexus.control_client import ControlError

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - the only name it has


def register(commands: Commands, control: Callable[[str], str]) -> None:
    """Add the verb; ``control`` checks ADDRESS:PORT."""
    fault = commands.add_parser("fault", help="faults and time of a running lab")
    fault.add_argument("--control", metavar="ADDRESS:PORT", type=control, required=True)
    verbs = fault.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="active faults, one JSON object a line")
    verbs.add_parser("kinds", help="what can be added, with arguments")
    add = verbs.add_parser("add", help="activate a fault; prints its number")
    add.add_argument("kind")
    add.add_argument("arguments", nargs="*", metavar="NAME=VALUE")
    remove = verbs.add_parser("remove", help="end a fault")
    remove.add_argument("number")
    advance = verbs.add_parser("advance", help="push world time ahead; prints it")
    advance.add_argument("seconds", type=float)


def run(arguments: argparse.Namespace) -> list[str]:
    """Do what was asked; lines to print. Raises ControlError."""
    control: str = arguments.control
    match arguments.verb:
        case "list":
            return [json.dumps(fault) for fault in control_client.list_faults(control)]
        case "kinds":
            kinds = control_client.call(control, "GET", "/faults")["kinds"]
            return [f"{name} {json.dumps(details)}" for name, details in kinds.items()]
        case "add":
            return [control_client.add_fault(control, arguments.kind, _pairs(arguments.arguments)) or "done"]
        case "remove":
            control_client.remove_fault(control, arguments.number)
            return []
        case _:
            return [str(control_client.advance(control, arguments.seconds))]


def _pairs(words: list[str]) -> dict[str, object]:
    pairs: dict[str, object] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise ControlError(f"{word!r} is not an argument: write NAME=VALUE, as node=core-1")
        pairs[name] = value
    return pairs
