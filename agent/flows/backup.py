"""``moulin backup``: running-configs of the fleet into their git history, and out of it."""

from __future__ import annotations

from dataclasses import dataclass

from nornir.core import Nornir

from agent.check.changed import SECRETS, changed_lines, changed_sections
from agent.check.quiet import quiet_text, still_text
from agent.errors import AgentError, StoreError
from agent.flows.fleet import Device, Harvest, Progress, each
from agent.nxos.mask import mask_text
from agent.nxos.section import Platform
from agent.store.backups import SEALED, Backups, Kept, Saved
from agent.store.sealing import Seal


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What was saved, and why some switches were not read."""

    saved: Saved
    read: tuple[str, ...]
    errors: dict[str, AgentError]


@dataclass(frozen=True, slots=True)
class Extras:
    """What a backup may have besides."""

    seal: Seal | None = None
    """Keeps the whole texts too, each sealed in a file of its own."""
    others: Harvest[tuple[str, str]] | None = None
    """(masked, whole) texts of boxes that are no Nexus."""


PLAIN = Extras()


def backup_fleet(
    nornir: Nornir, backups: Backups, progress: Progress, note: str = "", extras: Extras = PLAIN
) -> BackedUp:
    """Read every running configuration and commit what changed; raises StoreError."""

    def work(device: Device) -> tuple[str, Platform]:
        (running,) = device.ask("show running-config")
        return still_text(running), device.platform

    harvest = each(nornir, work, progress=progress)
    masked = {name: mask_text(text) for name, (text, _) in harvest.values.items()}
    whole = {name: text for name, (text, _) in harvest.values.items()}
    sections: dict[str, tuple[str, ...]] = {
        name: changed_sections(backups.last(name), masked[name], platform)
        for name, (_, platform) in harvest.values.items()
    }
    others = extras.others or Harvest({}, {})
    for name, (shown, text) in others.values.items():
        masked[name], whole[name] = shown, text
        sections[name] = changed_lines(backups.last(name), shown)
    sealed: dict[str, str] = {}
    for name, text in whole.items() if extras.seal else ():
        if extras.seal and _opened(backups.last(name, SEALED), extras.seal) != text:
            sealed[name] = extras.seal.close(text)
            sections[name] = sections[name] or SECRETS
    saved = backups.save(masked, note, sealed=sealed, sections=sections)
    return BackedUp(saved, tuple(sorted(masked)), dict(sorted((harvest.errors | others.errors).items())))


def find_backup(backups: Backups, device: str, at: str = "") -> Kept:
    """The masked text of a switch at a commit or date; raises StoreError when there is none."""
    kept = backups.find(device, at)
    if kept is None:
        when = f" at {at!r}" if at else ""
        known = ", ".join(backups.devices()[:4]) or "no switch"
        raise StoreError(f"{device}: no backup{when} (there is {known}). make one: moulin backup")
    return kept


def read_now(nornir: Nornir, name: str) -> tuple[str, Platform]:
    """The running configuration of one switch as a backup would keep it, masked; raises AgentError."""

    def work(device: Device) -> tuple[str, Platform]:
        (running,) = device.ask("show running-config")
        return quiet_text(running), device.platform

    harvest = each(nornir.filter(name=name), work)
    if error := harvest.errors.get(name):
        raise error
    return harvest.values[name]


def platform_of(nornir: Nornir, name: str) -> Platform:
    """By the model in the inventory, without asking the switch."""
    return Device(name, nornir.inventory.hosts[name], nornir).platform


def _opened(sealed: str | None, seal: Seal) -> str | None:
    """None for what this key cannot open: then it is sealed anew."""
    if sealed is None:
        return None
    try:
        return seal.open(sealed)
    except StoreError:
        return None
