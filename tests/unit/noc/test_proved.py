"""What is proved end to end is more than a promise: enough of it, by faults that the lab really has."""

from __future__ import annotations

from agent.noc.alerts import ALERTS
from agent.noc.proved import PROVED
from agent.noc.table import write_alerts

BY_NAME = {alert.name: alert for alert in ALERTS}


def test_at_least_25_alerts_are_proved_end_to_end_by_faults_of_the_lab() -> None:
    assert len(PROVED) >= 25
    assert BY_NAME.keys() >= PROVED
    assert {BY_NAME[name].fault.way for name in PROVED} <= {"fault", "configure"}


def test_the_page_marks_exactly_these() -> None:
    lines = [line for line in write_alerts().splitlines() if line.startswith("| [")]
    marked = {line.split("[")[1].split("]")[0] for line in lines if line.endswith("| yes |")}
    assert marked == PROVED
