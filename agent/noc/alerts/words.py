"""What many alerts say: labels of ports, switches, endpoints; conditions that gate; ways to name series."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.rule import PORT, meant, said

PORT_LABELS = ("device", "interface", "kind", "service", "site", "tenant", "endpoint", "place")
DEVICE_LABELS = ("device", "site", "role")
PROBE_LABELS = ("kind", "service", "site", "tenant", "endpoint", "place", "probe")
APPLIANCE_LABELS = ("device", "kind", "service", "site", "tenant", "endpoint", "place")
OPERATION_LABELS = (*DEVICE_LABELS, "operation", "tag", "target")
ANSWERS = f"and on (device) {m.POLL_SUCCESS.name} == 1"
EXPECTED_UP = f"and {PORT} {m.EXPECTED_INTERFACE_UP.name} == 1"

_ENDPOINTS = (
    f"max by (endpoint) ({meant(m.CITY_INTERFACE_INFO.name)} * {PORT} group_left ()"
    f" {said(m.INTERFACE_UP.name)})"
)
PORT_IS_UP = f"and on (endpoint) {_ENDPOINTS} == 1"
"""For series of endpoints: one of its ports is up, so that the cable is not to blame."""

SITE_ANSWERS = (
    f"and on (site) max by (site) ({meant(m.CITY_DEVICE_INFO.name)}"
    f" * on (device) group_left () {said(m.POLL_SUCCESS.name)}) == 1"
)
"""For series of sites: a switch there answers, so that the site is not cut off as a whole."""


LEAST_WATTS = f"max by (device, interface) ({m.EXPECTED_POE_WATTS.name})"
"""What the device on a port takes at least, once per port however many tell it."""


def bound(name: str) -> str:
    """The threshold of a sensor, once per sensor however many tell it: ``high-warning`` and so on."""
    return f'max by (device, sensor, interface) ({m.SENSOR_THRESHOLD.name}{{bound="{name}"}})'


def of_endpoint(expr: str, selector: str = "") -> str:
    """Series of probes with what their endpoint is and where it hangs."""
    info = f"max by (kind, endpoint, place) ({m.CITY_INTERFACE_INFO.name}{selector})"
    return f"{meant(expr)} * on (endpoint) group_left (kind, place) {info}"


def of_appliance(expr: str) -> str:
    """Series of what is polled by its asset tag, with what it is and where it hangs."""
    words = "kind, service, site, tenant, place"
    info = f"max by (endpoint, {words}) ({m.CITY_INTERFACE_INFO.name})"
    return (
        f'label_replace({said(expr)}, "endpoint", "$1", "device", "(.+)")'
        f" * on (endpoint) group_left ({words}) {info}"
    )


def was_there(metric: m.Metric, path: str) -> str:
    """One series with ``path`` where the metric had series an hour ago and has none now."""
    before = f"count({metric.name} offset 1h) unless on () count({metric.name})"
    return f'label_replace({before}, "path", "{path}", "", "")'
