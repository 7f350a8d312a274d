"""The walk of a span as a state machine: one GetBulk at a time, answers checked, what was read is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from agent.collect.snmp import ber
from agent.collect.snmp.backend import MAX_ROWS, Span, Walked
from agent.collect.snmp.engine import DEADLINE, TRIES, Engine, Exchange, Silence
from agent.collect.snmp.peer import Peer
from agent.collect.snmp.rows import Rows

MAX_BYTES = 32 << 20
"""What the answers of one walk may hold; rows may be few and long."""

_TOO_BIG, _NO_SUCH_NAME = 1, 2


class Walk:
    """Walks one span of one peer; ``done`` gets the Walked, never an exception."""

    def __init__(self, engine: Engine, peer: Peer, span: Span, context: str = "") -> None:
        self._engine, self._peer, self._span, self._context = engine, peer, span, context
        self._loop = asyncio.get_running_loop()
        self._cursor = span.columns[0]
        self._appetite = peer.appetite(context, self._cursor)
        self._asked = 0
        self._parts: list[Rows] = []
        self._count = 0
        self._bytes = 0
        self._tries = 0
        self._new = b""
        """Bindings of the last answer, unless their layout was known."""
        self._started = self._loop.time()
        self.done: asyncio.Future[Walked] = self._loop.create_future()
        self._ask()

    def _ask(self) -> None:
        self._asked = self._appetite.size
        sends, self._tries = self._tries, 2 if self._tries == 0 else TRIES
        self._engine.send(
            Exchange(
                self._peer,
                self._write,
                self._answer,
                self._silence,
                context=self._context,
                read=self._read,
                tries=self._tries,
                sends=sends,
            )
        )

    def _write(self, request_id: int) -> bytes:
        return self._peer.dialect.ask_rows(self._context, request_id, self._cursor, self._asked)

    def _read(self, data: bytes, at: int, end: int) -> Sequence[ber.Row]:
        """By the layout of the last answer to this question, where it fits."""
        bindings = data[at:end]
        rows = self._peer.layouts.read((self._context, self._cursor), bindings)
        self._new = bindings if rows is None else b""
        return ber.read_rows(bindings, 0, len(bindings)) if rows is None else rows

    def _answer(self, header: ber.Header, rows: Sequence[ber.Row]) -> None:
        if self.done.done():  # the waiter was cancelled
            return
        self._bytes += header.end
        status = header.error_status
        if status == _TOO_BIG and self._asked > 1:
            self._tries = 0
            self._appetite.choke()
            self._ask()
        elif status == _NO_SUCH_NAME:  # v1: nothing comes after this
            self._finish("")
        elif status:
            self._finish(f"the agent answers error {status}")
        elif not rows:
            self._finish("the agent answers without rows")
        else:
            self._tries = 0
            self._take(rows)

    def _take(self, rows: Sequence[ber.Row]) -> None:
        columns, last = self._span.columns, rows[-1]
        if self._new:
            if not self._rises(rows):
                self._finish("the agent's OIDs do not increase")
                return
            rows = self._peer.layouts.note((self._context, self._cursor), self._new, rows)
        part = Rows.of(rows)
        if not last[0].startswith(columns) or last[1] is None:
            kept = 0
            for oid, value in part:
                if value is None or not oid.startswith(columns):
                    break
                kept += 1
            self._parts.append(part[:kept])
            self._finish("")
            return
        self._parts.append(part)
        self._count += len(part)
        if self._count >= (most := self._span.most_rows or MAX_ROWS):
            self._finish(f"more than {most} rows")
        elif self._bytes >= MAX_BYTES:
            self._finish(f"more than {MAX_BYTES >> 20} MB")
        else:
            self._appetite.swallow(len(rows))
            self._cursor = last[0]
            self._ask()

    def _rises(self, rows: Sequence[ber.Row]) -> bool:
        """Whether the rows of the span increase, each after the one before."""
        columns, before = self._span.columns, self._cursor
        for oid, value in rows:
            if value is None or not oid.startswith(columns):
                break
            # raw bytes sort right when they are equally long; where they are not, look closer
            if (len(oid) != len(before) or oid <= before) and not ber.follows(before, oid):
                return False
            before = oid
        return True

    def _silence(self, why: Silence) -> None:
        if self.done.done():
            return
        if self._loop.time() < self._peer.deadline and self._tries < TRIES and not why.final:
            # lost twice: perhaps the answer is too long for the path or for the agent's patience
            self._appetite.choke()
            self._ask()
        elif why.problem == DEADLINE:
            taken = self._loop.time() - self._started
            self._finish(f"{DEADLINE}: {self._span.table} took {taken:.3g} s of {self._peer.allowed:.3g}")
        else:
            self._finish(why.problem)

    def _finish(self, problem: str) -> None:
        first = self._span.columns[0]
        self._peer.note(self._context, first, self._appetite)
        rows = self._peer.layouts.join((self._context, first), self._parts)
        self.done.set_result(Walked(rows, problem, self._loop.time() - self._started))
