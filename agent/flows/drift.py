"""``moulin drift``: the whole fleet against the intent."""

from __future__ import annotations

from nornir.core import Nornir

from agent.check.drift import Drift, Texts, find_drift
from agent.flows.fleet import Device, Harvest, Progress, each
from agent.flows.wanted import Wanted


def drift_fleet(nornir: Nornir, wanted: Wanted, progress: Progress) -> Harvest[Drift]:
    """Drift of every switch that answers; nothing is changed."""

    def work(device: Device) -> Drift:
        text = wanted.text(device.name)
        running, startup = device.ask("show running-config", "show startup-config")
        return find_drift(
            device.name,
            Texts(text, running, startup),
            owned=wanted.owned,
            platform=wanted.switches[device.name].platform,
            names=wanted.names.get(device.name, {}),
        )

    return each(nornir, work, progress=progress)
