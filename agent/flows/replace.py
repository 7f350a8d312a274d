"""A switch comes in place of another (RMA): the one that was sent, and seen by all its neighbours."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from nornir.core import Nornir

from agent.check.install import read_release
from agent.check.promises import Kept
from agent.device.access import Access
from agent.device.connection import PLUGIN
from agent.device.known_hosts import fetch_host_key, is_trusted, trust_host_key
from agent.errors import DeviceError, LoginRefusedError
from agent.flows.fleet import access_of, each
from agent.flows.state import read_fleet_state
from agent.flows.wanted import Wanted
from agent.intent.expectation import ExpectedPort

_CHASSIS = re.compile(r'^NAME: "Chassis".*\n+PID: (\S+)\s*,.*SN: (\S+)', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a switch says that it is."""

    model: str
    serial: str
    release: str


def read_identity(version: str, inventory: str) -> Identity:
    r"""From ``show version`` and ``show inventory``; empty where they do not say.

    >>> text = 'NAME: "Chassis",  DESCR: "Nexus9000"\nPID: N9K-C93180YC-FX3  ,  VID: V01 ,  SN: FDO1\n'
    >>> read_identity("  NXOS: version 10.5(2)", text)
    Identity(model='N9K-C93180YC-FX3', serial='FDO1', release='10.5(2)')
    """
    found = _CHASSIS.search(inventory)
    model, serial = (found[1], found[2]) if found else ("", "")
    return Identity(model, serial, read_release(version))


def identify(nornir: Nornir, name: str) -> Identity:
    """The switch at the address of the inventory; raises DeviceError."""
    harvest = each(nornir, lambda device: read_identity(*device.ask("show version", "show inventory")))
    if name in harvest.errors:
        raise harvest.errors[name]
    return harvest.values[name]


def refuse_stranger(name: str, found: Identity, serial: str, model: str) -> None:
    """Raise DeviceError unless it is the switch that was sent, of the model that the inventory has."""
    if found.serial != serial:
        where = "check the label, and whether the old one still answers at this address"
        raise DeviceError(name, f"has serial number {found.serial or 'unknown'}, not {serial}", hint=where)
    if found.model != model:
        hint = f"if another model is meant, add --model {found.model}"
        raise DeviceError(name, f"is a {found.model}, the inventory has {model}", hint=hint)


def accept_host_key(nornir: Nornir, name: str, fingerprint: str, scratch: Path | None) -> None:
    """Trust the new switch's SSH key when its fingerprint is the one that somebody read on the console.

    With ``scratch`` the trust is for this run only. Raises LoginRefusedError when there is another key than
    the old one and no fingerprint, or another, was given.
    """
    host = nornir.inventory.hosts[name]
    access = access_of(host)
    if access.transport != "ssh" or access.known_hosts is None:
        return
    key = fetch_host_key(access)
    if is_trusted(access.known_hosts, access, key):
        return
    shown = str(key.fingerprint)
    if shown != fingerprint:
        hint = f"compare on its console (show ssh key), then add --host-key {shown}"
        raise LoginRefusedError(name, f"shows a host key that is not trusted, {shown}", hint=hint)
    file = access.known_hosts
    if scratch is not None:
        file = scratch / "known_hosts"
        if access.known_hosts.exists():
            shutil.copyfile(access.known_hosts, file)
        _use(nornir, name, replace(access, known_hosts=file))
    trust_host_key(file, access, key)


def _use(nornir: Nornir, name: str, access: Access) -> None:
    extras = nornir.inventory.hosts[name].connection_options[PLUGIN].extras
    if extras is not None:
        extras["access"] = access


@dataclass(frozen=True, slots=True)
class Settled:
    """What the city sees of the new switch."""

    missing: tuple[str, ...]
    """Cables that one of both ends does not see, in words."""
    silent: tuple[str, ...]
    """Neighbours that do not answer: their cables cannot be checked."""
    down: tuple[ExpectedPort, ...]
    """Ports of endpoints that are not up."""


def await_neighbors(
    nornir: Nornir, wanted: Wanted, name: str, seconds: float, clock: Callable[[], float] = time.monotonic
) -> Settled:
    """Ask the switch and its neighbours until both ends see every cable, or the time is over.

    Raises DeviceError when the switch itself does not answer in the end.
    """
    far = {row.neighbor for row in wanted.expected.neighbors if row.device == name}
    around = nornir.filter(filter_func=lambda host: host.name == name or host.name in far)
    end = clock() + seconds
    while True:
        harvest = read_fleet_state(around, wanted.expected, lambda _device, _words: None)
        over = clock() >= end
        if name in harvest.values:
            settled = _judge(name, harvest.values, far)
            if over or not settled.missing:
                return settled
        elif over:
            raise harvest.errors[name]
        time.sleep(min(3.0, seconds))


def _judge(name: str, kept: Mapping[str, Kept], far: set[str]) -> Settled:
    missing = [
        f"{device} {row.interface}: does not see {row.neighbor} {row.neighbor_interface}"
        for device, state in sorted(kept.items())
        for row in state.neighbors_missing
        if (device == name and row.neighbor in kept) or row.neighbor == name
    ]
    down = tuple(port for port in kept[name].ports_down if port.kind != "uplink")
    return Settled(tuple(missing), tuple(sorted(far - kept.keys())), down)
