"""Lies of an SNMPv3 agent (``bench/forger.py``): ours believes none; the table of docs/snmpv3.md is true."""

from __future__ import annotations

import asyncio
import random
import re
import time
from pathlib import Path

import pytest

from agent.collect.snmp.backend import Span, Walked, read_credentials
from agent.collect.snmp.ber import encode_oid
from agent.collect.snmp.engine import Counts, Engine
from agent.collect.snmp.own import OwnBackend
from agent.errors import LoginRefusedError
from bench.forger import COLUMN, FORGED, HONEST, LIES, ROWS, ROWS_AT_ONCE, SECRET, Forger
from bench.refusals import compare, find_peers

PAGE = Path(__file__).parents[3] / "docs" / "snmpv3.md"
SPAN = Span.of("interfaces", COLUMN)


def walk(lie: str, secret: str = SECRET) -> tuple[Walked, Counts]:
    async def main() -> tuple[Walked, Counts]:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: Forger(LIES[lie][1]), ("127.0.0.1", 0))
        engine = Engine(random.Random(5))
        address = transport.get_extra_info("sockname")
        backend = OwnBackend(engine, "odd-1", address, read_credentials(secret))
        backend.peer.rtt.timeout = backend.peer.rtt.most = backend.peer.rtt.least = 0.05
        backend.limit(10)
        try:
            return await backend.walk(SPAN), engine.counts
        finally:
            engine.close()
            transport.close()

    return asyncio.run(main())


def test_the_truth_is_read() -> None:
    walked, counts = walk("none")
    assert [value for _, value in walked.rows] == [HONEST] * ROWS
    assert walked.problem == ""
    assert (counts.refused, counts.unexpected, counts.malformed) == (0, 0, 0)


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        ("digest", "wrong digest"),
        ("no-digest", "wrong digest"),
        ("engine", "another engine"),
        ("time", "outside the time window"),
        ("boots", "outside the time window"),
        ("replay", "no answer"),
        ("renumbered", "wrong digest"),
        ("question", "another question"),
        ("no-privacy", "without the security that was asked for"),
        ("no-auth", "without the security that was asked for"),
        ("v2c", "no answer"),
    ],
)
def test_a_lie_is_refused_counted_and_named(lie: str, words: str) -> None:
    walked, counts = walk(lie)
    assert [value for _, value in walked.rows] == [HONEST] * ROWS_AT_ONCE, "what was true is kept"
    assert words in walked.problem
    assert counts.refused + counts.unexpected >= 4


def test_an_unsigned_report_does_not_end_what_the_agent_answers() -> None:
    walked, counts = walk("report")
    assert [value for _, value in walked.rows] == [HONEST] * ROWS
    assert counts.reported >= 3


def test_every_lie_is_tried() -> None:
    assert len(LIES) == 13
    assert FORGED != HONEST


def test_a_wrong_password_is_named_soon_and_without_the_password() -> None:
    async def main() -> float:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: Forger(LIES["none"][1]), ("127.0.0.1", 0))
        engine = Engine(random.Random(5))
        who = read_credentials(SECRET.replace("authpass", "wrongpass"))
        backend = OwnBackend(engine, "odd-1", transport.get_extra_info("sockname"), who)
        started = time.monotonic()
        with pytest.raises(
            LoginRefusedError, match="wrong password or digest of SNMPv3 user bench"
        ) as caught:
            await backend.get([encode_oid(COLUMN)])
        engine.close()
        transport.close()
        assert "wrongpass" not in str(caught.value)
        return time.monotonic() - started

    assert asyncio.run(main()) < 3, "one timer, not four tries"


def read_page() -> dict[str, dict[str, str]]:
    """Verdicts of the page by peer, then by lie."""
    lines = [line.strip("| ").split(" | ") for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    names = {words: lie for lie, (words, _) in LIES.items()}
    head, *rows = lines
    return {peer: {names[row[0]]: row[column] for row in rows} for column, peer in enumerate(head) if column}


def test_the_page_says_that_ours_believes_nothing() -> None:
    verdicts = read_page()["Moulin"]
    assert verdicts.pop("none") == "read"
    assert verdicts.pop("report") == "goes on"
    assert set(verdicts.values()) == {"refused"}
    assert len(verdicts) == len(LIES) - 2


@pytest.mark.parametrize("peer", ["pysnmp", "net-snmp", "gufo_snmp", "snmp_exporter"])
def test_the_page_says_what_others_do(peer: str) -> None:
    found = {name: ask for name, ask in find_peers().items() if name.startswith(peer)}
    page = {name: verdicts for name, verdicts in read_page().items() if name in found}
    if not found:
        pytest.skip(f"{peer} is not installed")
    if not page:
        pytest.skip(f"the page speaks of another release than {next(iter(found))}. python -m bench.refusals")
    ((name, verdicts),) = page.items()
    lies = ("digest", "no-auth")
    assert compare(found, lies) == {lie: [verdicts[lie]] for lie in lies}, name


def test_the_page_can_be_read() -> None:
    assert re.search(r"on \d{4}-\d\d-\d\d", PAGE.read_text())
    assert all(set(verdicts) == set(LIES) for verdicts in read_page().values())
