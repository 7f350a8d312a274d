"""``moulin check [DIR]``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.cli.exits import Exit
from agent.cli.output import out, print_error, print_json, print_table
from agent.flows.check import CheckReport, check_inventory
from agent.records import Severity
from agent.settings import Settings


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("check")(check)


def check(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="Inventory folder.")] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON.")] = False,
) -> None:
    """Validate the inventory: every mistake with file and line, all in one run."""
    report = check_inventory(folder or Settings().inventory)
    if as_json:
        print_json(_as_data(report))
    else:
        _show(report)
    if not report.sound:
        raise typer.Exit(Exit.USAGE)


def _show(report: CheckReport) -> None:
    for finding in report.findings:
        mark = "" if finding.severity is Severity.ERROR else f"{finding.severity}: "
        print_error(f"{mark}{finding}")
    if report.sound:
        print_table(("", ""), report.summary, title=f"{report.city}: the inventory is sound")
    else:
        count = sum(finding.severity is Severity.ERROR for finding in report.findings)
        out.print(f"{count} mistake{'' if count == 1 else 's'}")


def _as_data(report: CheckReport) -> dict[str, object]:
    return {
        "ok": report.sound,
        "city": report.city,
        "findings": [
            {
                "file": finding.place.file,
                "line": finding.place.line,
                "severity": finding.severity.value,
                "problem": finding.problem,
                "hint": finding.hint,
            }
            for finding in report.findings
        ],
        "summary": dict(report.summary),
    }
