"""Options that verbs share, and what they make of the settings."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from agent.apply.policy import OnFailure
from agent.settings import Secrets, Settings, load_secrets

Limit = Annotated[
    str,
    typer.Option("--limit", "-l", metavar="GLOB", help="Only these switches; globs, separated by commas."),
]
Inventory = Annotated[
    Path | None,
    typer.Option("--inventory", "-i", metavar="DIR", help="Inventory folder; else MOULIN_INVENTORY."),
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only",
        metavar="GLOB",
        help="Only top-level lines that match, such as 'interface Ethernet1/7'; may be given again.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")]
Reason = Annotated[str, typer.Option("--reason", "-r", metavar="TEXT", help="Why; for the journal.")]
BreakGlass = Annotated[
    str,
    typer.Option(
        "--break-glass",
        metavar="REASON",
        help="Change in spite of freeze, window or missing approval; written down.",
    ),
]
OnFail = Annotated[
    OnFailure | None,
    typer.Option("--on-failure", help="What follows when a switch fails or health is lost; else the policy."),
]
NoHealth = Annotated[
    bool,
    typer.Option("--no-health", help="Do not judge the health of the network: in an emergency."),
]
Ticket = Annotated[str, typer.Option("--ticket", metavar="ID", help="Ticket of the change, for the journal.")]


def read_settings(inventory: Path | None) -> tuple[Settings, Secrets]:
    """Settings of the environment with the options of the verb, and the secrets; raises UsageError."""
    settings = settings_of(inventory)
    return settings, load_secrets(settings.secrets)


def settings_of(inventory: Path | None) -> Settings:
    """Settings of the environment with the options of the verb, for verbs that need no secrets."""
    return Settings() if inventory is None else Settings(inventory=inventory)
