"""Agents that misbehave, over real UDP: what was read is kept, what went wrong is said, nothing hangs."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from agent.collect.poll import Clocks, Poller
from agent.collect.snmp import ber
from agent.collect.snmp.backend import Community, Span
from agent.collect.snmp.ber import Header, encode_integer, encode_oid, encode_tlv
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.tables.load import standard_tables
from agent.errors import DeviceError, UnreachableError
from agent.metrics import POLL_PARTIAL, POLL_SUCCESS

Binding = tuple[str, bytes]
Answer = Callable[[Header, str, int], list[bytes]]
Result = TypeVar("Result")

COLUMN = "1.3.6.1.2.1.2.2.1.8"
NULL, END = b"\x05\x00", b"\x82\x00"


def reply(header: Header, bindings: list[Binding], **odd: int | bytes) -> bytes:
    body = b"".join(encode_tlv(0x30, encode_tlv(0x06, encode_oid(oid)) + value) for oid, value in bindings)
    pdu = b"".join(
        encode_integer(int(odd.get(key, default)))
        for key, default in (("request_id", header.request_id), ("status", 0), ("index", 0))
    )
    community = odd.get("community", header.community)
    assert isinstance(community, bytes)
    message = encode_integer(1) + encode_tlv(0x04, community)
    return encode_tlv(0x30, message + encode_tlv(int(odd.get("kind", 0xA2)), pdu + encode_tlv(0x30, body)))


def number(value: int) -> bytes:
    return encode_integer(value)


class Agent(asyncio.DatagramProtocol):
    """Answers with what ``answer`` makes of a request: (header, first OID, max-repetitions) to datagrams."""

    def __init__(self, answer: Answer) -> None:
        self.answer, self.requests = answer, 0

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.requests += 1
        header = ber.read_header(data)
        rows = ber.read_rows(data, header.at, header.end)
        for packet in self.answer(header, ber.decode_oid(rows[0][0]), header.error_index):
            self.transport.sendto(packet, addr)


def ask(
    answer: Answer, use: Callable[[OwnBackend, Agent, Engine], Awaitable[Result]], seconds: float = 20
) -> Result:
    async def main() -> Result:
        loop = asyncio.get_running_loop()
        transport, agent = await loop.create_datagram_endpoint(lambda: Agent(answer), ("127.0.0.1", 0))
        engine = Engine(random.Random(11))
        backend = OwnBackend(engine, "odd-1", transport.get_extra_info("sockname"), Community("public"))
        backend.peer.rtt.timeout = backend.peer.rtt.most = 0.05  # silence is found out soon
        backend.limit(seconds)
        try:
            return await use(backend, agent, engine)
        finally:
            transport.close()
            engine.close()

    return asyncio.run(main())


def table(size: int) -> Answer:
    """An honest column of so many rows."""

    def answer(header: Header, oid: str, repetitions: int) -> list[bytes]:
        first = int(oid.removeprefix(COLUMN).strip(".") or 0) + 1
        rows = [(f"{COLUMN}.{i}", number(i)) for i in range(first, min(first + repetitions, size + 1))]
        return [reply(header, rows if len(rows) == repetitions else [*rows, (f"{COLUMN}.{size}", END)])]

    return answer


SPAN = Span.of("interfaces", COLUMN)


def test_an_honest_agent_is_read_to_its_end() -> None:
    walked = ask(table(130), lambda backend, *_: backend.walk(SPAN))
    assert walked.problem == ""
    assert [value for _, value in walked.rows] == list(range(1, 131))


def test_rows_beyond_14_bits_increase_too() -> None:
    """Raw bytes sort 16384 before 16383; the walk must not take that for a loop, nor a loop for progress."""

    def answer(header: Header, oid: str, repetitions: int) -> list[bytes]:
        last = int(oid.removeprefix(COLUMN).strip(".") or 16380)
        rows = [(f"{COLUMN}.{i}", number(1)) for i in range(last + 1, last + 1 + repetitions)]
        return [reply(header, rows if last < 16500 else [("1.3.6.1.2.1.2.2.1.9.1", number(1))])]

    walked = ask(answer, lambda backend, *_: backend.walk(SPAN))
    assert walked.problem == ""
    numbers = [ber.decode_numbers(oid)[-1] for oid, _ in walked.rows]
    assert numbers == sorted(set(numbers))
    assert 16383 in numbers
    assert 16384 in numbers


@pytest.mark.parametrize("step", [0, -1, -20000])
def test_oids_that_do_not_increase_end_the_walk(step: int) -> None:
    def answer(header: Header, oid: str, repetitions: int) -> list[bytes]:
        last = int(oid.removeprefix(COLUMN).strip(".") or 30000)
        rows = [(f"{COLUMN}.{i}", number(1)) for i in range(last + 1, last + repetitions)]
        return [reply(header, [*rows, (f"{COLUMN}.{rows and last + 1 + step}", number(1))])]

    walked = ask(answer, lambda backend, *_: backend.walk(SPAN))
    assert walked.problem == "the agent's OIDs do not increase"


def test_an_endless_agent_is_cut_at_the_row_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agent.collect.snmp.walk.MAX_ROWS", 500)
    walked = ask(table(10_000_000), lambda backend, *_: backend.walk(SPAN))
    assert walked.problem == "more than 500 rows"
    assert 500 <= len(walked.rows) < 600


def test_answers_to_others_are_dropped_and_counted() -> None:
    honest = table(3)

    def answer(header: Header, oid: str, repetitions: int) -> list[bytes]:
        good = honest(header, oid, repetitions)[0]
        return [
            reply(header, [(f"{COLUMN}.1", number(99))], request_id=header.request_id ^ 1),
            reply(header, [(f"{COLUMN}.1", number(98))], community=b"private"),
            reply(header, [(f"{COLUMN}.1", number(97))], kind=0xA0),
            good[:-3],
            good + b"\x00",
            b"\x30\x84\xff\xff\xff\xff",
            good,
            good,
        ]

    async def use(backend: OwnBackend, _: Agent, engine: Engine) -> tuple[list[ber.Row], int, int]:
        walked = await backend.walk(SPAN)
        while engine.counts.unexpected < 4:  # noqa: ASYNC110  # the second good one comes after the walk has ended
            await asyncio.sleep(0)  # one turn of the loop; the test's own timeout bounds it
        return walked.rows, engine.counts.unexpected, engine.counts.malformed

    rows, unexpected, malformed = ask(answer, use)
    assert [value for _, value in rows] == [1, 2, 3]
    assert (unexpected, malformed) == (4, 3)


def test_an_answer_from_elsewhere_is_dropped() -> None:
    """Right request-id and community, wrong source address: a spoofer on the path."""

    async def use(backend: OwnBackend, agent: Agent, engine: Engine) -> int:
        loop = asyncio.get_running_loop()
        other, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, ("127.0.0.1", 0))

        def spoof(header: Header, oid: str, repetitions: int) -> list[bytes]:
            port = agent.transport.get_extra_info("sockname")[1]
            assert port != other.get_extra_info("sockname")[1]
            client = asked_by[0]
            other.sendto(reply(header, [(f"{COLUMN}.1", number(66))]), client)
            return []

        asked_by: list[tuple[str, int]] = []
        receive = agent.datagram_received

        def remember(data: bytes, addr: tuple[str, int]) -> None:
            asked_by[:] = [addr]
            receive(data, addr)

        agent.answer, agent.datagram_received = spoof, remember  # type: ignore[method-assign]
        walked = await backend.walk(SPAN)
        other.close()
        assert walked.rows == []
        assert "no answer" in walked.problem
        return engine.counts.unexpected

    assert ask(lambda *_: [], use) >= 4


def test_too_big_shrinks_the_request_until_it_fits() -> None:
    honest = table(60)
    asked: list[int] = []

    def answer(header: Header, oid: str, repetitions: int) -> list[bytes]:
        asked.append(repetitions)
        if repetitions > 7:
            return [reply(header, [], status=1)]
        return honest(header, oid, repetitions)

    walked = ask(answer, lambda backend, *_: backend.walk(SPAN))
    assert (walked.problem, len(walked.rows)) == ("", 60)
    assert asked[:3] == [25, 12, 6]


def test_an_agent_that_chokes_on_big_requests_is_asked_for_less() -> None:
    honest = table(40)

    def answer(header: Header, oid: str, repetitions: int) -> list[bytes]:
        return honest(header, oid, repetitions) if repetitions <= 12 else []

    async def use(backend: OwnBackend, *_: object) -> tuple[int, int]:
        first = await backend.walk(SPAN)
        return len(first.rows), backend.peer.appetite("", SPAN.columns[0]).size

    rows, remembered = ask(answer, use)
    assert rows == 40
    assert remembered < 25


def test_lost_packets_are_sent_again() -> None:
    honest, lost = table(60), iter([True, False, True] + [False] * 100)

    def answer(header: Header, oid: str, repetitions: int) -> list[bytes]:
        return [] if next(lost) else honest(header, oid, repetitions)

    async def use(backend: OwnBackend, _: Agent, engine: Engine) -> tuple[int, int]:
        return len((await backend.walk(SPAN)).rows), engine.counts.retransmitted

    assert ask(answer, use) == (60, 2)


def test_a_table_cut_short_is_kept_and_labelled() -> None:
    honest = table(200)

    def answer(header: Header, oid: str, repetitions: int) -> list[bytes]:
        if header.kind == ber.GET:
            return [reply(header, [("1.3.6.1.2.1.1.3.0", number(1))])]
        if not oid.startswith(COLUMN) or len(oid) > len(COLUMN) + 3:
            return []
        return honest(header, oid, repetitions)

    async def use(backend: OwnBackend, *_: object) -> None:
        poll = await Poller("odd-1", backend, standard_tables(), Clocks(time.monotonic, time.time)).poll(3)
        assert poll.success
        assert set(poll.partial) == {"interface-names", "interfaces"}
        assert "interfaces: " in poll.problem
        assert " after " in poll.problem
        assert poll.page.value(POLL_PARTIAL, "odd-1", "interfaces") == 1
        assert poll.seconds < 5

    ask(answer, use)


def test_silence_ends_within_the_deadline_and_says_what_to_check() -> None:
    async def use(backend: OwnBackend, agent: Agent, _: Engine) -> None:
        with pytest.raises(
            UnreachableError, match=r"no answer to 4 requests\. check address, port, community"
        ):
            await backend.get([encode_oid("1.3.6.1.2.1.1.1.0")])
        assert agent.requests == 4
        poll = await Poller("odd-1", backend, standard_tables(), Clocks(time.monotonic, time.time)).poll(0.1)
        assert not poll.success
        assert "the deadline has passed" in poll.problem
        assert poll.page.value(POLL_SUCCESS, "odd-1") == 0

    ask(lambda *_: [], use)


def test_an_error_status_is_named() -> None:
    async def use(backend: OwnBackend, *_: object) -> None:
        walked = await backend.walk(SPAN)
        assert walked.problem == "the agent answers error 5"
        with pytest.raises(DeviceError, match="error 5"):
            await backend.get([encode_oid(COLUMN)])

    ask(lambda header, *_: [reply(header, [], status=5)], use)


def test_a_get_too_big_is_asked_in_halves() -> None:
    oids = [f"1.3.6.1.2.1.1.{i}.0" for i in range(1, 8)]

    def answer(header: Header, oid: str, _: int) -> list[bytes]:
        # the responder sees the first OID only; requests of one binding are short
        if header.end - header.at > 20:
            return [reply(header, [], status=1)]
        return [reply(header, [(oid, number(int(oid.split(".")[-2])))])]

    async def use(backend: OwnBackend, *_: object) -> None:
        found = await backend.get([encode_oid(oid) for oid in oids])
        assert found == {encode_oid(oid): i for i, oid in enumerate(oids, 1)}

    ask(answer, use)


def test_a_rubbish_counter_never_reaches_the_page() -> None:
    """A device that answers text, OIDs and negative numbers where counters belong."""

    def answer(header: Header, oid: str, _: int) -> list[bytes]:
        if header.kind == ber.GET:
            return [reply(header, [("1.3.6.1.2.1.1.3.0", number(1))])]
        name = "1.3.6.1.2.1.31.1.1.1"
        rows = {
            f"{name}.1": encode_tlv(0x04, b"Ethernet1/1\n\xff"),
            f"{name}.6": encode_tlv(0x04, b"lots"),
            f"{name}.7": encode_tlv(0x06, encode_oid("1.3.6")),
            f"{name}.15": encode_tlv(0x04, b""),
        }
        row = [(f"{oid}.1", rows[oid])] if oid in rows else []
        return [reply(header, [*row, ("2.1", END)])]

    async def use(backend: OwnBackend, *_: object) -> None:
        poll = await Poller("odd-1", backend, standard_tables(), Clocks(time.monotonic, time.time)).poll(5)
        assert poll.success
        assert "net_interface_receive_bytes_total" not in poll.page.families
        for family in poll.page.families.values():
            assert all(isinstance(value, (int, float)) for value in family.values())

    ask(answer, use)
