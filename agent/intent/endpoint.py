"""Endpoints of a service on their ports: ``services/cctv.yaml``, ``wifi.yaml``, ``voice.yaml`` and the like.

One model for all: what sets a camera apart from a telephone is its kind in the catalogue, not its code.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Annotated

from pydantic import Field

from agent.intent.record import Name, PortName, Record, Words

Tag = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$", description="asset tag, unique in the city")
]


class Endpoint(Record):
    """One line of a service file: who hangs on a port, and where it stands in the street."""

    tag: Tag
    place: Words
    model: Name
    address: IPv4Address | None = None
    """Its fixed address; absent when it takes one by DHCP."""
    network: Name | None = None
    """A network of the address plan instead of the one that the kind finds for the site."""


class ServiceFile(Record):
    """``services/<name>.yaml``: endpoints of one kind, by switch and port."""

    kind: Name
    tenant: Name = "city"
    endpoints: dict[Name, dict[PortName, Endpoint]]


@dataclass(frozen=True, slots=True)
class Placed:
    """An endpoint with the service file that names it and the port where it hangs."""

    service: str
    kind: str
    tenant: str
    switch: str
    port: str
    endpoint: Endpoint
