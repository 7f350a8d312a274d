"""What is asked when: optics at their own phase, names when something changed, all after a restart."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from agent import metrics as m
from agent.collect.poll import Clocks, Poll, Poller
from agent.collect.snmp.backend import Community
from agent.collect.snmp.ber import encode_oid
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.tables.load import standard_tables
from tests.recordings.agent import Agent, Recording, serve_recordings

N5K = "network_switch_cisco-n5000-uk9"
SENSOR_VALUE = encode_oid("1.3.6.1.4.1.9.9.91.1.1.1.1.4")
ENTITY_NAME = encode_oid("1.3.6.1.2.1.47.1.1.1.1.7")
IF_NAME = encode_oid("1.3.6.1.2.1.31.1.1.1.1")
IN_OCTETS = encode_oid("1.3.6.1.2.1.31.1.1.1.6")
SYS_UPTIME, ENGINE_TIME = "1.3.6.1.2.1.1.3.0", "1.3.6.1.6.3.10.2.1.3.0"
ENTITY_CHANGE, CONFIG_CHANGE = "1.3.6.1.2.1.47.1.4.1.0", "1.3.6.1.4.1.9.9.43.1.1.1.0"


@dataclass
class Bench:
    """A switch that a test can change, its poller, and a clock that a test can move."""

    agent: Agent
    poller: Poller
    now: float = 1000.0

    @property
    def switch(self) -> Recording:
        return self.agent.recordings[N5K]

    async def poll(self, seconds_later: float = 30.0, deadline: float = 30.0) -> Poll:
        self.now += seconds_later
        self.agent.walked.clear()
        return await self.poller.poll(deadline)

    def asked(self, oid: bytes) -> bool:
        """Whether the column was walked at the last poll."""
        return any(one == oid or one.startswith(oid) for one in self.agent.walked)


def use(recordings: dict[str, Path], do: Callable[[Bench], Awaitable[None]]) -> None:
    async def main() -> None:
        transport, agent = await serve_recordings({N5K: recordings[N5K]})
        engine = Engine(random.Random(5))
        backend = OwnBackend(engine, N5K, transport.get_extra_info("sockname"), Community(N5K))
        clocks = Clocks(lambda: bench.now, lambda: 1.7e9 + bench.now)
        bench = Bench(agent, Poller(N5K, backend, standard_tables(), clocks))
        try:
            await do(bench)
        finally:
            engine.close()
            transport.close()

    asyncio.run(main())


def test_each_group_has_its_pace(recordings: dict[str, Path]) -> None:
    async def do(bench: Bench) -> None:
        await bench.poll()
        assert [bench.asked(oid) for oid in (IN_OCTETS, IF_NAME, SENSOR_VALUE, ENTITY_NAME)] == [True] * 4
        await bench.poll(30)
        assert [bench.asked(oid) for oid in (IN_OCTETS, IF_NAME, SENSOR_VALUE, ENTITY_NAME)] == [
            True,
            False,
            False,
            False,
        ]
        seen: list[float] = []
        while len(seen) < 2:
            await bench.poll(30)
            if bench.asked(SENSOR_VALUE):
                seen.append(bench.now)
        assert 120 < seen[0] - 1030 <= 480  # its phase, half a period away at least
        assert seen[1] - seen[0] == 300

    use(recordings, do)


def test_what_did_not_change_is_the_same_object(recordings: dict[str, Path]) -> None:
    async def do(bench: Bench) -> None:
        first = (await bench.poll()).page.families
        second = (await bench.poll()).page.families
        same = [name for name in first if second.get(name) is first[name]]
        assert {"net_sensor_dbm", "net_part_info", "net_power_supply_up", "net_interface_info"} <= set(same)

    use(recordings, do)


def test_optics_wait_a_little_after_a_start_but_not_for_one_poll(recordings: dict[str, Path]) -> None:
    async def do(bench: Bench) -> None:
        bench.poller.spread(60)
        first = await bench.poll(0)
        assert not bench.asked(SENSOR_VALUE)
        assert "net_sensor_dbm" not in first.page.families
        assert first.page.value(m.PSU_UP, N5K, "PowerSupply-1") == 1  # names are there at once
        later = await bench.poll(61)
        assert "net_sensor_dbm" in later.page.families

    use(recordings, do)


def test_a_slow_table_is_named_and_costs_the_others_nothing(recordings: dict[str, Path]) -> None:
    async def do(bench: Bench) -> None:
        bench.agent.silent = (SENSOR_VALUE,)
        poll = await bench.poll(deadline=3.0)
        assert poll.success
        assert poll.partial == ("sensors",)
        assert poll.problem.startswith("sensors: ")
        assert "; slowest: " in poll.problem
        assert poll.page.value(m.INTERFACE_UP, N5K, "Ethernet1/1") == 1
        bench.agent.silent = ()
        assert (await bench.poll()).partial == ()  # asked again at once, not in five minutes
        assert bench.asked(SENSOR_VALUE)

    use(recordings, do)


def test_names_are_read_again_when_something_changed(recordings: dict[str, Path]) -> None:
    async def do(bench: Bench) -> None:
        await bench.poll()
        bench.switch.change("1.3.6.1.2.1.31.1.1.1.18.436207616", "4", "rue Haute 12")
        await bench.poll()
        assert not bench.asked(IF_NAME)
        bench.switch.change(CONFIG_CHANGE, "67", "3445465999")
        poll = await bench.poll()
        assert bench.asked(IF_NAME)
        assert not bench.asked(ENTITY_NAME)
        assert poll.page.value(m.INTERFACE_INFO, N5K, "Ethernet1/1", "rue Haute 12") == 1
        bench.switch.change(ENTITY_CHANGE, "67", "99999")
        await bench.poll()
        assert bench.asked(ENTITY_NAME)

    use(recordings, do)


def test_half_a_reading_of_names_does_not_rename_anything(recordings: dict[str, Path]) -> None:
    async def do(bench: Bench) -> None:
        before = await bench.poll()
        bench.switch.change(ENTITY_CHANGE, "67", "99999")
        bench.agent.silent = (ENTITY_NAME,)
        after = await bench.poll(deadline=3.0)
        assert "entities" in after.partial
        assert after.page.families["net_power_supply_up"] == before.page.families["net_power_supply_up"]
        bench.agent.silent = ()
        assert (await bench.poll()).partial == ()

    use(recordings, do)


def test_a_restart_makes_everything_due_and_a_wrap_does_not(recordings: dict[str, Path]) -> None:
    async def do(bench: Bench) -> None:
        await bench.poll()
        bench.switch.change(SYS_UPTIME, "67", str(2**32 - 3000))
        await bench.poll()
        bench.switch.change(SYS_UPTIME, "67", "12")
        wrapped = await bench.poll()
        assert (wrapped.restarted, bench.asked(ENTITY_NAME)) == (False, False)
        bench.switch.change(ENGINE_TIME, "2", "7")
        restarted = await bench.poll()
        assert (restarted.restarted, bench.asked(ENTITY_NAME), bench.asked(IF_NAME)) == (True, True, True)

    use(recordings, do)
