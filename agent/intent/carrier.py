"""Uplinks to the world: ``services/carriers.yaml``."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Annotated

from pydantic import Field

from agent.intent.about import SecretName
from agent.intent.record import CableEnd, Name, Record, Words

Asn = Annotated[int, Field(ge=1, le=4294967294)]


class Carrier(Record):
    """One carrier on one port of an edge switch; the city has the lower address of the prefix."""

    title: Words
    asn: Asn
    port: CableEnd
    prefix: IPv4Network
    """``/30`` or ``/31`` of the hand-over."""
    circuit: Words
    bandwidth_mbps: Annotated[int, Field(ge=1)]
    preference: Annotated[int, Field(ge=0, le=1000)]
    """Local preference: the highest takes the traffic."""
    prepend: Annotated[int, Field(ge=0, le=5)] = 0
    """Times that our own AS is put before the path that it hears."""
    min_prefixes: Annotated[int, Field(ge=0)]
    max_prefixes: Annotated[int, Field(ge=1)]
    secret: SecretName
    """Name of the secret with the MD5 key of the session."""

    def addresses(self) -> tuple[IPv4Address, IPv4Address]:
        """(ours, theirs)."""
        ours, theirs = list(self.prefix.hosts())[:2]
        return ours, theirs


class CarriersFile(Record):
    """``services/carriers.yaml``: our AS number, carriers by name."""

    asn: Asn
    carriers: dict[Name, Carrier]
