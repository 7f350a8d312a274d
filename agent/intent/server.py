"""What stands in the data centre: ``services/datacentre.yaml``."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Annotated

from pydantic import Field

from agent.intent.endpoint import Tag
from agent.intent.link import ChannelNumber
from agent.intent.probe import Probes
from agent.intent.record import CableEnd, Name, Record, Words


class Server(Record):
    """A server, recorder, firewall or a tenant's own switch on one leaf, or by vPC on both of a pair."""

    tag: Tag
    place: Words
    """Room and rack."""
    tenant: Name = "city"
    service: Name = "datacentre"
    """Service that is down when it is: ``cctv`` for a recorder."""
    ports: Annotated[tuple[CableEnd, ...], Field(min_length=1, max_length=2)]
    channel: ChannelNumber | None = None
    """Number of the port-channel and vPC; needed with two ports."""
    networks: Annotated[tuple[Name, ...], Field(min_length=1)]
    """One network: access port. More: trunk, all tagged."""
    address: IPv4Address | None = None
    probes: Probes = ()
    """How it is asked whether it lives; those with an address of their own ask what it hosts."""
    transmit_bps: Annotated[int, Field(ge=0)] = 0
    receive_bps: Annotated[int, Field(ge=0)] = 0


class DatacentreFile(Record):
    servers: dict[Name, Server]
