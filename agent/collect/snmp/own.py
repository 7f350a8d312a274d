"""Our own engine behind the ``Backend`` seam."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from agent.collect.snmp import ber
from agent.collect.snmp.backend import Community, Span, User, Walked
from agent.collect.snmp.engine import Engine, Exchange, Peer
from agent.collect.snmp.request import write_get
from agent.collect.snmp.walk import Walk
from agent.errors import DeviceError, UnreachableError, UsageError

_TOO_BIG, _NO_SUCH_NAME = 1, 2


class OwnBackend:
    """One agent, asked through the shared engine."""

    def __init__(
        self, engine: Engine, name: str, address: tuple[str, int], credentials: Community | User
    ) -> None:
        if isinstance(credentials, User):
            raise UsageError(f"{name}: the own SNMP engine speaks v2c. set MOULIN_SNMP_BACKEND=pysnmp for v3")
        self._engine = engine
        self.peer = Peer(name, address[0], address[1], credentials.name.encode())

    def limit(self, seconds: float) -> None:
        """Deadline for all that is asked from now on."""
        self.peer.deadline = asyncio.get_running_loop().time() + seconds

    async def get(self, oids: Sequence[bytes], context: str = "") -> dict[bytes, ber.Value]:
        """Values by OID; asks in halves when the agent finds the answer too big."""
        await self._engine.reach(self.peer)
        header, rows = await self._ask(oids, context)
        if header.error_status == _TOO_BIG and len(oids) > 1:
            middle = len(oids) // 2
            return await self.get(oids[:middle], context) | await self.get(oids[middle:], context)
        if header.error_status == _NO_SUCH_NAME:
            return dict.fromkeys(oids)
        if header.error_status:
            raise DeviceError(
                self.peer.name,
                f"the SNMP agent answers error {header.error_status}",
                hint="check the agent's view and log",
            )
        answered = dict(rows)
        return {oid: answered.get(oid) for oid in oids}

    async def _ask(self, oids: Sequence[bytes], context: str) -> tuple[ber.Header, list[ber.Row]]:
        done: asyncio.Future[tuple[ber.Header, list[ber.Row]]] = asyncio.get_running_loop().create_future()

        def answer(header: ber.Header, rows: list[ber.Row]) -> None:
            if not done.done():
                done.set_result((header, rows))

        def silence(problem: str) -> None:
            if not done.done():
                done.set_exception(
                    UnreachableError(
                        self.peer.name,
                        f"SNMP at {self.peer.host}:{self.peer.port}: {problem}",
                        hint="check address, port, community and the agent's access list",
                    )
                )

        build = partial(_build_get, self.peer.name_in(context), tuple(oids))
        self._engine.send(Exchange(self.peer, build, answer, silence, context=context))
        return await done

    async def walk(self, span: Span, context: str = "") -> Walked:
        """Rows of the span; what was read before a failure is kept."""
        try:
            await self._engine.reach(self.peer)
        except UnreachableError as exc:
            return Walked([], exc.problem)
        return await Walk(self._engine, self.peer, span, context).done


def _build_get(community: bytes, oids: tuple[bytes, ...], request_id: int) -> bytes:
    return write_get(community, request_id, oids)
