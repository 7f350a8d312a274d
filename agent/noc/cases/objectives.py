"""Proof of the error budgets: half of a service down burns them, what the objective allows does not."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.cases.case import ANSWERS, MEANT_UP, PORT, UP, Case, Series, one
from agent.noc.cases.impact import WORKS

_SECOND = {"interface": "Ethernet1/8", "endpoint": "BEL-0043"}
_PORTS = (
    ANSWERS,
    PORT,
    MEANT_UP,
    UP,
    one(m.CITY_INTERFACE_INFO, **_SECOND),
    one(m.EXPECTED_INTERFACE_UP, **_SECOND),
)
HALF = (*_PORTS, one(m.INTERFACE_UP, 0, **_SECOND))
ALL = (*_PORTS, one(m.INTERFACE_UP, 1, **_SECOND))
PROMISED = one(m.SERVICE_OBJECTIVE, 0.99)
GENEROUS = one(m.SERVICE_OBJECTIVE, 0.4)
NO_CARRIER = (ANSWERS, one(m.EXPECTED_BGP), one(m.BGP_UP, 0))
A_CARRIER: tuple[Series, ...] = (*NO_CARRIER, one(m.EXPECTED_BGP, peer="b"), one(m.BGP_UP, 1, peer="b"))
INTERNET = {"service": "internet"}
NAMES = ("BudgetBurnsFast", "BudgetBurns", "BudgetErodes", "BudgetAtRisk")

OBJECTIVES: tuple[Case, ...] = (
    *(Case(name, HALF, ALL, (PROMISED,)) for name in NAMES),
    *(Case(name, (*HALF, PROMISED), (*HALF, GENEROUS)) for name in NAMES),
    Case("BudgetBurnsFast", HALF, (*HALF, WORKS), (PROMISED,)),
    # a switch that is lost takes its endpoints along, though it shows none of them any more
    Case("BudgetBurnsFast", (one(m.POLL_SUCCESS, 0), PORT, MEANT_UP), (PORT, MEANT_UP), (PROMISED,)),
    Case("BudgetBurnsFast", NO_CARRIER, A_CARRIER, (one(m.SERVICE_OBJECTIVE, 0.9995, **INTERNET),), INTERNET),
)
