"""A watch with all that it can have: traps, probes, reload, a gNMI stream, remote write."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from agent.export.remote.destination import Destination
from agent.flows.attend import attend
from agent.flows.reloading import join_reloading
from agent.flows.remote_write import join_remote_write
from agent.flows.streaming import add_streams
from agent.flows.watch import Watch, WatchOptions
from agent.intent.expectation import Expectations, ExpectedProbe
from agent.metrics import (
    ACCESS_POINT_CPU,
    ACCESS_POINT_UP,
    CAMERA_STORAGE_OK,
    IGMP_GROUPS,
    IGMP_QUERIER,
    PSU_INPUT_WATTS,
    UPS_CHARGE,
    UPS_LOAD,
    UPS_RUNTIME,
    WIRELESS_CLIENTS,
    Page,
    Sample,
)
from agent.settings import Settings
from tests.sim.city_lab import CITY, ROOT

STREAMING = "leaf-1"
GNMI_PORT = 50051
MEASURING, ANSWERING = "edge-1", "edge-2"
MORE: Mapping[str, tuple[str, ...]] = {
    STREAMING: ("feature grpc", f"grpc port {GNMI_PORT}"),
    MEASURING: (
        "feature sla sender",
        "ip sla 10",
        "  udp-jitter 10.66.255.12 16384 num-packets 100",
        "    frequency 5",
        "    tag voice",
        "ip sla schedule 10 life forever start-time now",
    ),
    ANSWERING: ("feature sla responder", "ip sla responder"),
}
"""Configuration beside the rendered one, for what the city does not use yet."""

OTHERS: tuple[Sample, ...] = (
    Sample(UPS_CHARGE, ("ups-1",), 0.97),
    Sample(UPS_RUNTIME, ("ups-1",), 1800),
    Sample(UPS_LOAD, ("ups-1", "1"), 0.4),
    Sample(WIRELESS_CLIENTS, ("wlc-1", "ap-1"), 12),
    Sample(ACCESS_POINT_UP, ("wlc-1", "ap-1"), 1),
    Sample(ACCESS_POINT_CPU, ("wlc-1", "ap-1"), 0.2),
    Sample(CAMERA_STORAGE_OK, ("cam-001", "card"), 1),
    Sample(IGMP_GROUPS, ("leaf-1", "default", "Vlan181"), 3),
    Sample(IGMP_QUERIER, ("leaf-1", "default", "Vlan181", "10.66.181.2"), 1),
    Sample(PSU_INPUT_WATTS, ("leaf-1", "1"), 230),
)
"""What the virtual city has no device for: supplies, controllers and cameras that are polled themselves."""


@dataclass(frozen=True)
class Attended:
    """Where such a watch keeps things and sends them."""

    folder: Path
    net: str
    store: str
    """``host:port`` that takes remote write."""
    interval_seconds: float


def others_page() -> Page:
    """What stands on the page of the devices that the lab does not have."""
    page = Page()
    for sample in OTHERS:
        page.add(sample)
    return page


def full_watch(city: Expectations, secrets: Mapping[str, str], where: Attended) -> Watch:
    """Not yet open; to be made in the loop that runs it."""
    targets = tuple(
        replace(target, gnmi_port=GNMI_PORT) if target.device == STREAMING else target
        for target in city.targets
    )
    city = replace(city, targets=targets, probes=tuple(_soon(probe) for probe in city.probes[:8]))
    watch = Watch(
        city, secrets, WatchOptions(interval_seconds=2 * where.interval_seconds, deadline_seconds=30.0)
    )
    watch.health.broken = lambda: {("7", "ana"): time.time() - 2 * 86400}
    settings = Settings(
        inventory=ROOT / "inventory",
        state=where.folder / "state",
        gnmi_trust="anything",
        stream_interval_seconds=2 * where.interval_seconds,
        traps_listen=f"{where.net}.2.20:9162",
        syslog_listen=f"{where.net}.2.14:9514",
    )
    add_streams(watch, settings, secrets)
    attend(watch, CITY, secrets, settings)
    receiver = Destination(name="store", url=f"http://{where.store}/api/v1/write")
    join_remote_write(watch, [receiver], where.folder / "queue", secrets)
    join_reloading(watch, settings.inventory, lambda: (city, secrets))
    return watch


def _soon(probe: ExpectedProbe) -> ExpectedProbe:
    return replace(probe, every_seconds=2.0, timeout_seconds=1.0)
