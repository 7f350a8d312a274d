"""Alerts that a test raises end to end in the embedded city: fault, poll, Prometheus, Alertmanager, ticket.

``tests/sim/test_alerts_end_to_end.py`` raises exactly these; ``docs/alerts.md`` marks them.
"""

from __future__ import annotations

PROVED: frozenset[str] = frozenset(
    {
        "PortDown",
        "CameraDark",
        "EndpointWithoutPower",
        "ExpectedPortMissing",
        "CameraSilent",
        "CameraNotStreaming",
        "ServiceDown",
        "ServerNotAnswering",
        "EndpointNotAnswering",
        "PoePortFault",
        "InterfaceErrors",
        "UplinkRedundancyLost",
        "NeighborNotAsMeant",
        "FramesDamaged",
        "FramesDiscarded",
        "PortFlapping",
        "ChannelNarrow",
        "BgpSessionDown",
        "OspfNeighborLost",
        "HsrpIncomplete",
        "VpcKeepaliveLost",
        "VpcDown",
        "SwitchUnreachable",
        "SwitchRestarted",
        "ConfigUnsaved",
        "ConfigUnsavedForLong",
        "CpuHigh",
        "MemoryHigh",
        "ClockWrong",
        "PowerSupplyFailed",
        "FanFailed",
        "TemperatureHigh",
        "OneSupplyLeft",
        "ModuleDown",
        "StandbySupervisorLost",
        "BudgetBurnsFast",
        "PollPartial",
    }
)
