"""What counts as well, and what a wave is blamed for."""

from __future__ import annotations

import pytest

from agent import metrics
from agent.apply.health import Answer, find_broken, judge
from agent.apply.policy import Policy
from agent.intent.expectation import Expectations, ExpectedNeighbor, ExpectedPort, ExpectedSession
from agent.metrics import Page, Sample

CAMERA = ExpectedPort("sw", "Ethernet1/7", "camera", "cctv", "hall", "city", "CAM-1", "rue Haute 1", 3.0)
EXPECTED = Expectations(
    targets=(),
    ports=(CAMERA,),
    neighbors=(ExpectedNeighbor("sw", "Ethernet1/49", "core-1", "Ethernet3/1"),),
    sessions=(ExpectedSession("sw", "192.0.2.1", "orange", "default"),),
)
OSPF = """\
 OSPF Process ID 1 VRF default
 Total number of neighbors: 2
 Neighbor ID     Pri State            Up Time  Address         Interface
 10.0.0.1          1 FULL/ -          00:05:32 10.66.1.1       Eth1/49
 10.0.0.2          1 INIT/DROTHER     00:05:32 10.66.1.3       Eth1/50
"""


def page(**other: float) -> Page:
    values = {"up": 1.0, "watts": 6.0, "lldp": 1.0, "bgp": 1.0, "cpu": 0.2} | other
    made = Page()
    made.add(Sample(metrics.INTERFACE_UP, ("sw", "Ethernet1/7"), values["up"]))
    made.add(Sample(metrics.POE_WATTS, ("sw", "Ethernet1/7"), values["watts"]))
    if values["lldp"]:
        made.add(Sample(metrics.NEIGHBOR_INFO, ("sw", "Ethernet1/49", "core-1", "Ethernet3/1"), 1))
    made.add(Sample(metrics.BGP_UP, ("sw", "default", "192.0.2.1"), values["bgp"]))
    made.add(Sample(metrics.CPU_RATIO, ("sw",), values["cpu"]))
    return made


def test_all_is_well() -> None:
    facts = judge(Answer("sw", page(), 0.1, OSPF), EXPECTED, Policy())
    assert all(facts.values())
    assert "sw: OSPF neighbour 10.0.0.1 on Eth1/49" in facts
    assert len(facts) == 8


@pytest.mark.parametrize(
    ("after", "blamed"),
    [
        ({"up": 0.0}, "sw: camera CAM-1 on Ethernet1/7 is up"),
        ({"watts": 1.0}, "sw: camera CAM-1 on Ethernet1/7 draws its power"),
        ({"lldp": 0.0}, "sw: neighbour core-1 on Ethernet1/49"),
        ({"bgp": 0.0}, "sw: BGP session with orange 192.0.2.1"),
        ({"cpu": 0.95}, "sw: CPU below 90 %"),
    ],
)
def test_what_was_well_and_is_not(after: dict[str, float], blamed: str) -> None:
    well = judge(Answer("sw", page()), EXPECTED, Policy())
    ill = judge(Answer("sw", page(**after)), EXPECTED, Policy())
    assert find_broken(well, ill) == (blamed,)
    assert find_broken(ill, ill) == ()
    assert find_broken(ill, well) == ()


def test_silence_slowness_and_a_lost_neighbour() -> None:
    well = judge(Answer("sw", page(), 0.1, OSPF), EXPECTED, Policy())
    assert find_broken(well, judge(Answer("sw", None), EXPECTED, Policy())) == tuple(well)
    slow = judge(Answer("sw", page(), 9.0), EXPECTED, Policy())
    assert find_broken(well, slow) == ("sw: OSPF neighbour 10.0.0.1 on Eth1/49", "sw: answers within 2 s")
