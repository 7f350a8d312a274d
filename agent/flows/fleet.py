"""The fleet: Nornir's inventory with our sessions, and the one place where switches are worked on at once."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import yaml
from nornir import InitNornir
from nornir.core import Nornir
from nornir.core.inventory import ConnectionOptions, Host
from nornir.core.task import Result, Task

from agent.device.access import Access
from agent.device.connection import PLUGIN, MoulinConnection, register_plugin
from agent.device.transport import Transport
from agent.errors import AgentError, DeviceError, UsageError
from agent.flows.limit import choose_names
from agent.nxos.mask import mask_line
from agent.nxos.section import Platform
from agent.settings import Settings

T = TypeVar("T")

NEXT = "_next"
"""A secret of this ending comes after the one without it, and is tried where that one is refused."""

PORTS = {"ssh": 22, "https": 443, "http": 80}

Progress = Callable[[str, str], None]
"""Called with a device and a few words, from worker threads."""

_log = logging.getLogger("moulin")


def _silent(device: str, words: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True, slots=True)
class Device:
    """One switch in a worker's hand."""

    name: str
    host: Host
    nornir: Nornir

    @property
    def platform(self) -> Platform:
        """By the model."""
        return "n7k" if str(self.host.get("model") or "").startswith("N7K") else "n9k"

    def open_session(self) -> Transport:
        """A new session through Nornir's connections; raises DeviceError."""
        if PLUGIN in self.host.connections:
            self.host.close_connection(PLUGIN)
        return cast("Transport", self.host.get_connection(PLUGIN, self.nornir.config))

    def ask(self, *commands: str) -> tuple[str, ...]:
        """Output of exec commands on one session, closed after; raises DeviceError."""
        try:
            return self.begin(*commands)
        finally:
            _release(self.host)

    def begin(self, *commands: str) -> tuple[str, ...]:
        """As ``ask``, but the session stays open: until ``each`` is done, or longer where it keeps it."""
        session = self.open_session()
        return tuple(session.run(command) for command in commands)

    def left_open(self, seconds: float) -> Transport | None:
        """The session that was kept, unless it is older than that."""
        kept = self.host.connections.get(PLUGIN)
        young = isinstance(kept, MoulinConnection) and kept.age <= seconds
        return cast("Transport", kept.connection) if kept is not None and young else None


@dataclass(frozen=True, slots=True)
class Harvest(Generic[T]):
    """What every switch gave: a value or an expected failure."""

    values: dict[str, T]
    errors: dict[str, AgentError]


def open_fleet(settings: Settings, secrets: Mapping[str, str], limit: str = "*") -> Nornir:
    """Nornir over the switches whose names match the glob, ready to open sessions.

    Raises UsageError when the inventory cannot be read or nothing matches.
    """
    nornir = read_nornir(settings).filter(filter_func=lambda host: not host.get("driver"))
    return limit_fleet(equip(nornir, settings, secrets), limit)


def read_nornir(settings: Settings) -> Nornir:
    """Everything in ``hosts.yaml``, switches and boxes with a driver of their own; raises UsageError."""
    root = settings.inventory
    try:
        return InitNornir(
            inventory={
                "plugin": "SimpleInventory",
                "options": {
                    "host_file": str(root / "hosts.yaml"),
                    "group_file": str(root / "groups.yaml"),
                    "defaults_file": str(root / "defaults.yaml"),
                },
            },
            runner={"plugin": "threaded", "options": {"num_workers": settings.workers}},
            logging={"enabled": False},
        )
    except (OSError, yaml.YAMLError, TypeError, KeyError, AttributeError, ValueError) as exc:
        raise UsageError(
            f"{root}: no inventory that Nornir can read. see what is wrong: moulin check"
        ) from exc


def limit_fleet(nornir: Nornir, limit: str) -> Nornir:
    """Switches whose names match one of the globs, separated by commas; raises UsageError when none does."""
    chosen = frozenset(choose_names(nornir.inventory.hosts, limit))
    return nornir.filter(filter_func=lambda host: host.name in chosen)


def equip(nornir: Nornir, settings: Settings, secrets: Mapping[str, str]) -> Nornir:
    """Give every host of any Nornir its connection options for the plugin ``moulin``; the same Nornir.

    ``data.transport`` chooses ``ssh`` or ``nxapi``; ``connection_options`` of that name may hold ``port``,
    ``username`` and extras ``scheme`` (http only where it says so) and ``secret`` (name of the password,
    ``<username>_password`` unless given).
    """
    register_plugin()
    for host in nornir.inventory.hosts.values():
        if PLUGIN not in host.connection_options:
            access = _access(host, settings, secrets)
            others = tuple(replace(access, password=word) for word in _coming(host, access, secrets))
            host.connection_options[PLUGIN] = ConnectionOptions(extras={"access": access, "others": others})
    return nornir


def access_of(host: Host) -> Access:
    """How ``equip`` decided that the host is reached."""
    return cast("Access", (host.connection_options[PLUGIN].extras or {})["access"])


def each(
    nornir: Nornir,
    work: Callable[[Device], T],
    *,
    progress: Progress = _silent,
    skip: Callable[[], bool] = lambda: False,
    keep: Callable[[T], bool] = lambda _: False,
) -> Harvest[T]:
    """Do the work on every switch, as many at once as the runner allows; one that fails holds up no other.

    ``skip`` is asked before each switch begins; those skipped are in neither dict. Sessions are closed, but
    for those of switches of whose value ``keep`` says otherwise.
    """
    harvest: Harvest[T] = Harvest({}, {})

    def task(task: Task) -> Result:
        name = task.host.name
        if skip():
            return Result(host=task.host)
        try:
            harvest.values[name] = work(Device(name, task.host, task.nornir))
        except AgentError as error:
            harvest.errors[name] = error
        except Exception as error:  # noqa: BLE001 - one of the two places: no switch may take the others down
            _log.debug("%s crashed", name, exc_info=True)
            harvest.errors[name] = _crashed(name, error)
        finally:
            if name not in harvest.values or not keep(harvest.values[name]):
                _release(task.host)
        progress(name, "failed" if name in harvest.errors else "done")
        return Result(host=task.host)

    nornir.run(task=task, name="moulin", on_good=True, on_failed=True)
    return harvest


def _crashed(name: str, error: Exception) -> DeviceError:
    crash = DeviceError(
        name, f"moulin itself failed ({type(error).__name__}: {error})", hint="this is a bug: report it"
    )
    crash.__cause__ = error
    return crash


@contextmanager
def closing(nornir: Nornir) -> Iterator[None]:
    """Whatever happens inside, no session is left open after."""
    try:
        yield
    finally:
        for host in nornir.inventory.hosts.values():
            _release(host)


def _release(host: Host) -> None:
    if PLUGIN in host.connections:
        host.close_connection(PLUGIN)


def _coming(host: Host, access: Access, secrets: Mapping[str, str]) -> tuple[str, ...]:
    """The password that is on its way, while a rotation is under way."""
    given = host.get_connection_parameters(access.transport)
    name = f"{(given.extras or {}).get('secret') or f'{access.username}_password'}{NEXT}"
    return (secrets[name],) if name in frozenset(secrets) and not given.password else ()


def _access(host: Host, settings: Settings, secrets: Mapping[str, str]) -> Access:
    transport = str(host.get("transport") or "ssh")
    given = host.get_connection_parameters(transport)
    extras: dict[str, Any] = given.extras or {}
    scheme = str(extras.get("scheme") or "https")
    if transport not in {"ssh", "nxapi"} or scheme not in {"https", "http"}:
        raise UsageError(f"{host.name}: transport is ssh or nxapi, scheme https or http. mend hosts.yaml")
    username = given.username or "admin"
    return Access(
        name=host.name,
        host=given.hostname or host.name,
        port=_port(host, transport, scheme),
        username=username,
        password=given.password or secrets[str(extras.get("secret") or f"{username}_password")],
        transport="ssh" if transport == "ssh" else "nxapi",
        scheme="https" if scheme == "https" else "http",
        known_hosts=_known_hosts(settings),
        verify_tls=settings.verify_tls,
        timeout_seconds=settings.timeout_seconds,
        mask=mask_line,
    )


def _port(host: Host, transport: str, scheme: str) -> int:
    """The transport's own port; Nornir's plain ``port`` is that of SSH."""
    groups = [group.connection_options for group in host.extended_groups()]
    for options in (host.connection_options, *groups, host.defaults.connection_options):
        option = options.get(transport)
        if option is not None and option.port:
            return option.port
    if transport == "ssh":
        return host.port or PORTS["ssh"]
    return PORTS[scheme]


def _known_hosts(settings: Settings) -> Path | None:
    return settings.state / "known_hosts" if settings.verify_host_keys else None
