"""What the verbs that only read switches have in common: a table or JSON, and the exit code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import typer

from agent.cli.changing import show_errors, worst
from agent.cli.exits import Exit
from agent.cli.output import print_json
from agent.flows.fleet import Harvest

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class View(Generic[T]):
    """How one verb tells what it found."""

    data: Callable[[T], dict[str, Any]]
    show: Callable[[Mapping[str, T]], None]
    fine: Callable[[T], bool]
    code: Exit
    """Exit code when one switch is not fine."""


def tell_found(harvest: Harvest[T], view: View[T], *, as_json: bool) -> None:
    """Show what was found by switch, then what failed; leave with the code for the worst of it."""
    found = dict(sorted(harvest.values.items()))
    if as_json:
        print_json(
            {
                "switches": {name: view.data(value) for name, value in found.items()},
                "errors": {name: str(error) for name, error in sorted(harvest.errors.items())},
            }
        )
    else:
        view.show(found)
        show_errors(harvest.errors)
    if harvest.errors:
        raise typer.Exit(worst(harvest.errors))
    if not all(view.fine(value) for value in found.values()):
        raise typer.Exit(view.code)
