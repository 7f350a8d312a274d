"""Alerts that a test raises end to end in the embedded city: fault, poll, Prometheus, Alertmanager, ticket.

``tests/sim/test_alerts_end_to_end.py`` raises exactly these; ``docs/alerts.md`` marks them.
"""

from __future__ import annotations

PROVED: frozenset[str] = frozenset(
    {
        "BgpSessionDown",
        "BudgetBurnsFast",
        "CameraDark",
        "ConfigUnsaved",
        "EndpointWithoutPower",
        "ExpectedPortMissing",
        "FanFailed",
        "InterfaceErrors",
        "NeighborNotAsMeant",
        "PollPartial",
        "PortDown",
        "PowerSupplyFailed",
        "SwitchRestarted",
        "SwitchUnreachable",
        "TemperatureHigh",
        "UplinkRedundancyLost",
    }
)
