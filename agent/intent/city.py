"""The whole city: every file of the inventory, checked and put together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from agent.intent.about import CityFile
from agent.intent.addressing import AddressesFile, Network
from agent.intent.carrier import CarriersFile
from agent.intent.catalog import Kind
from agent.intent.endpoint import Placed, ServiceFile
from agent.intent.freeze import Freeze
from agent.intent.host import Host
from agent.intent.link import LinksFile, Pair, Trunk
from agent.intent.record import End
from agent.intent.server import Server
from agent.intent.site import Site, SitesFile
from agent.intent.tenant import Tenant


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
        found = []
        for name, trunk in self.links.trunks.items():
            upper = tuple((a, b) for a, b in trunk.links if a.switch == switch)
            lower = tuple((b, a) for a, b in trunk.links if b.switch == switch)
            if upper or lower:
                found.append((name, trunk, upper or lower))
        return tuple(found)
