"""The walk of a span as a state machine: one GetBulk at a time, answers checked, what was read is kept."""

from __future__ import annotations

import asyncio

from agent.collect.snmp import ber
from agent.collect.snmp.backend import MAX_ROWS, Span, Walked
from agent.collect.snmp.engine import TRIES, Engine, Exchange, Peer
from agent.collect.snmp.request import write_bulk

FIRST_REPETITIONS = 25
MOST_REPETITIONS = 50
_TOO_BIG = 1


class Walk:
    """Walks one span of one peer; ``done`` gets the Walked, never an exception."""

    def __init__(self, engine: Engine, peer: Peer, span: Span, context: str = "") -> None:
        self._engine, self._peer, self._span, self._context = engine, peer, span, context
        self._loop = asyncio.get_running_loop()
        self._cursor = span.columns[0]
        self._repetitions = peer.repetitions.get(self._cursor, FIRST_REPETITIONS)
        self._rows: list[ber.Row] = []
        self._tries = 0
        self._started = self._loop.time()
        self.done: asyncio.Future[Walked] = self._loop.create_future()
        self._ask()

    def _ask(self) -> None:
        community = self._peer.name_in(self._context)
        oid, repetitions = self._cursor, self._repetitions
        sends, self._tries = self._tries, 2 if self._tries == 0 else TRIES
        self._engine.send(
            Exchange(
                self._peer,
                lambda request_id: write_bulk(community, request_id, oid, repetitions),
                self._answer,
                self._silence,
                context=self._context,
                tries=self._tries,
                sends=sends,
            )
        )

    def _answer(self, header: ber.Header, rows: list[ber.Row]) -> None:
        if self.done.done():  # the waiter was cancelled
            return
        if header.error_status == _TOO_BIG and self._repetitions > 1:
            self._tries = 0
            self._shrink()
            self._ask()
        elif header.error_status:
            self._finish(f"the agent answers error {header.error_status}")
        elif not rows:
            self._finish("the agent answers without rows")
        else:
            self._tries = 0
            self._take(rows)

    def _take(self, rows: list[ber.Row]) -> None:
        columns = self._span.columns
        ended = not rows[-1][0].startswith(columns) or rows[-1][1] is None
        if ended:
            kept = 0
            while kept < len(rows) and rows[kept][0].startswith(columns) and rows[kept][1] is not None:
                kept += 1
            rows = rows[:kept]
        before = self._cursor
        for oid, _ in rows:
            # raw bytes sort right when they are equally long; where they are not, look closer
            if (len(oid) != len(before) or oid <= before) and not ber.follows(before, oid):
                self._finish("the agent's OIDs do not increase")
                return
            before = oid
        if not ended and not ber.follows(self._cursor, before):
            self._finish("the agent's OIDs do not increase")
            return
        self._rows += rows
        if ended:
            self._finish("")
        elif len(self._rows) >= MAX_ROWS:
            self._finish(f"more than {MAX_ROWS} rows")
        else:
            if len(rows) >= self._repetitions < MOST_REPETITIONS:
                self._repetitions += 5
            self._cursor = before
            self._ask()

    def _silence(self, problem: str) -> None:
        if self.done.done():
            return
        if self._loop.time() < self._peer.deadline and self._tries < TRIES and self._engine.is_open:
            # lost twice: perhaps the answer is too long for the path or for the agent's patience
            self._shrink()
            self._ask()
        else:
            self._finish(problem)

    def _shrink(self) -> None:
        self._repetitions = max(1, self._repetitions // 2)

    def _finish(self, problem: str) -> None:
        self._peer.repetitions[self._span.columns[0]] = self._repetitions
        self.done.set_result(Walked(self._rows, problem, self._loop.time() - self._started))
