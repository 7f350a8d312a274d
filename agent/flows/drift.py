"""``moulin drift``: the whole fleet against the intent, and who made the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from nornir.core import Nornir

from agent.check.drift import Drift, Texts, find_drift, tell_authors
from agent.errors import CommandRejectedError
from agent.flows.asleep import Asleep, let_sleep, say_asleep
from agent.flows.fleet import Device, Harvest, Progress, each
from agent.flows.wanted import Wanted
from agent.nxos.accounting import Typed, read_accounting


def drift_fleet(
    nornir: Nornir, wanted: Wanted, progress: Progress, asleep: Mapping[str, Asleep] = MappingProxyType({})
) -> Harvest[Drift]:
    """Drift of every switch that answers; nothing is changed. Ports ``asleep`` are meant to be dark.

    The accounting log is asked for only where something differs.
    """

    def work(device: Device) -> Drift:
        text = wanted.text(device.name)
        platform = wanted.switches[device.name].platform
        running, startup = device.ask("show running-config", "show startup-config")
        meant, dark = let_sleep(text, running, asleep.get(device.name))
        texts = Texts(meant, running, startup)
        drift = find_drift(device.name, texts, owned=wanted.owned, platform=platform)
        drift = replace(drift, asleep=say_asleep(asleep, device.name, dark))
        return drift if drift.clean else tell_authors(drift, _read_log(device), platform)

    return each(nornir, work, progress=progress)


def _read_log(device: Device) -> tuple[Typed, ...]:
    """Empty where our role may not read it: then nobody is named."""
    try:
        (log,) = device.ask("show accounting log")
    except CommandRejectedError:
        return ()
    return read_accounting(log)
