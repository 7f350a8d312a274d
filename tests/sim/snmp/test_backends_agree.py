"""Two independent SNMP implementations read the same recordings and must see the same rows and pages."""

from __future__ import annotations

import asyncio
import random
import time
from typing import Any

import pytest

from agent.collect.poll import Clocks, Poll, Poller
from agent.collect.snmp.backend import Backend, Community, Span, User, Walked, read_credentials
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.snmp.pysnmp_backend import PysnmpBackend, PysnmpEngine
from agent.collect.tables.load import standard_tables
from agent.errors import DeviceError, UsageError
from agent.metrics import POLL_SECONDS

SECRET = "v3 moulin sha256 correct-horse aes128 battery-staple"
SMALL = ("axiscam_box", "apc_smart1500", "nxos_n9k-c93180yc-fx3")
CLOCKS = Clocks(time.monotonic, time.time)


async def walk_twice(address: tuple[str, int], name: str, span: Span) -> tuple[Walked, Walked]:
    engine, other = Engine(random.Random(3)), PysnmpEngine()
    own = OwnBackend(engine, name, address, Community(name))
    oracle = PysnmpBackend(other, name, address, Community(name))
    own.limit(60)
    oracle.limit(60)
    walks = await asyncio.gather(own.walk(span), oracle.walk(span))
    engine.close()
    other.close()
    return walks[0], walks[1]


@pytest.mark.parametrize("name", ["ios_2960x", "nxos_lag-mib", "network_switch_cisco-n5000-uk9"])
def test_whole_tables_are_the_same_rows(responder: Any, name: str) -> None:
    for oid in ("1.3.6.1.2.1.1", "1.3.6.1.2.1.31.1.1.1", "1.0.8802.1.1.2.1.4", "1.3.6.1.4.1.9.9.91.1"):
        own, oracle = asyncio.run(walk_twice(responder.address, name, Span.of("all", oid)))
        assert (own.problem, oracle.problem) == ("", "")
        assert own.rows == oracle.rows
        assert [type(value) for _, value in own.rows] == [type(value) for _, value in oracle.rows]


@pytest.mark.parametrize("kind", ["own", "pysnmp"])
def test_a_context_of_v2c_is_another_community(responder: Any, kind: str) -> None:
    """IOS: ``public@10`` is VLAN 10. The responder knows no such recording, and so stays silent."""
    name = SMALL[0]

    async def ask(community: str, context: str) -> Walked:
        engine, other = Engine(random.Random(3)), PysnmpEngine()
        who = Community(community)
        backend = (
            OwnBackend(engine, name, responder.address, who)
            if kind == "own"
            else PysnmpBackend(other, name, responder.address, who)
        )
        backend.limit(1 if context else 30)
        walked = await backend.walk(Span.of("system", "1.3.6.1.2.1.1"), context)
        engine.close()
        other.close()
        return walked

    assert asyncio.run(ask(name, "")).problem == ""
    assert asyncio.run(ask(name, "10")).rows == []


async def poll_by(kind: str, address: tuple[str, int], name: str, who: Community | User) -> Poll:
    engine, other = Engine(random.Random(3)), PysnmpEngine()
    backend: Backend = (
        OwnBackend(engine, name, address, who) if kind == "own" else PysnmpBackend(other, name, address, who)
    )
    poll = await Poller(name, backend, standard_tables(), CLOCKS).poll(90)
    engine.close()
    other.close()
    return poll


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("way", ["pysnmp v2c", "pysnmp v3", "own v3"])
def test_every_way_gives_the_same_page(responder: Any, polled: dict[str, Poll], name: str, way: str) -> None:
    who = Community(name) if way.endswith("v2c") else read_credentials(f"{SECRET} context {name}")
    poll = asyncio.run(poll_by(way.split(maxsplit=1)[0], responder.address, name, who))
    own = {key: value for key, value in polled[name].page.families.items() if key != POLL_SECONDS.name}
    theirs = {key: value for key, value in poll.page.families.items() if key != POLL_SECONDS.name}
    assert theirs == own
    assert len(own) > 1


@pytest.mark.parametrize(
    ("kind", "words"),
    [("own", "wrong password or digest of SNMPv3 user moulin"), ("pysnmp", "wrong user or")],
)
def test_v3_with_a_wrong_password_is_a_clear_failure(responder: Any, kind: str, words: str) -> None:
    who = read_credentials("v3 moulin sha256 wrong-horse! aes128 battery-staple context axiscam_box")
    poll = asyncio.run(poll_by(kind, responder.address, "axiscam_box", who))
    assert not poll.success
    assert words in poll.problem
    assert "wrong-horse" not in poll.problem


def test_a_silent_agent_is_a_failure_within_the_deadline() -> None:
    async def ask() -> float:
        engine = PysnmpEngine()
        backend = PysnmpBackend(engine, "dark", ("127.0.0.254", 9), Community("public"))
        backend.limit(0.5)
        started = time.monotonic()
        with pytest.raises(DeviceError, match="deadline"):
            await backend.get([b"\x2b\x06\x01\x02\x01\x01\x01\x00"])
        engine.close()
        return time.monotonic() - started

    assert asyncio.run(ask()) < 3


def test_unknown_protocols_are_refused() -> None:
    who = User("moulin", "sha1024", "correct-horse", "aes", "battery-staple")
    with pytest.raises(UsageError, match="unknown SNMPv3 protocol"):
        PysnmpBackend(PysnmpEngine(), "x", ("127.0.0.1", 161), who)

    async def make() -> None:
        engine = Engine(random.Random(1))
        try:
            OwnBackend(engine, "x", ("127.0.0.1", 161), who)
        finally:
            engine.close()

    with pytest.raises(UsageError, match="unknown SNMPv3 protocol"):
        asyncio.run(make())
    assert "aes" not in repr(who)
