"""What Bellerive promises."""

from __future__ import annotations

from dataclasses import replace

from agent.intent.catalog import Snmp
from agent.intent.city import City
from agent.intent.expect import expect
from agent.intent.expectation import ExpectedPort, ExpectedService, ExpectedTeam, Target


def test_a_camera_is_promised_with_power_place_and_address(bellerive: City) -> None:
    ports = {port.endpoint: port for port in expect(bellerive).ports}
    assert ports["CAM-001"] == ExpectedPort(
        device="sw-mairie",
        interface="Ethernet1/1",
        kind="camera",
        service="cctv",
        site="mairie",
        tenant="city",
        endpoint="CAM-001",
        place="rue du Beffroi 1",
        min_watts=3.0,
        address="10.20.1.10",
    )


def test_a_recorder_belongs_to_cctv_and_a_tenants_server_to_the_tenant(bellerive: City) -> None:
    ports = [port for port in expect(bellerive).ports if port.kind == "server"]
    assert {(p.device, p.interface) for p in ports if p.endpoint == "NVR-1"} == {
        ("leaf-1", "Ethernet1/2"),
        ("leaf-2", "Ethernet1/2"),
    }
    assert {p.service for p in ports if p.endpoint.startswith("NVR")} == {"cctv"}
    assert {p.tenant for p in ports if p.endpoint == "T-LUM-1"} == {"lumen"}


def test_endpoints_of_a_kind_with_snmp_are_polled_themselves(bellerive: City) -> None:
    assert expect(bellerive).appliances == ()
    cctv = bellerive.kinds["cctv"].model_copy(update={"snmp": Snmp(community="snmp_cctv", port=1161)})
    city = replace(bellerive, kinds={**bellerive.kinds, "cctv": cctv})
    promised = expect(city)
    fixed = [port for port in promised.ports if port.kind == "camera" and port.address]
    assert len(promised.appliances) == len(fixed) > 300
    first = next(one for one in promised.appliances if one.device == "CAM-001")
    assert first == Target("CAM-001", "10.20.1.10", 1161, "snmp_cctv", "mairie", "camera", first.platform)
    assert promised.polled == (*promised.targets, *promised.appliances)


def test_every_switch_is_a_target_with_the_name_of_a_secret(bellerive: City) -> None:
    targets = expect(bellerive).targets
    assert len(targets) == 24
    assert {(t.snmp_port, t.community) for t in targets} == {(1161, "snmp_ro")}
    assert len({t.address for t in targets}) == 24


def test_every_cable_is_promised_from_both_ends(bellerive: City) -> None:
    promises = expect(bellerive)
    assert len(promises.neighbors) == 2 * 52
    uplinks = {(p.device, p.interface) for p in promises.ports if p.kind == "uplink"}
    assert uplinks == {(n.device, n.interface) for n in promises.neighbors}


def test_sessions_and_freezes(bellerive: City) -> None:
    promises = expect(bellerive)
    carriers = sorted(session.carrier for session in promises.sessions if session.carrier)
    assert carriers == ["alize", "boreal", "cascade", "dune", "estuaire", "falaise"]
    assert len(promises.sessions) == 8
    assert promises.freezes[0] == (
        "Municipal election, first round",
        "2027-03-13T17:00:00Z",
        "2027-03-15T05:00:00Z",
        tuple(bellerive.sites),
    )


def test_protocols_between_switches(bellerive: City) -> None:
    promised = expect(bellerive).protocols
    gateways = {(group.device, group.address) for group in promised.groups}
    assert {("core-1", "10.20.1.1"), ("core-2", "10.20.1.1")} <= gateways
    assert {device for device, _ in gateways} == {"core-1", "core-2"}
    pairs = {(one.device, one.neighbor_device) for one in promised.adjacencies}
    assert len(pairs) == len(promised.adjacencies) == 12
    assert pairs == {(far, near) for near, far in pairs}
    assert {"leaf-1", "leaf-4", "core-2"} <= {one.device for one in promised.vpcs}
    widths = {(one.device, one.interface): one.members for one in promised.channels}
    assert widths["core-1", "port-channel1"] == 2
    assert all(one.interface in {port for _, port in widths} for one in promised.vpcs)


def test_every_service_has_an_owner_and_what_was_promised(bellerive: City) -> None:
    expected = expect(bellerive)
    services = {service.service: service for service in expected.services}
    assert services["cctv"] == ExpectedService("cctv", "video", 0.995)
    assert services["internet"] == ExpectedService("internet", "network", 0.9995)
    assert services["monitoring"] == ExpectedService("monitoring", "network", None)
    assert {port.service for port in expected.ports} <= services.keys()
    assert {service.owner for service in expected.services} <= {team.team for team in expected.teams}
    assert ExpectedTeam("video", "Video protection", "video@bellerive.example") in expected.teams


def test_a_city_that_names_nobody_has_one_owner_for_all(bellerive: City) -> None:
    about = bellerive.about.model_copy(update={"owner": "noc", "teams": {}, "services": {}})
    kinds = {name: kind.model_copy(update={"owner": None}) for name, kind in bellerive.kinds.items()}
    expected = expect(replace(bellerive, about=about, kinds=kinds))
    assert {service.owner for service in expected.services} == {"noc"}
    assert {service.service for service in expected.services if service.objective_ratio is None} == {
        "carriers",
        "datacentre",
        "internet",
        "monitoring",
        "transport",
    }
