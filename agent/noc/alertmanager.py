"""``alertmanager.yml``: by severity and service to the team that answers, as a ticket and as a letter."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from agent.intent.expectation import Expectations, ExpectedTeam
from agent.intent.promise import Mail

HOOK_PATH = "/api/alerts"
"""Where ``moulin watch`` takes notices."""
ALERTS_IN_NOTICE = 200
"""Most alerts in one notice; the others are counted."""
TICKETS = "tickets"
"""The receiver of what belongs to no team."""
GROUP_BY = ["alertname", "site", "service"]
"""One ticket per kind of trouble, site and service: these labels are the ticket's identity."""
TIMES: dict[str, dict[str, str]] = {
    "page": {"group_wait": "10s", "group_interval": "1m", "repeat_interval": "1h"},
    "ticket": {"group_wait": "1m", "group_interval": "5m", "repeat_interval": "12h"},
    "note": {"group_wait": "5m", "group_interval": "15m", "repeat_interval": "24h"},
}
"""How long Alertmanager collects before it speaks, speaks of news, and speaks again."""
UNREACHABLE = "SwitchUnreachable|SwitchBehindDeadUplink"


@dataclass(frozen=True, slots=True)
class Hook:
    """The webhook of ``moulin watch``."""

    url: str
    token_file: str = ""
    """File with its token, where Alertmanager runs; empty where nobody is asked."""


def build_alertmanager(expected: Expectations, hook: Hook) -> dict[str, Any]:
    """The file as plain data. No secret stands in it, only names of files that hold one."""
    services: defaultdict[str, list[str]] = defaultdict(list)
    for service in expected.services:
        services[service.owner].append(service.service)
    teams = {team.team: team for team in expected.teams}
    receivers = [_receiver(TICKETS, hook, None)]
    receivers += [_receiver(owner, hook, teams.get(owner) if expected.mail else None) for owner in services]
    return {
        "global": {"resolve_timeout": "5m", **(_mail(expected.mail) if expected.mail else {})},
        "route": {
            "receiver": TICKETS,
            "group_by": GROUP_BY,
            **TIMES["ticket"],
            "routes": [
                {
                    "matchers": [f'severity="{severity}"'],
                    **times,
                    # a note wakes nobody and writes no letter
                    "routes": [] if severity == "note" else [_route(*item) for item in services.items()],
                }
                for severity, times in TIMES.items()
            ],
        },
        "inhibit_rules": _inhibit_rules(),
        "receivers": receivers,
    }


def _route(owner: str, services: list[str]) -> dict[str, Any]:
    return {"matchers": [f'service=~"{"|".join(services)}"'], "receiver": owner}


def _receiver(name: str, hook: Hook, team: ExpectedTeam | None) -> dict[str, Any]:
    webhook: dict[str, Any] = {"url": hook.url, "send_resolved": True, "max_alerts": ALERTS_IN_NOTICE}
    if hook.token_file:
        webhook["http_config"] = {"authorization": {"type": "Bearer", "credentials_file": hook.token_file}}
    receiver: dict[str, Any] = {"name": name, "webhook_configs": [webhook]}
    if team is not None and team.email:
        receiver["email_configs"] = [{"to": team.email, "send_resolved": True}]
    return receiver


def _mail(mail: Mail) -> dict[str, Any]:
    said: dict[str, Any] = {
        "smtp_smarthost": mail.server,
        "smtp_from": mail.sender,
        "smtp_require_tls": mail.require_tls,
    }
    if mail.user is not None:
        said["smtp_auth_username"] = mail.user
    if mail.password_file is not None:
        said["smtp_auth_password_file"] = mail.password_file
    return said


def _inhibit_rules() -> list[dict[str, Any]]:
    """What is only a consequence of what people know already."""
    return [
        {  # a switch that is out of reach says nothing true of its ports
            "source_matchers": [f'alertname=~"{UNREACHABLE}"'],
            "target_matchers": [f'alertname!~"{UNREACHABLE}"', 'device!=""'],
            "equal": ["device"],
        },
        {  # the street is dark: its cameras one by one are no news
            "source_matchers": ['alertname="CamerasDark"'],
            "target_matchers": ['alertname="CameraDark"'],
            "equal": ["site", "street"],
        },
        {  # nothing is known of the city
            "source_matchers": ['alertname="MoulinSilent"'],
            "target_matchers": ['alertname!="MoulinSilent"'],
            "equal": [],
        },
        {
            "source_matchers": ['alertname="BudgetBurnsFast"'],
            "target_matchers": ['alertname=~"BudgetBurns|BudgetErodes|BudgetAtRisk"'],
            "equal": ["service"],
        },
        {
            "source_matchers": ['alertname="BudgetBurns"'],
            "target_matchers": ['alertname=~"BudgetErodes|BudgetAtRisk"'],
            "equal": ["service"],
        },
    ]
