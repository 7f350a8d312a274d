"""``docs/alerts.md``: every alert with what raises it, written from the table of alerts."""

from __future__ import annotations

from collections.abc import Iterator

from agent.noc.alerts import GROUPS
from agent.noc.fault import tell
from agent.noc.proved import PROVED
from agent.noc.rule import Alert, duration

_HEAD = """# Alerts

Generated from `agent/noc/alerts/`; do not edit. `MOULIN_REWRITE_GOLDEN=1 pytest tests/golden/docs`
rewrites it.

An alert with a gate exists only in a city whose intent promises such a thing; [noc](noc.md) says what
severities mean. The last column but one is the fault of the virtual Nexus
([vnexus](../containerlab/vnexus/README.md)) that raises the alert in the embedded city; `{device}` and
`{interface}` are any place of that kind. Every alert has series that raise it and series that do not in
`agent/noc/cases/`: `promtool test rules` plays them. *Raised* are those that
`tests/sim/test_alerts_end_to_end.py` raises for real: fault, poll, Prometheus, Alertmanager, ticket, and
back.
"""


def write_alerts() -> str:
    """The page as Markdown."""
    chapters = (
        f"## {name.replace('-', ' ').capitalize()}\n\n" + "\n".join(_table(alerts)) + "\n"
        for name, alerts in GROUPS
    )
    return "\n".join((_HEAD, *chapters))


def _table(alerts: tuple[Alert, ...]) -> Iterator[str]:
    yield "| alert | severity | for | says | gate | what raises it in the lab | raised |"
    yield "|---|---|---|---|---|---|---|"
    for alert in alerts:
        cells = (
            f"[{alert.name}](runbooks/{alert.name}.md)",
            alert.severity,
            duration(alert.after_seconds),
            alert.summary,
            alert.needs or "",
            tell(alert.fault),
            "yes" if alert.name in PROVED else "",
        )
        yield "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
