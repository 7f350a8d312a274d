"""moulin render: the inventory to configurations, on screen or in files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from agent.flows.limit import choose_names
from agent.intent.expand import expand_switches
from agent.intent.load import load_city
from agent.intent.switch import Switch
from agent.render.env import Templates
from agent.render.render import HiddenSecrets, render_switch
from agent.settings import Settings, load_secrets
from agent.store.files import write_private


def choose(switches: Mapping[str, Switch], limit: str) -> tuple[Switch, ...]:
    """The switches whose names match one of the comma-separated globs; raises UsageError when none does."""
    return tuple(switches[name] for name in choose_names(switches, limit))


def render_city(settings: Settings, limit: str = "*", *, show_secrets: bool = False) -> dict[str, str]:
    """Device to configuration; secrets read ``<hidden>`` unless they are asked for.

    Raises InventoryError with every mistake, RenderError, UsageError.
    """
    switches = choose(expand_switches(load_city(settings.inventory)), limit)
    templates = Templates(settings.templates)
    secrets = load_secrets(settings.secrets) if show_secrets else HiddenSecrets()
    return {switch.name: render_switch(switch, secrets, templates) for switch in switches}


def write_configs(texts: Mapping[str, str], folder: Path) -> tuple[Path, ...]:
    """One ``<device>.cfg`` each, mode 0600, whole or not at all. Raises StoreError when the disk refuses."""
    files = tuple(folder / f"{device}.cfg" for device in texts)
    for file, text in zip(files, texts.values(), strict=True):
        write_private(file, text)
    return files
