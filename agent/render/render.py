"""A switch's facts to its complete configuration, in the form in which ``show running-config`` prints it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from agent.intent.switch import Switch
from agent.render.context import build_context
from agent.render.env import Templates


class HiddenSecrets(Mapping[str, str]):
    """Stands in for the secrets when a configuration is only shown: every name gives ``<hidden>``."""

    def __getitem__(self, name: str) -> str:
        return "<hidden>"

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def render_switch(switch: Switch, secrets: Mapping[str, str], templates: Templates) -> str:
    """The whole configuration of the switch, secrets included; ends in a newline.

    Raises RenderError when a variable or a secret is missing.
    """
    return templates.render(switch.name, build_context(switch, secrets))


def digest_templates(root: Path) -> str:
    """SHA-256 of names and contents of all templates below ``root``: a plan is stale when it changes."""
    digest = sha256()
    for file in sorted([*root.rglob("*.j2"), *root.glob("ownership.yaml")]):
        digest.update(f"{file.relative_to(root).as_posix()}\0".encode())
        digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()
