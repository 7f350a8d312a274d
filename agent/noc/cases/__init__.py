"""One table that proves the alerts: for each, series that make it fire and series that do not."""

from __future__ import annotations

from agent.noc.cases.appliances import APPLIANCES
from agent.noc.cases.case import WORDS, Case, Series
from agent.noc.cases.collector import COLLECTOR
from agent.noc.cases.hardware import HARDWARE
from agent.noc.cases.impact import IMPACT
from agent.noc.cases.links import LINKS
from agent.noc.cases.objectives import OBJECTIVES
from agent.noc.cases.pairs import PAIRS
from agent.noc.cases.quality import QUALITY
from agent.noc.cases.routing import ROUTING
from agent.noc.cases.services import SERVICES
from agent.noc.cases.switches import SWITCHES
from agent.noc.cases.watcher import WATCHER

__all__ = ["CASES", "WORDS", "Case", "Series"]

CASES: tuple[Case, ...] = (
    *SERVICES,
    *LINKS,
    *ROUTING,
    *PAIRS,
    *SWITCHES,
    *HARDWARE,
    *IMPACT,
    *OBJECTIVES,
    *QUALITY,
    *APPLIANCES,
    *IMPACT,
    *OBJECTIVES,
    *WATCHER,
    *COLLECTOR,
)
