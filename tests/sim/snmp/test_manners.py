"""How the engine treats agents that are slow, small or guarded, over real UDP."""

from __future__ import annotations

import asyncio
import time

import pytest

from agent.collect.snmp.appetite import FIRST, MOST, Appetite
from agent.collect.snmp.backend import Community, Span
from agent.collect.snmp.ber import Header, encode_tlv
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.snmp.peer import MOST_PER_SECOND
from tests.sim.snmp.test_malformed_agents import COLUMN, END, SPAN, Agent, Answer, ask, number, reply, table

OTHER = "1.3.6.1.2.1.2.2.1.9"


def note_sizes(answer: Answer) -> tuple[Answer, list[int]]:
    """The same agent, and how many rows it is asked for."""
    sizes: list[int] = []

    def noting(header: Header, oid: str, repetitions: int) -> list[bytes]:
        sizes.append(repetitions)
        return answer(header, oid, repetitions)

    return noting, sizes


def cut_at(rows: int) -> Answer:
    """An agent whose answers hold so many rows at most, as with ``snmp-server packetsize``."""
    honest = table(400)
    return lambda header, oid, repetitions: honest(header, oid, min(repetitions, rows))


def test_requests_grow_while_answers_come_whole_and_are_remembered() -> None:
    answer, sizes = note_sizes(table(900))

    async def use(backend: OwnBackend, *_: object) -> None:
        for _ in range(2):
            assert len((await backend.walk(SPAN)).rows) == 900

    ask(answer, use)
    assert sizes[0] == FIRST
    assert max(sizes) == sizes[-1] == MOST
    assert sizes[sizes.index(MOST) :] == [MOST] * sizes.count(MOST)


def test_an_agent_that_cuts_its_answers_is_asked_the_same_way_every_time() -> None:
    answer, sizes = note_sizes(cut_at(31))

    async def use(backend: OwnBackend, *_: object) -> list[int]:
        found = []
        for _ in range(4):
            sizes.clear()
            assert len((await backend.walk(SPAN)).rows) == 400
            found.append(len(set(sizes)))
        return found

    assert ask(answer, use)[-1] == 1
    assert 31 <= sizes[-1] < 62


def test_what_is_learnt_is_of_one_table() -> None:
    small, big = table(60), table(60)

    def answer(header: Header, oid: str, repetitions: int) -> list[bytes]:
        if oid.startswith(OTHER):
            if repetitions > 5:
                return [reply(header, [], status=1)]
            return [reply(header, [(f"{OTHER}.1", END)])]
        return (small if oid == COLUMN else big)(header, oid, repetitions)

    async def use(backend: OwnBackend, *_: object) -> tuple[int, int]:
        span = Span.of("other", OTHER)
        assert (await backend.walk(SPAN)).problem == (await backend.walk(span)).problem == ""
        appetite = backend.peer.appetite
        return appetite("", SPAN.columns[0]).size, appetite("", span.columns[0]).size

    size, other = ask(answer, use)
    assert size > FIRST
    assert other <= 5


def test_packets_keep_to_the_pace_of_the_agent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.collect.snmp.peer.BURST", 2)
    monkeypatch.setattr("agent.collect.snmp.peer.MOST_PER_SECOND", 100.0)
    monkeypatch.setattr("agent.collect.snmp.appetite.MOST", 1)

    async def use(backend: OwnBackend, agent: Agent, _: Engine) -> tuple[float, int]:
        backend.peer.pace.rate = 100.0
        backend.peer.note("", SPAN.columns[0], Appetite(1, 1))
        started = time.monotonic()
        assert len((await backend.walk(SPAN)).rows) == 30
        return time.monotonic() - started, agent.requests

    seconds, requests = ask(table(30), use)
    assert requests == 31
    assert seconds > 0.2, "31 packets at 100 a second"


def test_a_policer_that_drops_in_silence_is_met_by_fewer_packets() -> None:
    """CoPP: so many packets a second pass, the others vanish."""
    honest, tokens, last = table(200), [10.0], [time.monotonic()]

    def answer(header: Header, oid: str, repetitions: int) -> list[bytes]:
        now = time.monotonic()
        tokens[0] = min(10.0, tokens[0] + 40 * (now - last[0]))
        last[0] = now
        if tokens[0] < 1:
            return []
        tokens[0] -= 1
        return honest(header, oid, min(repetitions, 4))

    async def use(backend: OwnBackend, *_: object) -> tuple[int, float]:
        backend.peer.rtt.least = 0.05
        walking, slowest = asyncio.create_task(backend.walk(SPAN)), MOST_PER_SECOND
        while not walking.done():
            slowest = min(slowest, backend.peer.pace.rate)
            await asyncio.sleep(0.001)
        walked = await walking
        assert walked.problem == ""
        return len(walked.rows), slowest

    rows, slowest = ask(answer, use)
    assert rows == 200
    assert slowest < MOST_PER_SECOND / 4


@pytest.mark.parametrize("again", ["the same row twice", "a row from before"])
def test_rows_that_come_twice_end_the_walk_every_time(again: str) -> None:
    """Also in later polls, when the answers look as they always do."""
    rows = [(f"{COLUMN}.{index}", number(1)) for index in range(1, 21)]
    rows.insert(10, rows[9] if again == "the same row twice" else rows[3])

    def answer(header: Header, oid: str, repetitions: int) -> list[bytes]:
        return [reply(header, rows)]

    async def use(backend: OwnBackend, *_: object) -> list[str]:
        return [(await backend.walk(SPAN)).problem for _ in range(5)]

    assert set(ask(answer, use)) == {"the agent's OIDs do not increase"}


def test_an_agent_that_changes_its_mind_is_read_anew() -> None:
    """Layouts of answers are never an answer: other rows, other lengths, fewer rows."""
    polls = [(40, 1), (40, 2), (40, 300), (39, 300), (40, 70_000), (12, 5), (40, 1), (40, 200)]
    current = [polls[0]]

    def answer(header: Header, oid: str, repetitions: int) -> list[bytes]:
        size, value = current[0]
        first = int(oid.removeprefix(COLUMN).strip(".") or 0) + 1
        numbers = range(first, min(first + repetitions, size + 1))
        rows = [(f"{COLUMN}.{i}", number(value + i)) for i in numbers]
        return [reply(header, rows if len(rows) == repetitions else [*rows, (f"{OTHER}.1", number(value))])]

    async def use(backend: OwnBackend, *_: object) -> None:
        for _ in range(3):
            for size, value in polls:
                for _ in range(3):
                    current[0] = (size, value)
                    walked = await backend.walk(SPAN)
                    assert walked.problem == ""
                    assert [found for _, found in walked.rows] == [value + i for i in range(1, size + 1)]

    ask(answer, use)


def test_few_and_huge_rows_are_cut_at_a_volume(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.collect.snmp.walk.MAX_BYTES", 1 << 20)

    def answer(header: Header, oid: str, repetitions: int) -> list[bytes]:
        last = int(oid.removeprefix(COLUMN).strip(".") or 0)
        return [reply(header, [(f"{COLUMN}.{last + 1}", encode_tlv(0x04, b"x" * 60_000))])]

    walked = ask(answer, lambda backend, *_: backend.walk(SPAN))
    assert walked.problem == "more than 1 MB"
    assert len(walked.rows) < 20


def test_a_deadline_names_the_table_and_its_time() -> None:
    honest = table(2000)

    async def use(backend: OwnBackend, agent: Agent, _: Engine) -> None:
        loop = asyncio.get_running_loop()
        receive = agent.datagram_received
        backend.peer.rtt.timeout = backend.peer.rtt.most = 1.0

        def slowly(data: bytes, addr: tuple[str, int]) -> None:
            loop.call_later(0.06, receive, data, addr)

        agent.datagram_received = slowly  # type: ignore[method-assign]
        backend.limit(0.5)
        walked = await backend.walk(Span("ifXTable", SPAN.columns))
        assert walked.problem.startswith("the deadline has passed: ifXTable took 0.")
        assert walked.problem.endswith(" s of 0.5")
        assert walked.rows, "what was read is kept"

    ask(honest, use)


def test_what_is_held_back_for_the_pace_ends_at_the_deadline() -> None:
    async def use(backend: OwnBackend, _: Agent, engine: Engine) -> None:
        backend.peer.pace.rate = 5.0
        backend.limit(0.3)
        walks = await asyncio.gather(*(backend.walk(SPAN) for _ in range(30)))
        started = time.monotonic()
        assert any(walked.problem.startswith("the deadline") for walked in walks)
        assert engine.waiting == 0
        assert time.monotonic() - started < 1

    ask(cut_at(1), use)


def test_a_silent_neighbour_delays_nobody() -> None:
    async def use(backend: OwnBackend, _: Agent, engine: Engine) -> None:
        dark = OwnBackend(engine, "dark", ("127.0.0.1", 9), Community("public"))
        dark.limit(2)
        waiting = asyncio.create_task(dark.walk(SPAN))
        for _ in range(20):
            assert (await backend.walk(SPAN)).problem == ""
        assert not waiting.done()
        waiting.cancel()

    ask(table(100), use)
