"""Who is meant by HOST on a command line: a switch of the inventory, or any agent at an address."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TypeVar

from agent.collect.snmp.backend import Community, User, read_credentials
from agent.collect.snmp.engine import Engine
from agent.collect.snmp.own import OwnBackend
from agent.errors import UsageError
from agent.intent.city import City
from agent.intent.expect import expect
from agent.intent.expectation import Target
from agent.intent.load import load_city
from agent.records import InventoryError
from agent.settings import Settings

T = TypeVar("T")
SNMP_PORT = 161


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach one agent."""

    name: str
    address: str
    port: int
    credentials: Community | User
    target: Target | None = None
    """What the inventory says of it; None for a stranger."""


def find_contact(
    settings: Settings, secrets: Mapping[str, str], host: str, secret: str | None = None
) -> Contact:
    """The contact of a name or an address, with or without a port.

    ``secret`` is what the agent is asked with; without one, it is what the inventory names for the host.
    Raises UsageError when there is none.
    """
    name, port = split_host(host)
    target = _look_up(settings, name)
    if secret is None:
        if target is None:
            raise UsageError(
                f"{name} is not in {settings.inventory}, so no secret is known for it. "
                "give one: --secret-env VARIABLE or --secret NAME"
            )
        secret = secrets[target.community]
    credentials = read_credentials(secret)
    if target is None:
        return Contact(name, name, port or SNMP_PORT, credentials)
    return Contact(target.device, target.address, port or target.snmp_port, credentials, target)


def _look_up(settings: Settings, name: str) -> Target | None:
    """By name, else by address; a stranger's address needs no inventory."""
    try:
        city: City = load_city(settings.inventory)
    except InventoryError:
        if _is_address(name):
            return None
        raise
    targets = {target.device: target for target in expect(city).targets}
    return targets.get(name) or next((one for one in targets.values() if one.address == name), None)


def split_host(text: str) -> tuple[str, int | None]:
    """Host and port, None when none is given.

    >>> split_host("core-1"), split_host("127.0.0.1:1161"), split_host("[::1]:161"), split_host("::1")
    (('core-1', None), ('127.0.0.1', 1161), ('::1', 161), ('::1', None))
    """
    if _is_address(text):
        return text, None
    name, colon, port = text.rpartition(":")
    if not colon:
        return text, None
    if not port.isascii() or not port.isdecimal() or not 0 < int(port) < 65536 or not name:
        raise UsageError(f"{text}: behind the colon stands a port from 1 to 65535. correct it")
    return name.removeprefix("[").removesuffix("]"), int(port)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def talk(contact: Contact, seconds: float, ask: Callable[[OwnBackend], Awaitable[T]]) -> T:
    """Ask one agent something within so many seconds; raises what ``ask`` raises."""

    async def run() -> T:
        engine = Engine(random.SystemRandom())
        try:
            backend = OwnBackend(engine, contact.name, (contact.address, contact.port), contact.credentials)
            backend.limit(seconds)
            return await ask(backend)
        finally:
            engine.close()

    return asyncio.run(run())
