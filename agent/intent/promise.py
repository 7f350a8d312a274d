"""Who answers for a service, and what was promised for it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from agent.intent.record import Name, Record, Words

FALLBACK_OWNER = "noc"
"""Who answers for a service that names nobody."""

MailAddress = Annotated[str, Field(pattern=r"^[^@\s\"]+@[A-Za-z0-9.-]+$", description="an e-mail address")]


class Objective(Record):
    """What was promised."""

    availability_percent: Annotated[float, Field(gt=0, lt=100)]
    window_days: Annotated[int, Field(ge=1, le=366)] = 30


class Team(Record):
    """People who answer for services."""

    title: Words
    email: MailAddress | None = None
    """Where Alertmanager writes to, when ``alerting`` has a mail server."""


class Mail(Record):
    """The mail server that Alertmanager hands its letters to."""

    server: Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+:\d+$", description="host:port")]
    sender: MailAddress
    user: Words | None = None
    password_file: Annotated[str, Field(pattern=r"^[^\s\"]+$")] | None = None
    """Path, where Alertmanager runs, of a file with nothing but the password."""
    require_tls: bool = True


class Alerting(Record):
    """How alerts reach people."""

    mail: Mail | None = None


class Promise(Record):
    """A service that hangs on no kind of endpoint: cables between switches, the uplinks to the world."""

    owner: Name
    objective: Objective | None = None
