"""The alerts: what people must know, from what the city meant. A port that nobody meant wakes nobody."""

from __future__ import annotations

from agent.noc.alerts.appliances import APPLIANCES
from agent.noc.alerts.collector import COLLECTOR
from agent.noc.alerts.hardware import HARDWARE
from agent.noc.alerts.impact import CONSEQUENCES, STREETS
from agent.noc.alerts.links import LINKS
from agent.noc.alerts.pairs import PAIRS
from agent.noc.alerts.quality import QUALITY
from agent.noc.alerts.routing import ROUTING
from agent.noc.alerts.services import SERVICES
from agent.noc.alerts.switches import SWITCHES
from agent.noc.alerts.watcher import WATCHER
from agent.noc.objectives import BURNS
from agent.noc.rule import Alert

GROUPS: tuple[tuple[str, tuple[Alert, ...]], ...] = (
    ("services", (*SERVICES, *STREETS)),
    ("links", LINKS),
    ("routing", ROUTING),
    ("pairs", PAIRS),
    ("switches", SWITCHES),
    ("hardware", HARDWARE),
    ("consequences", CONSEQUENCES),
    ("promises", BURNS),
    ("quality", QUALITY),
    ("appliances", APPLIANCES),
    ("watcher", WATCHER),
    ("collector", COLLECTOR),
)
ALERTS: tuple[Alert, ...] = tuple(alert for _, alerts in GROUPS for alert in alerts)
