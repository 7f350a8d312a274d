"""``moulin backup``: running-configs of the fleet into their git history."""

from __future__ import annotations

from dataclasses import dataclass

from nornir.core import Nornir

from agent.check.quiet import quiet_text
from agent.errors import AgentError
from agent.flows.fleet import Device, Progress, each
from agent.store.backups import Backups, Saved


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What was saved, and why some switches were not read."""

    saved: Saved
    read: tuple[str, ...]
    errors: dict[str, AgentError]


def backup_fleet(nornir: Nornir, backups: Backups, progress: Progress, note: str = "") -> BackedUp:
    """Read every running configuration and commit what changed; raises StoreError."""

    def work(device: Device) -> str:
        (running,) = device.ask("show running-config")
        return quiet_text(running)

    harvest = each(nornir, work, progress=progress)
    saved = backups.save(harvest.values, note)
    return BackedUp(saved, tuple(sorted(harvest.values)), dict(sorted(harvest.errors.items())))
