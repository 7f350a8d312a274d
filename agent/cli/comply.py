"""``moulin comply``: does what is meant, and what runs, keep the city's rules?"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import agent
from agent.check.comply import Breach
from agent.check.rule import Rule
from agent.check.tell import compliance_as_data, compliance_junit, compliance_page, compliance_sarif
from agent.cli.changing import show_errors, worst
from agent.cli.exits import Exit
from agent.cli.options import AsJson, Inventory, Limit, settings_of
from agent.cli.output import out, print_error, print_json, print_table
from agent.cli.progress import watch_fleet
from agent.flows.comply import Complied, Question, comply, policy_of
from agent.flows.fleet import open_fleet
from agent.intent.load import load_city
from agent.settings import load_secrets
from agent.store.files import write_text

Running = Annotated[bool, typer.Option("--running", help="Also read the switches and judge what runs.")]
Rules = Annotated[str, typer.Option("--rule", metavar="GLOB", help="Only these rules; globs, by commas.")]
List = Annotated[bool, typer.Option("--list", help="List the rules and end.")]
Html = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write one HTML page.")]
Sarif = Annotated[Path | None, typer.Option("--sarif", metavar="FILE", help="Write SARIF, for code hosts.")]
Junit = Annotated[Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML, for CI.")]

_SHOWN = 8
"""Breaches of one rule that are listed before the rest is counted."""


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("comply")(comply_verb)


def comply_verb(  # noqa: PLR0913 - the options of the verb
    *,
    running: Running = False,
    limit: Limit = "*",
    rule: Rules = "*",
    list_rules: List = False,
    inventory: Inventory = None,
    html: Html = None,
    sarif: Sarif = None,
    junit: Junit = None,
    as_json: AsJson = False,
) -> None:
    """Judge the wanted configurations by the rules. Exit 4 when one is broken and nobody answers for it."""
    settings = settings_of(inventory)
    city = load_city(settings.inventory)
    now = datetime.now(UTC)
    question = Question(limit, rule, now.date())
    if list_rules:
        _list(policy_of(city, question).rules, as_json=as_json)
        return
    fleet = open_fleet(settings, load_secrets(settings.secrets), limit) if running else None
    with watch_fleet("reading", len(fleet.inventory.hosts) if fleet else 0) as progress:
        complied = comply(settings, city, question, fleet, progress)
    report, errors = complied.compliance, {name: str(error) for name, error in complied.errors.items()}
    if html is not None:
        write_text(html, compliance_page(report, f"Compliance of {city.about.name}", now, errors))
    if sarif is not None:
        write_text(sarif, json.dumps(compliance_sarif(report, agent.__version__), indent=1) + "\n")
    if junit is not None:
        write_text(junit, compliance_junit(report))
    if as_json:
        print_json(compliance_as_data(report) | {"errors": errors})
    else:
        _show(complied)
    if complied.errors:
        raise typer.Exit(worst(complied.errors))
    if not report.fine:
        raise typer.Exit(Exit.FAILED)


def _list(rules: Mapping[str, Rule], *, as_json: bool) -> None:
    if as_json:
        words = ("severity", "rationale", "fix")
        print_json({name: {word: getattr(rule, word) for word in words} for name, rule in rules.items()})
        return
    rows = [(name, rule.severity.value, rule.rationale) for name, rule in rules.items()]
    print_table(("rule", "severity", "why"), rows, title=f"{len(rows)} rules")


def _show(complied: Complied) -> None:
    report = complied.compliance
    for rule in report.rules:
        _show_rule(rule, [breach for breach in report.open if breach.rule == rule])
    show_errors(complied.errors)
    for item in report.lapsed:
        said = f"the exception to {item.rule} of {item.owner} ended on {item.until}"
        print_error(f"policy.yaml: {said}. mend it or renew it")
    failing = sum(breach.fails for breach in report.open)
    verdict = "complies" if report.fine else "does not comply"
    out.print(
        f"{verdict}: {len(report.rules)} rules, {len(report.switches)} switches, {failing} breaches, "
        f"{len(report.open) - failing} warnings, {len(report.excused)} excused",
        markup=False,
    )


def _show_rule(rule: Rule, breaches: list[Breach]) -> None:
    if not breaches:
        return
    print_error(f"{rule.name}: {rule.rationale}")
    for breach in breaches[:_SHOWN]:
        where = " ".join(filter(None, (breach.fault.switch, breach.source, breach.fault.section)))
        out.print(f"  {where}: {breach.fault.text}", markup=False)
    if len(breaches) > _SHOWN:
        out.print(f"  and {len(breaches) - _SHOWN} more: --rule {rule.name} --json", markup=False)
    out.print(f"  to mend: {rule.fix}", markup=False)
