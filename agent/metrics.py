"""The metric catalogue: every series that Moulin emits is declared here once, and nowhere else.

Collector, exporter, alert, dashboard and report use the objects below, so an alert cannot name a metric that
nobody emits. Names: ``net_`` is what devices say, ``city_`` what the intent expects and services deliver,
``moulin_`` the agent itself. Base units, ``_total`` on counters, one info metric per thing to join labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """Prometheus metric types used."""

    GAUGE = "gauge"
    COUNTER = "counter"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric family: name, help text and label names in the order in which they are written."""

    name: str
    help: str
    labels: tuple[str, ...] = ("device",)
    kind: Kind = Kind.GAUGE


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a metric; ``labels`` holds the values in the order of ``metric.labels``."""

    metric: Metric
    labels: tuple[str, ...]
    value: float


@dataclass(slots=True)
class Catalogue:
    """All declared metrics by name; a name is taken once."""

    by_name: dict[str, Metric] = field(default_factory=dict)

    def declare(self, metric: Metric) -> Metric:
        """Register and return the metric; raises ValueError when its name is taken or malformed."""
        if metric.name in self.by_name:
            raise ValueError(f"metric {metric.name} is declared twice")
        if (metric.kind is Kind.COUNTER) != metric.name.endswith("_total"):
            raise ValueError(f"metric {metric.name}: counters, and only counters, end in _total")
        if not metric.name.startswith(("net_", "city_", "moulin_")):
            raise ValueError(f"metric {metric.name}: no known prefix")
        self.by_name[metric.name] = metric
        return metric

    def __iter__(self) -> Iterator[Metric]:
        return iter(self.by_name.values())

    def __getitem__(self, name: str) -> Metric:
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name


CATALOGUE = Catalogue()


def write_series(name: str, labels: Iterable[tuple[str, str]]) -> str:
    r"""A series as it stands before its value in the text format, trailing space included.

    >>> write_series("net_interface_up", [("device", "core-1"), ("interface", 'Ethernet"1"')])
    'net_interface_up{device="core-1",interface="Ethernet\\"1\\""} '
    """
    inner = ",".join(
        f'{label}="' + value.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"") + '"'
        for label, value in labels
    )
    return f"{name}{{{inner}}} " if inner else f"{name} "


def name_series(metric: Metric, labels: tuple[str, ...]) -> str:
    """The series of a metric with these label values; see ``write_series``."""
    return write_series(metric.name, zip(metric.labels, labels, strict=True))


@dataclass(slots=True)
class Page:
    """Values by family, then by series: each series once, families together, ready to be written.

    The outer key is the metric's name, the inner one what ``name_series`` gives, so that writing is joining.
    """

    families: dict[str, dict[str, float]] = field(default_factory=dict)

    def add(self, sample: Sample) -> None:
        """Add one value; the first value of a series stays."""
        family = self.families.setdefault(sample.metric.name, {})
        family.setdefault(name_series(sample.metric, sample.labels), sample.value)

    def merge(self, families: Mapping[str, Mapping[str, float]]) -> None:
        """Add whole families; the first value of a series stays."""
        for name, values in families.items():
            mine = self.families.get(name)
            self.families[name] = dict(values) if mine is None else {**values, **mine}

    def value(self, metric: Metric, *labels: str) -> float | None:
        """Value of a series, None where there is none."""
        return self.families.get(metric.name, {}).get(name_series(metric, labels))

    def __len__(self) -> int:
        return sum(len(values) for values in self.families.values())


def _gauge(name: str, text: str, *labels: str) -> Metric:
    return CATALOGUE.declare(Metric(name, text, ("device", *labels)))


def _counter(name: str, text: str, *labels: str) -> Metric:
    return CATALOGUE.declare(Metric(name, text, ("device", *labels), Kind.COUNTER))


# --- what devices say -------------------------------------------------------------------------------------
DEVICE_INFO = _gauge("net_device_info", "1; what the device says it is", "model", "release", "description")
UPTIME = _gauge("net_device_uptime_seconds", "Time since the system started, not since the SNMP agent did")

INTERFACE_UP = _gauge("net_interface_up", "1 when ifOperStatus is up", "interface")
INTERFACE_ADMIN_UP = _gauge("net_interface_admin_up", "1 when ifAdminStatus is up", "interface")
INTERFACE_INFO = _gauge("net_interface_info", "1; alias of the port", "interface", "alias")
INTERFACE_SPEED = _gauge("net_interface_speed_bytes", "Nominal speed in bytes per second", "interface")
INTERFACE_MTU = _gauge("net_interface_mtu_bytes", "Largest payload that the port carries", "interface")
INTERFACE_RX_BYTES = _counter("net_interface_receive_bytes_total", "ifHCInOctets", "interface")
INTERFACE_TX_BYTES = _counter("net_interface_transmit_bytes_total", "ifHCOutOctets", "interface")
INTERFACE_RX_PACKETS = _counter(
    "net_interface_receive_packets_total",
    "Packets by cast: unicast, multicast, broadcast",
    "interface",
    "cast",
)
INTERFACE_TX_PACKETS = _counter(
    "net_interface_transmit_packets_total",
    "Packets by cast: unicast, multicast, broadcast",
    "interface",
    "cast",
)
INTERFACE_RX_ERRORS = _counter("net_interface_receive_errors_total", "ifInErrors", "interface")
INTERFACE_TX_ERRORS = _counter("net_interface_transmit_errors_total", "ifOutErrors", "interface")
INTERFACE_RX_DISCARDS = _counter("net_interface_receive_discards_total", "ifInDiscards", "interface")
INTERFACE_TX_DISCARDS = _counter("net_interface_transmit_discards_total", "ifOutDiscards", "interface")
INTERFACE_LAST_CHANGE = _gauge(
    "net_interface_last_change_seconds", "ifLastChange: sysUpTime at the last change of state", "interface"
)

CPU_RATIO = _gauge("net_cpu_utilisation_ratio", "CPU busy, 5 minute mean where the device has one, 0 to 1")
MEMORY_RATIO = _gauge("net_memory_utilisation_ratio", "Memory used, 0 to 1")

SENSOR_CELSIUS = _gauge("net_sensor_celsius", "Temperature", "sensor", "interface")
SENSOR_VOLTS = _gauge("net_sensor_volts", "Voltage", "sensor", "interface")
SENSOR_AMPERES = _gauge("net_sensor_amperes", "Current", "sensor", "interface")
SENSOR_DBM = _gauge(
    "net_sensor_dbm", "Optical power; no series when there is no light", "sensor", "interface"
)
SENSOR_WATTS = _gauge("net_sensor_watts", "Power", "sensor", "interface")
SENSOR_RPM = _gauge("net_sensor_rpm", "Fan speed", "sensor", "interface")
SENSOR_OK = _gauge("net_sensor_ok", "1 when the sensor works", "sensor", "interface")
SENSOR_THRESHOLD = _gauge(
    "net_sensor_threshold",
    "Vendor threshold in the sensor's own unit; bound is high-alarm, high-warning, low-warning or low-alarm",
    "sensor",
    "interface",
    "bound",
)

PSU_UP = _gauge("net_power_supply_up", "1 when the power supply is on and well", "supply")
PSU_WATTS = _gauge("net_power_supply_drawn_watts", "Drawn from the supply, output side", "supply")
PSU_CAPACITY = _gauge("net_power_supply_capacity_watts", "What the supply can give", "supply")
FAN_UP = _gauge("net_fan_up", "1 when the fan tray is up", "fan")

POE_DELIVERING = _gauge("net_poe_port_delivering", "1 when the port delivers power", "interface")
POE_WATTS = _gauge("net_poe_port_watts", "Power taken by the attached device", "interface")
POE_CLASS = _gauge("net_poe_port_class", "PoE class of the attached device, 0 to 4", "interface")
POE_BUDGET = _gauge("net_poe_budget_watts", "Power that the PoE group can give", "group")
POE_USED = _gauge("net_poe_used_watts", "Power that the PoE group gives", "group")

NEIGHBOR_INFO = _gauge(
    "net_lldp_neighbor_info", "1 per LLDP neighbour seen", "interface", "neighbor", "neighbor_interface"
)
BGP_UP = _gauge("net_bgp_session_up", "1 when the session is established", "peer")
CONFIG_CHANGED = _gauge("net_config_running_changed_seconds", "sysUpTime when running-config last changed")
CONFIG_SAVED = _gauge("net_config_saved_seconds", "sysUpTime when startup-config was last written")

# --- what the intent expects ------------------------------------------------------------------------------
CITY_DEVICE_INFO = _gauge("city_device_info", "1; the switch as it is meant", "site", "role", "platform")
CITY_INTERFACE_INFO = _gauge(
    "city_interface_info",
    "1; what the port is for. endpoint is the asset tag or the far end, place the human words",
    "interface",
    "kind",
    "service",
    "site",
    "tenant",
    "endpoint",
    "place",
)
EXPECTED_INTERFACE_UP = _gauge(
    "city_expected_interface_up", "1 per port that the intent expects up", "interface"
)
EXPECTED_POE_WATTS = _gauge(
    "city_expected_poe_min_watts", "Least power that the device on the port takes when it lives", "interface"
)
EXPECTED_NEIGHBOR = _gauge(
    "city_expected_neighbor",
    "1 per LLDP neighbour that the intent expects",
    "interface",
    "neighbor",
    "neighbor_interface",
)
EXPECTED_BGP = _gauge(
    "city_expected_bgp_session", "1 per BGP session that the intent expects", "peer", "carrier"
)

CITY_ENDPOINTS = CATALOGUE.declare(
    Metric("city_service_endpoints", "Endpoints that the intent holds", ("service", "site"))
)
CITY_FREEZE = CATALOGUE.declare(
    Metric("city_change_freeze", "1 while a change freeze is in force at the site", ("reason", "site"))
)

# --- the agent itself, per polled device ------------------------------------------------------------------
POLL_SUCCESS = _gauge(
    "moulin_poll_success", "1 when the device answered the last poll; tables cut short: moulin_poll_partial"
)
POLL_SECONDS = _gauge("moulin_poll_duration_seconds", "Duration of the last poll")
POLL_TIMESTAMP = _gauge("moulin_last_poll_timestamp_seconds", "Unix time of the last successful poll")
POLL_SERIES = _gauge("moulin_poll_series", "Series made of the last poll")
POLL_PARTIAL = _gauge(
    "moulin_poll_partial", "1 when a table was cut short: what is shown is not all", "table"
)
POLLS = CATALOGUE.declare(
    Metric("moulin_polls_total", "Polls by outcome: complete, partial, failed", ("outcome",), Kind.COUNTER)
)
POLL_TIME = CATALOGUE.declare(
    Metric("moulin_poll_time_seconds_total", "Sum of the durations of all polls", (), Kind.COUNTER)
)
POLLED_DEVICES = CATALOGUE.declare(
    Metric("moulin_devices", "Devices by outcome of their last poll", ("outcome",))
)
BROKE_GLASS = CATALOGUE.declare(
    Metric(
        "moulin_break_glass_timestamp_seconds",
        "Unix time at which a change began in spite of freeze, window or missing approval",
        ("change", "who"),
    )
)
SCRAPES = CATALOGUE.declare(
    Metric("moulin_scrapes_total", "Answers by path and status", ("path", "status"), Kind.COUNTER)
)
SNMP_PACKETS = CATALOGUE.declare(
    Metric(
        "moulin_snmp_packets_total",
        "Datagrams of the SNMP engine: sent, received, retransmitted, malformed, unexpected",
        ("event",),
        Kind.COUNTER,
    )
)
SNMP_WAITING = CATALOGUE.declare(
    Metric("moulin_snmp_requests_waiting", "SNMP requests without answer yet", ())
)
BUILD_INFO = CATALOGUE.declare(Metric("moulin_build_info", "1; version of Moulin", ("version",)))
