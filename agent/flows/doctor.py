"""``moulin doctor``: examine one device and say in order what is wrong."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Mapping

from agent.collect.doctor.diagnose import diagnose
from agent.collect.doctor.examine import look_at_answer, look_at_manners, look_at_path, read_whole
from agent.collect.doctor.signs import Answer, Door, Manners, Path, Signs, Step, Whole
from agent.collect.poll import Clocks, Poller
from agent.collect.snmp.backend import User
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.collect.tables.table import Tables
from agent.device.access import Access
from agent.device.open import open_transport
from agent.errors import DeviceError, UsageError
from agent.flows.contact import Contact
from agent.flows.fleet import access_of, open_fleet
from agent.settings import Settings

FIRST_ANSWER_SECONDS = 4.0
SSH, HTTPS = 22, 443


def examine(
    settings: Settings, secrets: Mapping[str, str], contact: Contact, tables: Tables, seconds: float
) -> tuple[Step, ...]:
    """Steps in order; ``seconds`` is what one whole poll may take. What the device does raises nothing."""
    access, missing = _access(settings, secrets, contact)
    ports = [access.port if access else None, contact.target.gnmi_port if contact.target else None]
    tcp = tuple(port for port in ports if port) or (SSH, HTTPS)
    path, answer, manners, whole = asyncio.run(_look(contact, tables, tcp, seconds))
    doors = tuple(_doors(contact, access, missing, path))
    secure = isinstance(contact.credentials, User)
    return diagnose(Signs(path, contact.port, secure, answer, manners, whole, doors))


async def _look(
    contact: Contact, tables: Tables, tcp: tuple[int, ...], seconds: float
) -> tuple[Path, Answer | None, Manners | None, Whole | None]:
    path = await look_at_path(contact.address, contact.port, tcp)
    if path.problem or path.refused:
        return path, None, None, None
    engine, where = Engine(random.SystemRandom()), (contact.address, contact.port)
    try:
        backend = OwnBackend(engine, contact.name, where, contact.credentials)
        backend.limit(FIRST_ANSWER_SECONDS)
        answer = await look_at_answer(backend, engine, contact.name, where)
        if answer.problem:
            return path, answer, None, None
        backend.limit(seconds)
        manners = await look_at_manners(backend, engine)
        secure = isinstance(contact.credentials, User)
        clocks = Clocks(time.monotonic, time.time)
        poll = await Poller(contact.name, backend, tables, clocks, contexts=secure).poll(seconds)
        return path, answer, manners, read_whole(poll, secure=secure)
    finally:
        engine.close()


def _access(settings: Settings, secrets: Mapping[str, str], contact: Contact) -> tuple[Access | None, str]:
    """How the inventory says to log in, or why that is not known."""
    if contact.target is None:
        return None, ""
    try:
        fleet = open_fleet(settings, secrets, contact.target.device)
        return access_of(fleet.inventory.hosts[contact.target.device]), ""
    except UsageError as exc:
        return None, str(exc)


def _doors(contact: Contact, access: Access | None, missing: str, path: Path) -> Iterator[Door]:
    if path.problem:
        return
    if missing:
        yield Door("login", 0, unknown=missing)
    if access is not None:
        yield _log_in(access)
    elif contact.target is None:
        for name, port in (("ssh", SSH), ("nxapi", HTTPS)):
            if port in path.open_ports:
                yield Door(name, port)
            else:
                yield Door(name, port, unknown=f"TCP port {port} does not answer; its own may be another")
    gnmi = contact.target.gnmi_port if contact.target else None
    if gnmi is not None:
        opens = gnmi in path.open_ports
        yield Door(
            "gnmi", gnmi, "" if opens else f"TCP port {gnmi} does not answer",
            "on the device: show grpc gnmi service statistics; configure 'feature grpc'",
        )  # fmt: skip


def _log_in(access: Access) -> Door:
    try:
        open_transport(access).close()
    except DeviceError as exc:
        return Door(access.transport, access.port, exc.problem, exc.hint)
    return Door(access.transport, access.port)
