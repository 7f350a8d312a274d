"""moulin render: the inventory to configurations, on screen or in files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from agent.errors import StoreError, UsageError
from agent.intent.expand import expand_switches
from agent.intent.load import load_city
from agent.intent.switch import Switch
from agent.render.env import Templates
from agent.render.render import HiddenSecrets, render_switch
from agent.settings import Settings, load_secrets


def choose(switches: Mapping[str, Switch], limit: str) -> tuple[Switch, ...]:
    """The switches whose names match one of the comma-separated globs; raises UsageError when none does."""
    globs = [glob.strip() for glob in limit.split(",")]
    chosen = tuple(
        switch for name, switch in switches.items() if any(fnmatchcase(name, glob) for glob in globs)
    )
    if not chosen:
        raise UsageError(f"no switch matches {limit!r}. names are in hosts.yaml")
    return chosen


def render_city(settings: Settings, limit: str = "*", *, show_secrets: bool = False) -> dict[str, str]:
    """Device to configuration; secrets read ``<hidden>`` unless they are asked for.

    Raises InventoryError with every mistake, RenderError, UsageError.
    """
    switches = choose(expand_switches(load_city(settings.inventory)), limit)
    templates = Templates(settings.templates)
    secrets = load_secrets(settings.secrets) if show_secrets else HiddenSecrets()
    return {switch.name: render_switch(switch, secrets, templates) for switch in switches}


def write_configs(texts: Mapping[str, str], folder: Path) -> tuple[Path, ...]:
    """One ``<device>.cfg`` each, readable by the owner only. Raises StoreError when the disk refuses.

    A file is replaced as a whole or not at all.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return tuple(_write_private(folder / f"{device}.cfg", text) for device, text in texts.items())
    except OSError as exc:
        raise StoreError(
            f"{exc.filename or folder}: cannot be written ({exc.strerror}). choose another -o"
        ) from exc


def _write_private(file: Path, text: str) -> Path:
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    return part.replace(file)
