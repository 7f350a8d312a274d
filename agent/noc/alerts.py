"""The alerts: what people must know, from what the city meant. A port that nobody meant wakes nobody."""

from __future__ import annotations

from agent import metrics as m
from agent.noc import recordings as r
from agent.noc.rule import PORT, Alert, meant, of_device, of_port, said

_PORT = ("device", "interface", "kind", "service", "site", "tenant", "endpoint", "place")
_DEVICE = ("device", "site", "role")
_ANSWERS = f"and on (device) {m.POLL_SUCCESS.name} == 1"
_EXPECTED = f"and {PORT} {m.EXPECTED_INTERFACE_UP.name} == 1"

SERVICES: tuple[Alert, ...] = (
    Alert(
        "PortDown",
        of_port(f"{m.INTERFACE_UP.name} == 0 {_EXPECTED}", '{kind!="camera"}'),
        "ticket",
        "{kind} {endpoint} at {place} is down ({device} {interface})",
        "Check the device and its cable; the port is meant to be up.",
        _PORT,
    ),
    Alert(
        "CameraDark",
        of_port(
            f"{m.INTERFACE_UP.name} == 0 or {m.POE_DELIVERING.name} == 0"
            # group_left keeps the labels of the left side, so that `or` sees one series per port
            f" or {m.POE_WATTS.name} < {PORT} group_left () {m.EXPECTED_POE_WATTS.name}",
            '{kind="camera"}',
        ),
        "page",
        "camera {endpoint} at {place} is dark ({device} {interface})",
        "Port down, or less power than a camera that lives takes. Cycle the port, then send somebody.",
        _PORT,
        needs="camera",
    ),
    Alert(
        "EndpointWithoutPower",
        of_port(f"{m.POE_WATTS.name} < {PORT} {m.EXPECTED_POE_WATTS.name}", '{kind!="camera"}'),
        "ticket",
        "{kind} {endpoint} at {place} takes too little power to be alive ({device} {interface})",
        "Look whether the device starts; cycle the port.",
        _PORT,
        needs="power",
    ),
    Alert(
        "ExpectedPortMissing",
        of_port(f"{m.EXPECTED_INTERFACE_UP.name} unless {PORT} {m.INTERFACE_UP.name} {_ANSWERS}"),
        "ticket",
        "{device} has no {interface}, where {kind} {endpoint} at {place} is meant to be",
        "The inventory names a port that the switch does not have: wrong model, or a module that is missing.",
        _PORT,
    ),
    Alert(
        "InterfaceErrors",
        of_port(f"{r.ERRORS.name} > 1"),
        "ticket",
        "errors on {device} {interface} towards {endpoint}, {place}",
        "More than one error a second: cable, optics or duplex.",
        _PORT,
        after_seconds=600,
    ),
    Alert(
        "LinkSaturated",
        of_port(f"{r.UTILISATION.name} > 0.9"),
        "ticket",
        "{device} {interface} towards {endpoint}, {place}, is over 90 % full",
        "See who fills it; move load or add a link.",
        _PORT,
        after_seconds=900,
    ),
    Alert(
        "BgpSessionDown",
        f"{said(f'{m.BGP_UP.name} == 0')} * on (device, vrf, peer) group_left (carrier)"
        f" {meant(m.EXPECTED_BGP.name)}",
        "page",
        "carrier {carrier} is lost: BGP session of {device} with {peer} is down",
        "Call the carrier when the port is up; the other carriers take over meanwhile.",
        ("device", "vrf", "peer", "carrier"),
        after_seconds=120,
        service="internet",
        needs="session",
    ),
)

SWITCHES: tuple[Alert, ...] = (
    Alert(
        "SwitchUnreachable",
        of_device(f"{m.POLL_SUCCESS.name} == 0"),
        "page",
        "switch {device} at {site} does not answer",
        "Look at its neighbours first: power of the site, then the uplinks.",
        _DEVICE,
        after_seconds=120,
        service="transport",
    ),
    Alert(
        "UplinkRedundancyLost",
        r.REDUNDANCY_LOST,
        "page",
        "switch {device} at {site} hangs on fewer uplinks than meant",
        "The next cut isolates the site. Find the uplink that is down and restore it.",
        _DEVICE,
        service="transport",
        needs="uplink",
    ),
    Alert(
        "NeighborNotAsMeant",
        of_device(
            f"{m.EXPECTED_NEIGHBOR.name} unless on (device, interface, neighbor, neighbor_interface)"
            f" {m.NEIGHBOR_INFO.name} and {PORT} {m.INTERFACE_UP.name} == 1 {_ANSWERS}"
        ),
        "ticket",
        "{device} {interface} does not see {neighbor} {neighbor_interface}: wrong cable?",
        "Compare with 'show lldp neighbors'; correct the cable, or the inventory when the cable is right.",
        ("device", "interface", "neighbor", "neighbor_interface", "site", "role"),
        after_seconds=600,
        service="transport",
        needs="neighbor",
    ),
    Alert(
        "PowerSupplyFailed",
        of_device(f"{m.PSU_UP.name} == 0"),
        "ticket",
        "{supply} of {device} at {site} has failed",
        "Check the feed, then replace the supply.",
        (*_DEVICE, "supply"),
        service="transport",
    ),
    Alert(
        "FanFailed",
        of_device(f"{m.FAN_UP.name} == 0"),
        "ticket",
        "{fan} of {device} at {site} has failed",
        "Replace the fan tray before the next hot day.",
        (*_DEVICE, "fan"),
        service="transport",
    ),
    Alert(
        "TemperatureHigh",
        of_device(
            f"{m.SENSOR_CELSIUS.name} > on (device, sensor, interface)"
            f' {m.SENSOR_THRESHOLD.name}{{bound="high-warning"}}'
        ),
        "ticket",
        "{sensor} of {device} at {site} is over its threshold",
        "Check the cooling of the room, then fans and filters.",
        (*_DEVICE, "sensor", "interface"),
        after_seconds=300,
        service="transport",
    ),
    Alert(
        "OpticsWeak",
        of_device(
            f"{m.SENSOR_DBM.name} < on (device, sensor, interface)"
            f' {m.SENSOR_THRESHOLD.name}{{bound="low-warning"}}'
        ),
        "ticket",
        "{sensor} of {device} at {site} is below its warning level",
        "Clean the connectors; measure the fibre; replace the optics.",
        (*_DEVICE, "sensor", "interface"),
        after_seconds=600,
        service="transport",
    ),
    Alert(
        "PoeBudgetNearlyUsed",
        of_device(f"{r.POE_USED_RATIO.name} > 0.9"),
        "ticket",
        "{device} at {site} gives more than 90 % of its PoE budget",
        "The next device may stay without power. Move devices, or add a supply.",
        _DEVICE,
        after_seconds=600,
        service="transport",
        needs="power",
    ),
    Alert(
        "SwitchRestarted",
        of_device(f"{m.UPTIME.name} < 600"),
        "note",
        "switch {device} at {site} has restarted",
        "Read 'show system reset-reason' and the log of the time before.",
        _DEVICE,
        after_seconds=0,
        keep_firing_seconds=600,
        service="transport",
    ),
    Alert(
        "ConfigUnsaved",
        of_device(f"{m.CONFIG_CHANGED.name} > on (device) {m.CONFIG_SAVED.name}"),
        "note",
        "{device} at {site} runs a configuration that a restart would lose",
        "Look at 'moulin drift', then save or undo the change.",
        _DEVICE,
        after_seconds=3600,
        service="transport",
    ),
)

WATCHER: tuple[Alert, ...] = (
    Alert(
        "SwitchNotPolled",
        meant(f"{m.CITY_DEVICE_INFO.name} unless on (device) {m.POLL_SUCCESS.name}"),
        "ticket",
        "nobody polls switch {device} at {site}",
        "Compare the targets of Prometheus with /sd; look at the log of 'moulin watch'.",
        (*_DEVICE, "platform"),
        after_seconds=300,
        service="monitoring",
    ),
    Alert(
        "PollPartial",
        of_device(f"{m.POLL_PARTIAL.name} == 1"),
        "note",
        "{device} at {site}: table {table} was cut short, so what is shown is not all",
        "Raise the timeout, or look at the CPU of the switch.",
        (*_DEVICE, "table"),
        after_seconds=600,
        service="monitoring",
    ),
    Alert(
        "ChangeBrokeGlass",
        said(f"time() - {m.BROKE_GLASS.name} < 86400"),
        "page",
        "{who} changed switches in spite of the city's rules (change {change})",
        "Read 'moulin history {change}' and talk to whoever did it.",
        ("change", "who"),
        after_seconds=0,
        service="monitoring",
    ),
    Alert(
        "MoulinSilent",
        f"absent({m.CITY_DEVICE_INFO.name})",
        "page",
        "Moulin tells nothing: the city is not watched",
        "Start 'moulin watch'; check its address in prometheus.yml.",
        (),
        after_seconds=300,
        service="monitoring",
    ),
)

GROUPS: tuple[tuple[str, tuple[Alert, ...]], ...] = (
    ("services", SERVICES),
    ("switches", SWITCHES),
    ("watcher", WATCHER),
)
ALERTS: tuple[Alert, ...] = tuple(alert for _, alerts in GROUPS for alert in alerts)
