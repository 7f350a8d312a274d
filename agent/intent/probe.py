"""How a service is asked whether it lives: ``probes:`` of a kind in the catalogue, or of a server."""

from __future__ import annotations

from ipaddress import IPv4Address
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from agent.intent.record import Name, Record

ProbeKind = Literal["icmp", "tcp", "http", "https", "dns", "rtsp", "sip"]
PORTS: dict[str, int] = {"http": 80, "https": 443, "dns": 53, "rtsp": 554, "sip": 5060}
"""Where a kind is asked when no port is said; ``tcp`` must say one."""


class Probe(Record):
    """One question, asked again and again at one pace."""

    kind: ProbeKind
    label: Name | None = None
    """Name of the probe in metrics; the kind when absent. Needed when an endpoint has two of a kind."""
    address: IPv4Address | None = None
    """Who is asked instead of the endpoint itself: what it serves under another address."""
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    path: Annotated[str, Field(pattern=r"^/[\x21-\x7e]*$", max_length=200)] | None = None
    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$", max_length=253)] | None = None
    """Of ``dns`` the name that is asked for; of ``http`` and ``https`` the host that is meant."""
    status: tuple[Annotated[int, Field(ge=100, le=599)], ...] = ()
    """Answers of HTTP that are well; without any, 200 to 399."""
    match: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """Text that the answer must have in it: the body of HTTP, a record of DNS."""
    verify: bool = False
    """Whether the certificate must be trusted and fit the name; its expiry is measured anyway."""
    every_seconds: Annotated[int, Field(ge=5, le=3600)] = 60
    timeout_seconds: Annotated[float, Field(gt=0, le=30)] = 3.0

    @model_validator(mode="after")
    def _complete(self) -> Probe:
        if self.kind == "tcp" and self.port is None:
            raise ValueError("a tcp probe needs a port")
        if self.kind == "dns" and self.name is None:
            raise ValueError("a dns probe needs the name to ask for")
        if self.timeout_seconds >= self.every_seconds:
            raise ValueError("timeout_seconds is not less than every_seconds")
        return self


def _distinct(probes: tuple[Probe, ...]) -> tuple[Probe, ...]:
    names = [probe.label or probe.kind for probe in probes]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two probes are called {name}; give one a label")
    return probes


Probes = Annotated[tuple[Probe, ...], AfterValidator(_distinct)]
"""Probes of one endpoint; each has a name of its own in metrics."""


def ask_where(probe: Probe) -> tuple[str, int]:
    """(method, port) of a probe on a real network."""
    return probe.kind, 0 if probe.kind == "icmp" else probe.port or PORTS.get(probe.kind, 0)
