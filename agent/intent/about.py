"""What every switch of the city has in common: ``city.yaml``."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal

from pydantic import Field

from agent.intent.promise import FALLBACK_OWNER, Alerting, Promise, Team
from agent.intent.record import Name, Record, Words

SecretName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="name of a secret, never the secret")
]


class Timezone(Record):
    name: Annotated[str, Field(pattern=r"^[A-Z]{2,6}$")]
    hours: Annotated[int, Field(ge=-12, le=14)]
    minutes: Annotated[int, Field(ge=0, le=59)] = 0


class Admin(Record):
    user: Name
    secret: SecretName
    role: Literal["network-admin", "network-operator", "vdc-admin"]


class Receiver(Record):
    """A telemetry collector that switches dial out to."""

    address: IPv4Address
    port: Annotated[int, Field(ge=1, le=65535)]


class Snmp(Record):
    community: SecretName
    acl: Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9-]*$")]
    contact: Words
    managers: tuple[IPv4Address, ...]
    """Addresses that may ask; they make the ACL."""


class Tacacs(Record):
    servers: tuple[IPv4Address, ...]
    secret: SecretName


class CityFile(Record):
    """``city.yaml``: name, domain, operators' servers, who may log in."""

    name: Words
    domain: Annotated[str, Field(pattern=r"^[a-z0-9.-]+$")]
    inhabitants: Annotated[int, Field(ge=1)]
    banner: str
    timezone: Timezone
    name_servers: tuple[IPv4Address, ...]
    ntp_servers: tuple[IPv4Address, ...]
    syslog_servers: tuple[IPv4Address, ...]
    trap_receivers: tuple[IPv4Address, ...]
    telemetry: tuple[Receiver, ...] = ()
    tacacs: Tacacs
    snmp: Snmp
    operators: tuple[IPv4Network, ...] = ()
    """Networks that may open a session on a switch; without any, all may knock."""
    admins: Annotated[tuple[Admin, ...], Field(min_length=1)]
    owner: Name = FALLBACK_OWNER
    """Team that answers for services that name none."""
    teams: dict[Name, Team] = Field(default_factory=dict)
    alerting: Alerting = Alerting()
    services: dict[Name, Promise] = Field(default_factory=dict)
    """Owner and objective of services without a kind: ``transport``, ``internet``, ``datacentre``."""
