"""Our own engine behind the ``Backend`` seam."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from agent.collect.snmp import ber
from agent.collect.snmp.backend import Community, Span, User, Walked
from agent.collect.snmp.dialect import CommunityDialect
from agent.collect.snmp.engine import Engine, Exchange, Silence
from agent.collect.snmp.keys import AUTH, PRIVACY
from agent.collect.snmp.peer import Peer
from agent.collect.snmp.rows import Rows
from agent.collect.snmp.session import Answer, Session
from agent.collect.snmp.walk import Walk
from agent.errors import DeviceError, LoginRefusedError, UnreachableError, UsageError

_TOO_BIG, _NO_SUCH_NAME = 1, 2
_CHECK = "check address, port, community and the agent's access list"
_CHECK_V3 = "check address, port, user and the agent's access list"
_CHECK_MET = "it told its SNMP engine, so the way is open: check the privacy password and the context"
_HINTS = {
    6: "let the agent's view or role show the table",
    16: "let the user's group or role read at this security level and in this context",
}


class OwnBackend:
    """One agent, asked through the shared engine. Raises UsageError for protocols that do not exist."""

    def __init__(
        self, engine: Engine, name: str, address: tuple[str, int], credentials: Community | User
    ) -> None:
        self._engine = engine
        self._meeting = asyncio.Lock()
        self.peer = Peer(name, address[0], address[1], _dialect(engine, name, credentials))

    def limit(self, seconds: float) -> None:
        """Deadline for all that is asked from now on."""
        self.peer.allowed = seconds
        self.peer.deadline = asyncio.get_running_loop().time() + seconds

    async def get(self, oids: Sequence[bytes], context: str = "") -> dict[bytes, ber.Value]:
        """Values by OID; asks in halves when the agent finds the answer too big, and again without
        the OID that a v1 agent does not have.
        """
        await self._meet()
        header, rows = await self._ask(
            partial(self.peer.dialect.ask_values, context, oids=tuple(oids)), context
        )
        if header.error_status == _TOO_BIG and len(oids) > 1:
            middle = len(oids) // 2
            return await self.get(oids[:middle], context) | await self.get(oids[middle:], context)
        if header.error_status == _NO_SUCH_NAME:
            absent = set(
                oids[header.error_index - 1 : header.error_index] if header.error_index > 0 else oids
            )
            rest = [oid for oid in oids if oid not in absent]
            return dict.fromkeys(oids) | (await self.get(rest, context) if rest and absent else {})
        if header.error_status:
            raise DeviceError(
                self.peer.name,
                f"the SNMP agent answers error {header.error_status}",
                hint=_HINTS.get(header.error_status, "check the agent's view and log"),
            )
        answered = dict(rows)
        return {oid: answered.get(oid) for oid in oids}

    async def walk(self, span: Span, context: str = "") -> Walked:
        """Rows of the span; what was read before a failure is kept."""
        try:
            await self._meet()
        except DeviceError as exc:
            return Walked(Rows(), exc.problem)
        return await Walk(self._engine, self.peer, span, context).done

    async def _meet(self) -> None:
        """Open the way to the agent; in v3, learn its engine first, once for all who ask at the same time."""
        await self._engine.reach(self.peer)
        session = self.peer.dialect
        if isinstance(session, Session) and not session.is_met:
            async with self._meeting:
                if not session.is_met:
                    await self._ask(session.write_discovery, "", discovers=True)

    async def _ask(self, build: Callable[[int], bytes], context: str, *, discovers: bool = False) -> Answer:
        done: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

        def answer(header: ber.Header, rows: Sequence[ber.Row]) -> None:
            if not done.done():
                done.set_result((header, rows))

        def silence(why: Silence) -> None:
            if not done.done():
                done.set_exception(self._describe(why))

        exchange = Exchange(self.peer, build, answer, silence, context=context, discovers=discovers)
        self._engine.send(exchange)
        return await done

    def _describe(self, why: Silence) -> DeviceError:
        peer = self.peer
        kind = LoginRefusedError if why.final and why.hint else UnreachableError
        hint = why.hint or _CHECK
        if isinstance(peer.dialect, Session) and not why.hint:
            hint = _CHECK_MET if peer.dialect.is_met else _CHECK_V3
        return kind(peer.name, f"SNMP at {peer.host}:{peer.port}: {why.problem}", hint=hint)


def _dialect(engine: Engine, name: str, credentials: Community | User) -> CommunityDialect | Session:
    if isinstance(credentials, Community):
        return CommunityDialect(credentials.name.encode(), credentials.version)
    if credentials.auth not in {"", *AUTH} or credentials.privacy not in {"", *PRIVACY}:
        raise UsageError(f"{name}: unknown SNMPv3 protocol. use {', '.join(AUTH)} and {', '.join(PRIVACY)}")
    if credentials.privacy and not credentials.auth:
        raise UsageError(f"{name}: SNMPv3 has no privacy without authentication. give both passwords")
    return Session(credentials, asyncio.get_running_loop().time, engine.chance)
