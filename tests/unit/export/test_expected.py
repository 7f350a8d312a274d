"""The intent as metrics."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from agent import metrics as m
from agent.export.expected import expected_page
from agent.intent.expectation import (
    Expectations,
    ExpectedAdjacency,
    ExpectedChannel,
    ExpectedGroup,
    ExpectedNeighbor,
    ExpectedPort,
    ExpectedProtocols,
    ExpectedService,
    ExpectedSession,
    ExpectedVpc,
    Place,
    Target,
)

CITY = Expectations(
    targets=(Target("hall-1", "127.0.0.1", 161, "ro", "hall", "building", "n9k"),),
    ports=(
        ExpectedPort("hall-1", "Ethernet1/7", "camera", "cctv", "hall", "town", "CAM-1", "rue Haute 12", 3.0),
        ExpectedPort("hall-1", "Ethernet1/8", "camera", "cctv", "hall", "town", "CAM-2", "quai 3", 3.0),
        ExpectedPort("hall-1", "Ethernet1/49", "uplink", "transport", "hall", "town", "core-1", "to core-1"),
    ),
    neighbors=(ExpectedNeighbor("hall-1", "Ethernet1/49", "core-1", "Ethernet3/1"),),
    sessions=(ExpectedSession("edge-1", "192.0.2.1", "Northline", "default", 100),),
    freezes=(("election", "2027-03-14T05:00:00Z", "2027-03-14T20:00:00Z", ("hall",)),),
    protocols=ExpectedProtocols(
        groups=(ExpectedGroup("core-1", "Vlan121", "1", "10.20.1.1"),),
        adjacencies=(ExpectedAdjacency("core-1", "default", "10.66.255.2", "edge-1"),),
        vpcs=(ExpectedVpc("core-1", "10", "21", "port-channel21"),),
        channels=(ExpectedChannel("core-1", "port-channel21", 2),),
    ),
    services=(ExpectedService("cctv", "video", 0.995), ExpectedService("monitoring", "noc")),
)


def page(moment: str = "2027-01-01T00:00:00+00:00") -> m.Page:
    return expected_page(CITY, datetime.fromisoformat(moment))


def test_each_promise_is_a_series() -> None:
    made = page()
    words = ("camera", "cctv", "hall", "town", "CAM-1", "rue Haute 12")
    assert made.value(m.CITY_INTERFACE_INFO, "hall-1", "Ethernet1/7", *words) == 1
    assert made.value(m.EXPECTED_INTERFACE_UP, "hall-1", "Ethernet1/49") == 1
    assert made.value(m.EXPECTED_POE_WATTS, "hall-1", "Ethernet1/7") == 3
    assert made.value(m.EXPECTED_POE_WATTS, "hall-1", "Ethernet1/49") is None
    assert made.value(m.EXPECTED_NEIGHBOR, "hall-1", "Ethernet1/49", "core-1", "Ethernet3/1") == 1
    assert made.value(m.EXPECTED_BGP, "edge-1", "default", "192.0.2.1", "Northline") == 1
    assert made.value(m.EXPECTED_PREFIXES, "edge-1", "default", "192.0.2.1", "Northline") == 100
    assert made.value(m.EXPECTED_HSRP, "core-1", "Vlan121", "1", "10.20.1.1") == 1
    assert made.value(m.EXPECTED_OSPF, "core-1", "default", "10.66.255.2", "edge-1") == 1
    assert made.value(m.EXPECTED_VPC, "core-1", "10", "21", "port-channel21") == 1
    assert made.value(m.EXPECTED_WIDTH, "core-1", "port-channel21") == 2
    assert made.value(m.CITY_ENDPOINTS, "cctv", "hall") == 2
    assert made.value(m.CITY_DEVICE_INFO, "hall-1", "hall", "building", "n9k") == 1
    assert made.value(m.CITY_SERVICE_INFO, "cctv", "video") == 1
    assert made.value(m.SERVICE_OBJECTIVE, "cctv") == 0.995
    assert made.value(m.CITY_SERVICE_INFO, "monitoring", "noc") == 1
    assert made.value(m.SERVICE_OBJECTIVE, "monitoring") is None


@pytest.mark.parametrize(
    ("moment", "frozen"),
    [
        ("2027-03-14T04:59:59+00:00", 0),
        ("2027-03-14T05:00:00+00:00", 1),
        ("2027-03-14T21:00:00+01:00", 1),
        ("2027-03-14T20:00:01+00:00", 0),
    ],
)
def test_a_freeze_is_in_force_between_its_instants(moment: str, frozen: int) -> None:
    assert page(moment).value(m.CITY_FREEZE, "election", "hall") == frozen


def test_an_instant_without_offset_is_utc() -> None:
    city = Expectations((), (), (), (), (("x", "2027-01-01T00:00:00", "2027-01-02", ("hall", "school")),))
    made = expected_page(city, datetime(2027, 1, 1, 12, tzinfo=UTC))
    assert made.value(m.CITY_FREEZE, "x", "hall") == made.value(m.CITY_FREEZE, "x", "school") == 1


def test_a_site_without_coordinates_is_told_of_all_the_same() -> None:
    places = (
        Place("hall", "Town hall", "place 1", "Centre", 0.02, -0.01),
        Place("shed", "Shed", "quai 3", "Port", None, None),
    )
    page = expected_page(Expectations((), (), (), (), places=places), datetime(2027, 3, 14, tzinfo=UTC))
    assert page.value(m.CITY_SITE_INFO, "shed", "Shed", "quai 3", "Port") == 1
    assert page.value(m.CITY_SITE_LATITUDE, "hall") == 0.02
    assert page.value(m.CITY_SITE_LONGITUDE, "hall") == -0.01
    assert page.value(m.CITY_SITE_LATITUDE, "shed") is None
