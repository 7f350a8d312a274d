"""What the intent promises, per switch: the one list that alerts, dashboards and reports are made from."""

from __future__ import annotations

from dataclasses import dataclass

from agent.intent.promise import Mail
from agent.intent.window import Window


@dataclass(frozen=True, slots=True)
class ExpectedPort:
    """A port that the intent wants up, and why."""

    device: str
    interface: str
    kind: str
    """``camera``, ``access-point``, ``phone``, ``display``, ``server``, ``carrier``, ``uplink``, …"""
    service: str
    """Service of the catalogue (``cctv``, ``wifi``, ``voice``, ``transport``…)."""
    site: str
    tenant: str
    endpoint: str
    """Asset tag of the device, or the name of the far switch or carrier."""
    place: str
    """Human words: ``rue Haute 12``."""
    min_watts: float | None = None
    """Least PoE draw when the device lives; None where no power is meant."""
    address: str | None = None
    """IP address of the endpoint, where one is known."""

    @property
    def words(self) -> str:
        """What people call it: ``camera rue Haute 12``."""
        return f"{self.kind} {self.place or self.endpoint}".strip()


@dataclass(frozen=True, slots=True)
class ExpectedProbe:
    """A question to an endpoint that must be answered, and where the endpoint hangs."""

    port: ExpectedPort
    probe: str
    """Name of the probe in metrics: ``icmp``, ``rtsp``, ``portal``."""
    method: str
    """``icmp``, ``tcp``, ``http``, ``https``, ``dns``, ``rtsp``, ``sip``; in the lab ``echo`` (RFC 862)."""
    address: str
    at: int
    """TCP or UDP port; 0 for icmp."""
    every_seconds: float
    timeout_seconds: float
    path: str = "/"
    name: str = ""
    status: tuple[int, ...] = ()
    match: str = ""
    verify: bool = False


@dataclass(frozen=True, slots=True)
class ExpectedNeighbor:
    """An LLDP neighbour that a link of the intent implies; each link gives two."""

    device: str
    interface: str
    neighbor: str
    neighbor_interface: str


@dataclass(frozen=True, slots=True)
class ExpectedSession:
    """A BGP session that must be established."""

    device: str
    peer: str
    carrier: str
    vrf: str
    min_prefixes: int | None = None


@dataclass(frozen=True, slots=True)
class ExpectedGroup:
    """An HSRP group that must have an active and a standby router."""

    device: str
    interface: str
    group: str
    address: str


@dataclass(frozen=True, slots=True)
class ExpectedAdjacency:
    """An OSPF neighbour that must be full; each pair of routers on a subnet gives two."""

    device: str
    vrf: str
    neighbor: str
    """Its address on the common subnet."""
    neighbor_device: str


@dataclass(frozen=True, slots=True)
class ExpectedVpc:
    """A vPC that must be up and consistent."""

    device: str
    domain: str
    vpc: str
    interface: str


@dataclass(frozen=True, slots=True)
class ExpectedChannel:
    """A port-channel and the number of members that must carry traffic."""

    device: str
    interface: str
    members: int


@dataclass(frozen=True, slots=True)
class ExpectedProtocols:
    """What protocols between switches must say."""

    groups: tuple[ExpectedGroup, ...] = ()
    adjacencies: tuple[ExpectedAdjacency, ...] = ()
    vpcs: tuple[ExpectedVpc, ...] = ()
    channels: tuple[ExpectedChannel, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """A switch that the collector polls."""

    device: str
    address: str
    snmp_port: int
    community: str
    """Name of the secret that holds the community, never the community."""
    site: str
    role: str
    platform: str
    gnmi_port: int | None = None
    """Where it serves gNMI; None where it is only polled."""
    management: str = ""
    """Address of its own, from which it sends telemetry; empty: the one that it is polled at."""
    aliases: tuple[str, ...] = ()
    """More addresses that its traps may come from: its loopback."""


@dataclass(frozen=True, slots=True)
class Place:
    """A site as people know it."""

    site: str
    title: str
    street: str
    district: str
    latitude: float | None
    longitude: float | None
    """None together: nobody measured where it is; it is then in lists and not on a map."""


@dataclass(frozen=True, slots=True)
class ExpectedParent:
    """A device can be reached as long as one of its parents lives."""

    device: str
    parent: str


@dataclass(frozen=True, slots=True)
class ExpectedWorks:
    """Works that were announced: alerts of the sites stay quiet from the first instant to the last."""

    reason: str
    first: str
    """ISO 8601 UTC, like ``last``."""
    last: str
    sites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExpectedService:
    """A service, who answers for it, and what was promised."""

    service: str
    owner: str
    """Team, as ``city.yaml`` names it."""
    objective_ratio: float | None = None
    """Least share of good time, 0.995; None where nothing was promised."""
    window_days: int = 30
    """Over how many days the promise is counted."""


@dataclass(frozen=True, slots=True)
class ExpectedTeam:
    """People who answer for services."""

    team: str
    title: str
    email: str = ""
    """Empty where they have none."""


@dataclass(frozen=True, slots=True)
class Expectations:
    """All promises of a city."""

    targets: tuple[Target, ...]
    ports: tuple[ExpectedPort, ...]
    neighbors: tuple[ExpectedNeighbor, ...]
    sessions: tuple[ExpectedSession, ...]
    freezes: tuple[tuple[str, str, str, tuple[str, ...]], ...] = ()
    """(reason, first instant, last instant, sites), ISO 8601 UTC."""
    windows: tuple[Window, ...] = ()
    """Times when changes may be made."""
    places: tuple[Place, ...] = ()
    """Every site; empty where only promises matter."""
    titles: tuple[tuple[str, str, str], ...] = ()
    """(service, language, title); language is empty for the title that has none."""
    probes: tuple[ExpectedProbe, ...] = ()
    town: str = ""
    """Name of the city."""
    protocols: ExpectedProtocols = ExpectedProtocols()
    appliances: tuple[Target, ...] = ()
    """Endpoints that are polled themselves, by asset tag; no alert of switches is about them."""

    services: tuple[ExpectedService, ...] = ()
    """Every service that a port, a probe or an alert may name, by name."""
    teams: tuple[ExpectedTeam, ...] = ()
    mail: Mail | None = None
    """How letters reach the teams; None: they do not."""
    parents: tuple[ExpectedParent, ...] = ()
    works: tuple[ExpectedWorks, ...] = ()
    quiet: tuple[Window, ...] = ()
    """Windows in which alerts of their sites stay quiet."""

    @property
    def polled(self) -> tuple[Target, ...]:
        """Everything that the collector polls."""
        return (*self.targets, *self.appliances)
