"""Which questions the intent asks of whom: probes of the catalogue and of servers, one per endpoint. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address

from agent.intent.city import City
from agent.intent.expectation import ExpectedPort, ExpectedProbe
from agent.intent.lab import ECHO_PORT, is_embedded, lab_port, stand_in
from agent.intent.probe import Probe, ask_where


def expect_probes(city: City, ports: tuple[ExpectedPort, ...]) -> tuple[ExpectedProbe, ...]:
    """Every probe of the city, in the order of its ports; an endpoint without a fixed address has none.

    ``ports`` are those of ``expect(city)``. In the embedded lab stand-ins on loopback are asked.
    """
    embedded = is_embedded(city)
    kinds = {placed.endpoint.tag: city.kinds[placed.kind].probes for placed in city.placed}
    kinds |= {server.tag: server.probes for server in city.servers.values()}
    seen: set[str] = set()
    found: list[ExpectedProbe] = []
    for port in ports:
        if port.endpoint not in seen:  # a server with two legs is asked once
            seen.add(port.endpoint)
            found += _of(port, kinds.get(port.endpoint, ()), embedded=embedded)
    return tuple(found)


def _of(port: ExpectedPort, probes: tuple[Probe, ...], *, embedded: bool) -> Iterator[ExpectedProbe]:
    for probe in probes:
        address = str(probe.address) if probe.address else port.address
        if address is None:
            continue
        method, at = ask_where(probe)
        if embedded:
            method, at = ("echo", ECHO_PORT) if method == "icmp" else (method, at)
            address, at = stand_in(IPv4Address(address)), lab_port(at)
        yield ExpectedProbe(
            port=port,
            probe=probe.label or probe.kind,
            method=method,
            address=address,
            at=at,
            every_seconds=probe.every_seconds,
            timeout_seconds=probe.timeout_seconds,
            path=probe.path or "/",
            name=probe.name or "",
            status=probe.status,
            match=probe.match or "",
            verify=probe.verify,
        )
