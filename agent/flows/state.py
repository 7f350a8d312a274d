"""``moulin state``: what every switch is and sees now, by NAPALM, against what was promised."""

from __future__ import annotations

from nornir.core import Nornir

from agent.check.promises import Kept, compare_state
from agent.device.state import read_state
from agent.flows.fleet import Device, Harvest, Progress, access_of, each
from agent.intent.expectation import Expectations


def read_fleet_state(nornir: Nornir, expected: Expectations, progress: Progress) -> Harvest[Kept]:
    """Facts, interfaces and neighbours of every switch that answers, compared; nothing is changed."""

    def work(device: Device) -> Kept:
        return compare_state(device.name, read_state(access_of(device.host)), expected)

    return each(nornir, work, progress=progress)
