"""``moulin plan --verify``: the switch itself is asked whether it would take the wanted configuration.

Nothing is configured, but a file is stored on the switch and removed again: that is why it is an option of
its own. The switch's last word is not believed: it calls a patch valid that it cannot parse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

from nornir.core import Nornir

from agent.apply.protection import read_release
from agent.apply.replace import complaints_of
from agent.device.open import open_transport
from agent.device.transport import Storing
from agent.errors import CommandRejectedError, DeviceError
from agent.flows.fleet import Device, Harvest, Progress, access_of, each
from agent.flows.wanted import Wanted
from agent.nxos.whole import whole_config

FILE = "moulin-verify.cfg"
FIRST_RELEASE = (9, 3)
"""Of the Nexus 9000 and 3000: ``configure replace … verify-only``."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What a switch said: ``complaints`` are its words, masked; ``why_not`` when it could not be asked."""

    complaints: tuple[str, ...] = ()
    why_not: str = ""

    @property
    def fine(self) -> bool:
        return not self.complaints


def verify_fleet(fleet: Nornir, wanted: Wanted, progress: Progress) -> Harvest[Verified]:
    """Ask every switch of the fleet; the file is removed whatever happens."""

    def work(device: Device) -> Verified:
        (running,) = device.ask("show running-config")
        if why := _why_not(device, wanted, running):
            return Verified(why_not=why)
        text = whole_config(running, wanted.text(device.name))
        return _ask(_by_ssh(device), text)

    return each(fleet, work, progress=progress)


def verify_whole(fleet: Nornir, texts: Mapping[str, str], progress: Progress) -> Harvest[Verified]:
    """As ``verify_fleet``, for configurations that are known from the first to the last line."""

    def work(device: Device) -> Verified:
        (running,) = device.ask("show running-config")
        why = _too_old(device, running)
        return Verified(why_not=why) if why else _ask(_by_ssh(device), texts[device.name])

    return each(fleet, work, progress=progress)


def _too_old(device: Device, running: str) -> str:
    release = read_release(running)
    if device.platform != "n9k" or release < FIRST_RELEASE:
        return f"release {'.'.join(map(str, release)) or 'unknown'} has no verify-only"
    return ""


def _why_not(device: Device, wanted: Wanted, running: str) -> str:
    if why := _too_old(device, running):
        return why
    if not wanted.owned.strict:
        return "the intent owns a part of the configuration only, and verify-only wants all of it"
    return ""


def _by_ssh(device: Device) -> Storing:
    """SSH whatever the transport of changes is: files go by SCP."""
    access = replace(access_of(device.host), transport="ssh", port=device.host.port or 22)
    return cast("Storing", open_transport(access))


def _ask(session: Storing, text: str) -> Verified:
    try:
        session.store(FILE, text)
        try:
            reply = session.run(f"configure replace bootflash:{FILE} verify-only")
        except CommandRejectedError as error:
            reply = f"{error.problem}\nERROR"
        finally:
            _remove(session)
    finally:
        session.close()
    found = dict.fromkeys(complaints_of(reply))
    return Verified(complaints=tuple(words for words in found if words != "ERROR"))


def _remove(session: Storing) -> None:
    try:
        session.run(f"delete bootflash:{FILE} no-prompt")
    except DeviceError as error:
        raise DeviceError(
            session.name,
            f"{FILE} could not be removed from bootflash",
            hint=f"it holds secrets: on the switch, delete bootflash:{FILE}",
        ) from error
