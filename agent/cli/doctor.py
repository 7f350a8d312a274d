"""``moulin doctor``: what is wrong between here and one device, in order, and what to type next."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer
from rich.text import Text

from agent.cli.exits import Exit
from agent.cli.options import AsJson, Inventory, read_settings
from agent.cli.output import out, print_json
from agent.cli.snmp import Host, SecretEnv, SecretName, given_secret
from agent.collect.doctor.signs import Step, Verdict
from agent.collect.tables.load import city_tables
from agent.flows.contact import find_contact
from agent.flows.doctor import examine

Seconds = Annotated[
    float, typer.Option("--timeout", min=1.0, metavar="SECONDS", help="What one whole poll may take.")
]
_STYLES = {Verdict.OK: "green", Verdict.WARN: "yellow", Verdict.FAIL: "red", Verdict.SKIP: "dim"}


def register(app: typer.Typer) -> None:
    """Add the verb to the application."""
    app.command("doctor")(doctor)


def doctor(  # noqa: PLR0913 - the options of the verb
    host: Host,
    *,
    secret: SecretName = None,
    secret_env: SecretEnv = None,
    timeout: Seconds = 20.0,
    inventory: Inventory = None,
    as_json: AsJson = False,
) -> None:
    """Find out why a device is not seen: path, SNMP, view, loss, tables, clock, login. Exit 4 on a fault."""
    settings, secrets = read_settings(inventory)
    contact = find_contact(settings, secrets, host, given_secret(secrets, secret, secret_env))
    steps = examine(settings, secrets, contact, city_tables(settings.inventory), timeout)
    if as_json:
        print_json({"host": contact.name, "steps": [asdict(step) for step in steps]})
    else:
        _show(steps)
    if any(step.verdict is Verdict.FAIL for step in steps):
        raise typer.Exit(Exit.FAILED)


def _show(steps: tuple[Step, ...]) -> None:
    wide = max(len(step.name) for step in steps)
    for step in steps:
        line = Text(f"{step.verdict:<4}", style=_STYLES[step.verdict])
        out.print(line.append(f"  {step.name:<{wide}}  {step.found}", style="default"))
        if step.next:
            out.print(Text(f"{'':<{wide + 6}}  next: {step.next}"))
