"""Probes of the catalogue and of servers become questions to endpoints."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from pydantic import TypeAdapter, ValidationError

from agent.errors import UsageError
from agent.flows.attend import read_listen, senders_of
from agent.intent.city import City
from agent.intent.expect import expect
from agent.intent.lab import lab_topology, trap_listener
from agent.intent.probe import Probe, Probes


def test_every_endpoint_with_an_address_is_asked_what_its_kind_says(bellerive: City) -> None:
    ports = expect(bellerive).ports
    probes = expect(bellerive).probes
    cameras = [port for port in ports if port.kind == "camera"]
    by_probe = Counter(probe.probe for probe in probes if probe.port.kind == "camera")
    assert by_probe == {"icmp": len(cameras), "rtsp": len(cameras)}
    assert not [probe for probe in probes if probe.port.kind == "phone"]  # they have their addresses by DHCP
    keys = [(probe.port.service, probe.port.site, probe.port.endpoint, probe.probe) for probe in probes]
    assert len(set(keys)) == len(keys)
    portal = next(probe for probe in probes if probe.probe == "portal")
    assert (portal.method, portal.name, portal.port.endpoint) == ("https", "www.bellerive.example", "HV-1")


def test_the_embedded_lab_answers_where_it_is_asked(bellerive: City) -> None:
    probes = expect(bellerive).probes
    assert all(probe.address.startswith("127.") and probe.at >= 1024 for probe in probes)
    asked = {f"{probe.method}/{probe.address}:{probe.at}" for probe in probes}
    answered = {
        answer for entry in lab_topology(bellerive)["endpoints"] for answer in entry.get("answers", ())
    }
    assert asked == answered


def test_a_real_city_is_asked_at_its_own_addresses(bellerive: City) -> None:
    hosts = {name: replace(host, hostname=str(host.management)) for name, host in bellerive.hosts.items()}
    city = replace(bellerive, hosts=hosts)
    probes = expect(city).probes
    first = {probe.probe: probe for probe in probes if probe.port.endpoint == "CAM-001"}
    assert (first["icmp"].method, first["icmp"].address, first["icmp"].at) == ("icmp", "10.20.1.10", 0)
    assert (first["rtsp"].at, first["rtsp"].path) == (554, "/axis-media/media.amp")
    assert trap_listener(city) == ("0.0.0.0", 162)
    assert trap_listener(bellerive) == ("127.66.2.20", 9162)
    assert senders_of(expect(city))[str(city.hosts["core-1"].management)] == "core-1"


@pytest.mark.parametrize(
    ("probe", "problem"),
    [
        ({"kind": "tcp"}, "needs a port"),
        ({"kind": "dns"}, "needs the name"),
        ({"kind": "icmp", "every_seconds": 5, "timeout_seconds": 9}, "not less than"),
        ({"kind": "http", "path": "no slash"}, "path"),
        ({"kind": "gopher"}, "kind"),
    ],
)
def test_mistakes(probe: dict[str, object], problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        Probe.model_validate(probe)


def test_an_address_for_traps() -> None:
    for wrong in ("162", "host:", "127.0.0.1:70000"):
        with pytest.raises(UsageError, match=r"--traps-listen .* is not HOST:PORT"):
            read_listen(wrong)


def test_two_probes_of_one_name_are_a_mistake() -> None:
    several = TypeAdapter(Probes)
    with pytest.raises(ValidationError, match="two probes are called icmp; give one a label"):
        several.validate_python([{"kind": "icmp"}, {"kind": "icmp", "address": "192.0.2.1"}])
    assert len(several.validate_python([{"kind": "icmp"}, {"kind": "icmp", "label": "far"}])) == 2
