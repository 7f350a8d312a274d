"""The city as rendered: every promise about protocols is kept by the switches, as the collector sees them."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator

import pytest

from agent import metrics as m
from agent.collect.poll import Clocks, Poller
from agent.collect.snmp.backend import Community
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.tables.load import standard_tables
from agent.intent.expectation import Expectations
from agent.metrics import Page
from tests.sim.city_lab import SECRETS, expected_at, whole_city

NET = "127.93"
pytestmark = pytest.mark.xdist_group("city protocols")  # one city, started once
POLLED = ("core-1", "core-2", "edge-1", "edge-2", "leaf-1", "leaf-3", "sw-mairie")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Page]]:
    targets = {target.device: target for target in expected_at(NET).targets}

    async def poll_all() -> dict[str, Page]:
        engine, found = Engine(random.Random(3)), {}
        for name in POLLED:
            target = targets[name]
            who = Community(SECRETS[target.community])
            backend = OwnBackend(engine, name, (target.address, target.snmp_port), who)
            poller = Poller(name, backend, standard_tables(), Clocks(time.monotonic, time.time))
            poll = await poller.poll(60)
            assert (poll.problem, poll.partial) == ("", ())
            found[name] = poll.page
        engine.close()
        return found

    with whole_city(tmp_path_factory.mktemp("city"), NET):
        yield asyncio.run(poll_all())


@pytest.fixture(scope="module")
def promised() -> Expectations:
    return expected_at(NET)


def test_gateways_are_complete(pages: dict[str, Page], promised: Expectations) -> None:
    groups = [one for one in promised.protocols.groups if one.device in pages]
    assert len(groups) == 60
    for one in groups:
        place = (one.device, one.interface, one.group)
        assert pages[one.device].value(m.HSRP_COMPLETE, *place) == 1, place
        assert pages[one.device].value(m.HSRP_INFO, *place, one.address) == 1
    active = [pages[one.device].value(m.HSRP_ACTIVE, one.device, one.interface, one.group) for one in groups]
    assert sum(value or 0 for value in active) == 30


def test_neighbours_of_ospf_are_up(pages: dict[str, Page], promised: Expectations) -> None:
    pairs = [one for one in promised.protocols.adjacencies if one.device in pages]
    assert len(pairs) == 12
    for one in pairs:
        assert pages[one.device].value(m.OSPF_UP, one.device, one.vrf, one.neighbor) == 1, one
    seen = sum(len(page.families.get(m.OSPF_UP.name, {})) for page in pages.values())
    assert seen == len(pairs)


def test_vpcs_are_up_and_agree(pages: dict[str, Page], promised: Expectations) -> None:
    vpcs = [one for one in promised.protocols.vpcs if one.device in pages]
    assert len(vpcs) > 40
    for one in vpcs:
        place = (one.device, one.domain, one.vpc, one.interface)
        assert pages[one.device].value(m.VPC_UP, *place) == 1, place
        assert pages[one.device].value(m.VPC_CONSISTENT, *place) == 1, place


def test_port_channels_have_their_width(pages: dict[str, Page], promised: Expectations) -> None:
    channels = [one for one in promised.protocols.channels if one.device in pages]
    assert len(channels) > 40
    for one in channels:
        assert pages[one.device].value(m.CHANNEL_WIDTH, one.device, one.interface) == one.members, one


def test_sessions_stand_and_bring_prefixes(pages: dict[str, Page], promised: Expectations) -> None:
    assert len(promised.sessions) == 8
    for one in promised.sessions:
        page = pages[one.device]
        assert page.value(m.BGP_UP, one.device, one.vrf, one.peer) == 1, one
        if one.min_prefixes is not None:
            brought = page.value(m.BGP_PREFIXES, one.device, one.vrf, one.peer, "ipv4-unicast")
            assert brought is not None
            assert brought >= one.min_prefixes


def test_series_of_a_core_are_bounded(pages: dict[str, Page]) -> None:
    """Protocols of a core add hundreds of series to its thousands, and no family explodes."""
    sizes = {name: len(values) for name, values in pages["core-1"].families.items()}
    assert max(sizes.values()) < 1500, sizes
