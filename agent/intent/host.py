"""Switches, as Nornir's SimpleInventory writes them: ``hosts.yaml``, ``groups.yaml``, ``defaults.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Annotated, Any, Literal

from pydantic import Field, RootModel

from agent.intent.about import SecretName
from agent.intent.record import Name, Record
from agent.intent.switch import Role

TransportName = Literal["ssh", "nxapi"]
BoxDriver = Literal["eos", "ios", "junos"]


class HostData(Record):
    """The city's own keys below ``data``; each may stand at the host, a group or the defaults."""

    site: Name | None = None
    role: Role | None = None
    model: str | None = None
    release: Annotated[str, Field(pattern=r"^\d+\.\d+$")] | None = None
    management: IPv4Address | None = None
    loopback: IPv4Address | None = None
    power_supplies: tuple[str, ...] | None = None
    transport: TransportName | None = None
    driver: BoxDriver | None = None
    """NAPALM driver of a box that is no Nexus: it is reached, kept and changed, but no part of the plan."""
    snmp_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    snmp_community: SecretName | None = None
    gnmi_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    """Where the switch serves gNMI; without it, it is only polled."""


class NornirEntry(Record):
    """Keys of SimpleInventory. Users and passwords are not among them: secrets come by name."""

    hostname: str | None = None
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    username: str | None = None
    platform: str | None = None
    groups: tuple[Name, ...] = ()
    data: HostData = HostData()
    connection_options: dict[str, dict[str, Any]] = Field(default_factory=dict)


class HostsFile(RootModel[dict[Name, NornirEntry]]):
    """``hosts.yaml``: switch name to entry."""


class GroupsFile(RootModel[dict[Name, NornirEntry]]):
    """``groups.yaml``: group name to entry."""


class DefaultsFile(NornirEntry):
    """``defaults.yaml``: what holds for every switch."""


@dataclass(frozen=True, slots=True)
class Host:
    """A switch with everything inherited filled in."""

    name: str
    hostname: str
    """Address that the agent connects to."""
    site: str
    role: Role
    model: str
    release: str
    management: IPv4Address
    loopback: IPv4Address | None
    power_supplies: tuple[str, ...]
    transport: TransportName
    snmp_port: int
    snmp_community: str
    gnmi_port: int | None = None


MUST_HAVE = ("site", "role", "model", "release", "management", "transport", "snmp_port", "snmp_community")


def lineage(name: str, hosts: dict[str, NornirEntry], groups: dict[str, NornirEntry]) -> list[NornirEntry]:
    """The host's entry, then its groups' in Nornir's order (depth first, each once), unknown ones skipped."""
    seen: list[str] = []

    def visit(names: tuple[str, ...]) -> None:
        for group in names:
            if group not in seen and group in groups:
                seen.append(group)
                visit(groups[group].groups)

    visit(hosts[name].groups)
    return [hosts[name], *(groups[group] for group in seen)]


def resolve(name: str, entries: list[NornirEntry]) -> Host | tuple[str, ...]:
    """The host with the first value found for every key, or the names of the keys that nobody sets."""
    found: dict[str, Any] = {}
    for entry in entries:
        for key in HostData.model_fields.keys() - {"driver"}:
            value = getattr(entry.data, key)
            if value is not None:
                found.setdefault(key, value)
        if entry.hostname is not None:
            found.setdefault("hostname", entry.hostname)
    missing = tuple(key for key in ("hostname", *MUST_HAVE) if key not in found)
    if missing:
        return missing
    return Host(
        name=name,
        loopback=found.pop("loopback", None),
        power_supplies=found.pop("power_supplies", ()),
        **found,
    )
