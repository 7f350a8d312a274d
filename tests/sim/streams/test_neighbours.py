"""Port-channels, neighbours and sessions: three sources, one name for each thing."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from containerlab.vnexus.tests.labthread import inside
from tests.sim.streams.stage import ADDRESS, LAX, WORKER, free_port, target_of, until, watching
from tests.sim.streams.test_mdt_dialout import telemetry
from vnexus.testing import running
from vnexus.topology import Link, NodeSpec, Topology

DOWN = "interface Ethernet1/1\nshutdown\ninterface Ethernet1/2\nshutdown"
FAMILIES = ("net_lacp_member_flag", "net_lldp_neighbor_info", "net_bgp_session_")


def switch(name: str, address: str, port: int, *, asn: int) -> NodeSpec:
    """One of two switches with a port-channel and a BGP session between them."""
    other = 65_003 - asn + 65_000
    lines = (
        f"hostname {name}", "snmp-server community city group network-operator",
        "feature lldp", "feature lacp", "feature bgp", "feature grpc",
        "interface port-channel10", "switchport", "no shutdown",
        "interface Ethernet1/1", "switchport", "channel-group 10 mode active", "no shutdown",
        "interface Ethernet1/2", "no switchport", f"ip address 10.0.0.{asn - 65_000}/30", "no shutdown",
        f"router bgp {asn}", f"neighbor 10.0.0.{other - 65_000}", f"remote-as {other}",
        "address-family ipv4 unicast",
        *telemetry(port, {"DME": ("sys/lldp depth unbounded", "sys/bgp depth unbounded")}),
    )  # fmt: skip
    return NodeSpec(name, "n9k-10", "N9K-C93180YC-FX3", address, lines)


def of_interest(series: dict[str, float]) -> dict[str, float]:
    return {name: value for name, value in series.items() if name.startswith(FAMILIES)}


def test_three_sources_name_neighbours_members_and_sessions_alike() -> None:
    port = free_port()
    topology = Topology(
        "pair",
        (switch("hall", ADDRESS, port, asn=65_001), switch("far", f"127.66.{WORKER}.63", port, asn=65_002)),
        tuple(Link("hall", f"Ethernet1/{number}", "far", f"Ethernet1/{number}") for number in (1, 2)),
    )
    session = 'net_bgp_session_up{device="hall",vrf="default",peer="10.0.0.2"} '

    async def main() -> None:
        with running(topology) as lab:
            options = replace(LAX, mdt_listen=("127.0.0.1", port))
            async with watching(target_of(lab), options) as stage:
                await until(lambda: stage.subscriber.held.synced)
                inside(lab, lambda: lab.clock.advance(60))
                for source in ("snmp", "gnmi", "mdt"):
                    await until(lambda source=source: stage.held(source).get(session) == 1)
                for source, least in (("gnmi", 8), ("mdt", 5)):
                    assert len(of_interest(stage.held(source))) >= least
                    await until(
                        lambda source=source: (
                            of_interest(stage.held(source)).items() <= of_interest(stage.held("snmp")).items()
                        )
                    )
                # the far switch goes: both streams take back what they said of it
                inside(lab, lambda: lab.nodes["far"].merge(DOWN))
                neighbours = 'net_lldp_neighbor_info{device="hall",interface="Ethernet1/1"'
                await until(lambda: stage.held("gnmi").get(session) == 0)
                inside(lab, lambda: lab.clock.advance(300))
                for source in ("gnmi", "mdt"):
                    await until(
                        lambda source=source: (
                            not any(one.startswith(neighbours) for one in stage.held(source))
                        )
                    )

    asyncio.run(main())
