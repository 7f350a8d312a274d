"""The whole city: every file of the inventory, checked and put together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from agent.intent.about import CityFile
from agent.intent.addressing import AddressesFile, Network
from agent.intent.approval import Approval
from agent.intent.carrier import CarriersFile
from agent.intent.catalog import Kind
from agent.intent.endpoint import Placed, ServiceFile
from agent.intent.freeze import Freeze
from agent.intent.host import Host
from agent.intent.link import LinksFile, Pair, Trunk
from agent.intent.policy import PolicyFile, RulesFile
from agent.intent.record import End
from agent.intent.server import Server
from agent.intent.site import Site, SitesFile
from agent.intent.tenant import Tenant
from agent.intent.window import Window, Works

NO_POLICY = PolicyFile()


@dataclass(frozen=True)
class City:
    """What was meant. Names are the keys of the files; nothing here was looked up on a switch."""

    about: CityFile
    places: SitesFile
    hosts: Mapping[str, Host]
    links: LinksFile
    plan: AddressesFile
    kinds: Mapping[str, Kind]
    services: Mapping[str, ServiceFile]
    servers: Mapping[str, Server]
    tenants: Mapping[str, Tenant]
    carriers: CarriersFile | None
    freezes: tuple[Freeze, ...]
    windows: tuple[Window, ...] = ()
    works: tuple[Works, ...] = ()
    policy: PolicyFile = NO_POLICY
    rules: Mapping[str, RulesFile] = field(default_factory=dict)
    approvals: Mapping[str, Approval] = field(default_factory=dict)

    @property
    def sites(self) -> Mapping[str, Site]:
        return self.places.sites

    @cached_property
    def placed(self) -> tuple[Placed, ...]:
        """Every endpoint of every service, in the order of the files."""
        return tuple(
            Placed(name, service.kind, service.tenant, switch, port, endpoint)
            for name, service in self.services.items()
            for switch, ports in service.endpoints.items()
            for port, endpoint in ports.items()
        )

    @cached_property
    def placed_on(self) -> Mapping[str, tuple[Placed, ...]]:
        """Endpoints by switch; switches without any are absent."""
        found: dict[str, list[Placed]] = defaultdict(list)
        for placed in self.placed:
            found[placed.switch].append(placed)
        return {switch: tuple(items) for switch, items in found.items()}

    @cached_property
    def servers_on(self) -> Mapping[str, tuple[Server, ...]]:
        """Servers with a leg on the switch; switches without any are absent."""
        found: dict[str, list[Server]] = defaultdict(list)
        for server in self.servers.values():
            for switch in dict.fromkeys(end.switch for end in server.ports):
                found[switch].append(server)
        return {switch: tuple(items) for switch, items in found.items()}

    @cached_property
    def carried(self) -> dict[str, tuple[str, ...]]:
        """Memory of ``vlans.networks_on``: names of the networks by switch, filled as they are asked for."""
        return {}

    @cached_property
    def pair_of(self) -> Mapping[str, Pair]:
        """VPC pair by member."""
        return {switch: pair for pair in self.links.pairs.values() for switch in pair.switches}

    @cached_property
    def _found(self) -> dict[tuple[str, str], str | None]:
        return {}

    def network_of(self, segment: str, site: str) -> str | None:
        """Name of the network of the segment that covers the site; the narrowest wins, None without any."""
        key = (segment, site)
        if key not in self._found:
            place = self.sites[site]
            covering = [
                (not network.sites, not network.districts, name)
                for name, network in self.plan.networks.items()
                if network.segment == segment and network.covers(site, place)
            ]
            self._found[key] = min(covering)[2] if covering else None
        return self._found[key]

    def network(self, segment: str, site: str) -> Network:
        """Like network_of, for a checked city: the network itself."""
        name = self.network_of(segment, site)
        if name is None:
            raise KeyError(f"no network of segment {segment} at {site}")
        return self.plan.networks[name]

    def switches(self, role: str) -> tuple[Host, ...]:
        return tuple(host for host in self.hosts.values() if host.role == role)

    def trunks_of(self, switch: str) -> tuple[tuple[str, Trunk, tuple[tuple[End, End], ...]], ...]:
        """(name, trunk, links as (own end, far end)) of every trunk that ends on the switch."""
        return self._trunks.get(switch, ())

    @cached_property
    def _trunks(self) -> Mapping[str, tuple[tuple[str, Trunk, tuple[tuple[End, End], ...]], ...]]:
        found: dict[str, list[tuple[str, Trunk, tuple[tuple[End, End], ...]]]] = defaultdict(list)
        for name, trunk in self.links.trunks.items():
            ends: dict[str, list[tuple[End, End]]] = defaultdict(list)
            for upper, lower in trunk.links:
                ends[upper.switch].append((upper, lower))
                ends[lower.switch].append((lower, upper))
            for switch, links in ends.items():
                found[switch].append((name, trunk, tuple(links)))
        return {switch: tuple(items) for switch, items in found.items()}
