"""Objectives: how much of each service was there, raw and as agreed, and how fast its error budget burns.

Raw availability counts all time. Agreed availability leaves out sites at which works go on
(``city_maintenance``), in the numerator and in the denominator, so that reports stay right. The windows and
factors are those of the multiwindow, multi-burn-rate alerts of the SRE workbook, chapter 5.
"""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.fault import by_series, on_endpoint
from agent.noc.rule import PORT, Alert, Recording, meant, said

_WORKS = f"unless on (site) (max by (site) ({m.CITY_MAINTENANCE.name}) == 1)"
_ASKED = f"and on (device) {m.POLL_SUCCESS.name}"
"""A switch that was never polled since the start says nothing, neither good nor bad."""

MEASURED = Recording(
    "service_site:endpoints_measured:count",
    f"count by (service, site) ({meant(m.CITY_INTERFACE_INFO.name)}"
    f" and {PORT} {m.EXPECTED_INTERFACE_UP.name} == 1 {_ASKED})",
)
_SESSIONS = f"{meant(m.EXPECTED_BGP.name)} {_ASKED}"
_INTERNET = (
    # one carrier that carries is enough; a session that nobody shows is down
    f"(max ({said(m.BGP_UP.name)} and on (device, vrf, peer) {m.EXPECTED_BGP.name})"
    f" or 0 * count({_SESSIONS}))"
)


def _share(works: str) -> str:
    good, all_of = f"({r.ENDPOINTS_UP.name} {works})", f"({MEASURED.name} {works})"
    return (
        # a service of which nothing is shown any more is all gone
        f"(sum by (service) {good} or 0 * sum by (service) {all_of}) / sum by (service) {all_of}"
        f' or label_replace({_INTERNET}, "service", "internet", "", "")'
    )


RAW = Recording("service:availability:ratio_raw", _share(""))
AGREED = Recording("service:availability:ratio_agreed", _share(_WORKS))


def _burn(window: str) -> Recording:
    return Recording(f"slo:service_error:ratio_rate{window}", f"1 - avg_over_time({AGREED.name}[{window}])")


FAST = {window: _burn(window) for window in ("5m", "30m", "1h", "2h", "6h")}
SLOW = {window: _burn(window) for window in ("1d", "3d", "30d")}
ALLOWED = f"(1 - {meant(m.SERVICE_OBJECTIVE.name)})"
BUDGET_LEFT = Recording(
    "slo:service_budget_left:ratio",
    f"1 - {SLOW['30d'].name} / on (service) {ALLOWED}",
)

OBJECTIVES: tuple[Recording, ...] = (MEASURED, RAW, AGREED, *FAST.values())
BUDGETS: tuple[Recording, ...] = (*SLOW.values(), BUDGET_LEFT)
"""Over days: worked out every few minutes only."""
BUDGETS_SECONDS = 300


def _burns(factor: float, long: str, short: str) -> str:
    rates = FAST | SLOW
    limit = f"on (service) ({factor:g} * {ALLOWED})"
    return f"{rates[long].name} > {limit} and on (service) {rates[short].name} > {limit}"


_SAYS = "{service} has lost more than its objective allows"

BURNS: tuple[Alert, ...] = (
    Alert(
        "BudgetBurnsFast",
        _burns(14.4, "1h", "5m"),
        "page",
        f"{_SAYS}: at this rate the month's error budget is gone in two days",
        "Look which sites of the service are down, and mend the largest first.",
        ("service",),
        after_seconds=120,
        needs="objective",
        fault=on_endpoint("endpoint-unplug", "door"),
    ),
    Alert(
        "BudgetBurns",
        _burns(6, "6h", "30m"),
        "page",
        f"{_SAYS}: at this rate the month's error budget is gone in five days",
        "Look which sites of the service are down, and mend the largest first.",
        ("service",),
        after_seconds=900,
        needs="objective",
        fault=on_endpoint("endpoint-unplug", "door"),
    ),
    Alert(
        "BudgetErodes",
        _burns(3, "1d", "2h"),
        "ticket",
        f"{_SAYS}: a tenth of the month's error budget went in a day",
        "Find what fails again and again, and mend it for good.",
        ("service",),
        after_seconds=3600,
        needs="objective",
        fault=by_series("it takes hours"),
    ),
    Alert(
        "BudgetAtRisk",
        _burns(1, "3d", "6h"),
        "ticket",
        f"{_SAYS}: going on like this, the month's objective is missed",
        "Find what fails again and again, and mend it for good.",
        ("service",),
        after_seconds=3600,
        needs="objective",
        fault=by_series("it takes days"),
    ),
)
