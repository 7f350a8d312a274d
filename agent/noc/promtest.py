"""The table of cases as a promtool unit test file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from agent.noc.cases import CASES, WORDS, Case, Series
from agent.noc.cases.case import SLOW_MINUTES
from agent.noc.context import Owners, filled_labels
from agent.noc.prometheus import AGENT_JOB, SWITCH_JOB
from agent.noc.rule import Alert, duration
from agent.noc.rules import ALL_RECORDINGS, NOBODY, RECORDING_GROUPS, RUNBOOKS, rule_of

_FILLED = re.compile(r"\{\{ \$labels\.(\w+) \}\}")
_VALUE = "{{ $value }}"
NO_IMPACT = "nothing hangs on it"
AGENT_TARGET = {"job": AGENT_JOB, "instance": "127.0.0.1:9469"}
SWITCH_TARGET = {"job": SWITCH_JOB, "instance": "x", "site": "there", "role": "any", "platform": "n9k"}
"""Labels that a scrape adds; the rules must not mind them."""
PACES = (1, SLOW_MINUTES)
SETTLE_SECONDS = 600
"""Rates need some minutes of samples before they are right."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the rules say beside the alerts' own words."""

    runbooks: str = RUNBOOKS
    owners: Owners = NOBODY


def _quote(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _series(series: Series, minutes: int, pace: int) -> dict[str, str]:
    ours = series.metric.name.startswith("city_") or "device" not in series.metric.labels
    named = (AGENT_TARGET if ours else SWITCH_TARGET) | series.labels()
    labels = ",".join(f"{name}={_quote(value)}" for name, value in named.items() if value)
    lasts = minutes if series.until_minutes is None else series.until_minutes
    stale = " stale" if lasts < minutes else ""
    return {
        "series": f"{series.metric.name}{{{labels}}}",
        "values": f"{series.value:g}{series.step * pace:+g}x{lasts // pace}{stale}",
    }


def _expected(alert: Alert, words: Mapping[str, str], said: Said) -> dict[str, Any]:
    """What promtool must find: labels without those that are empty, annotations filled in."""
    rule = rule_of(alert, said.runbooks, said.owners)
    own = {name: words.get(name, WORDS[name]) for name in alert.labels}
    labels = own | rule["labels"] | filled_labels(alert, own, said.owners)

    def fill(text: str) -> str:
        if text == alert.impact:
            return words.get("impact", NO_IMPACT)
        return _FILLED.sub(lambda found: labels[found[1]], text).replace(_VALUE, words.get("value", ""))

    return {
        "exp_labels": {name: value for name, value in labels.items() if value},
        "exp_annotations": {name: fill(text) for name, text in rule["annotations"].items()},
    }


def _half(case: Case, alert: Alert, said: Said, *, fires: bool) -> dict[str, Any]:
    at = case.at_seconds if case.at_seconds is not None else alert.after_seconds + SETTLE_SECONDS
    wanted = [_expected(alert, case.words, said)] if fires else []
    return {
        "name": f"{alert.name} {'fires' if fires else 'stays silent'}",
        "interval": f"{case.pace_minutes}m",
        "input_series": [
            _series(series, at // 60 + case.pace_minutes, case.pace_minutes)
            for series in (*case.always, *(case.fires if fires else case.silent))
        ],
        "alert_rule_test": [{"eval_time": duration(at), "alertname": alert.name, "exp_alerts": wanted}],
    }


def build_tests(
    alerts: Iterable[Alert], rules: Iterable[str], said: Said | None = None, pace_minutes: int = 1
) -> dict[str, Any]:
    """The test file as plain data: two tests per case of the given alerts that goes at this pace.

    ``rules`` are the paths of the rule files, relative to the test file.
    """
    by_name = {alert.name: alert for alert in alerts}
    return {
        "rule_files": list(rules),
        "evaluation_interval": f"{pace_minutes}m",
        "tests": [
            _half(case, by_name[case.alert], said or Said(), fires=fires)
            for case in CASES
            if case.alert in by_name and case.pace_minutes == pace_minutes
            for fires in (True, False)
        ],
    }


def _recordings_of(alerts: Iterable[Alert]) -> tuple[str, ...]:
    """Groups of recordings that these alerts read, or that those read: all, or none."""
    texts = [alert.expr + alert.impact for alert in alerts]
    asked = any(rule.name in text for rule in ALL_RECORDINGS for text in texts)
    return tuple(name for name, _, _ in RECORDING_GROUPS) if asked else ()


def build_test_files(
    groups: Iterable[tuple[str, Iterable[Alert]]], said: Said | None = None
) -> dict[str, dict[str, Any]]:
    """Name of a test file to what stands in it, for groups of alerts.

    A file reads its own group, and the recordings where the group asks for one, for promtool evaluates every
    rule at every step; what takes days goes at a slower pace, in a file of its own.
    """
    files = {}
    for group, alerts in groups:
        wanted = tuple(alerts)
        rules = [f"../rules/{name}.yml" for name in (*_recordings_of(wanted), group)]
        for pace in PACES:
            tests = build_tests(wanted, rules, said, pace)
            if tests["tests"]:
                files[group if pace == 1 else f"{group}-slow"] = tests
    return files
