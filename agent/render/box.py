"""Wanted text of a box that is no Nexus: a file of its own, or a template of its driver."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError

from agent.errors import RenderError, UsageError


def render_box(
    places: tuple[Path, Path], driver: str, facts: Mapping[str, Any], secrets: Mapping[str, str]
) -> str:
    """``boxes/<name>.cfg`` of the inventory, else ``<driver>/box.j2`` of the templates, by strict Jinja2.

    ``places`` are the two folders; ``facts`` are ``name`` and the host's ``data``; ``secret('name')`` gives a
    secret. Raises UsageError when there is neither file, RenderError naming template, line and device.
    """
    inventory, templates = places
    name = str(facts["name"])
    choices = ((inventory / "boxes", f"{name}.cfg"), (templates / driver, "box.j2"))
    folder, file = next(((folder, file) for folder, file in choices if (folder / file).is_file()), (None, ""))
    if folder is None:
        own = f"boxes/{name}.cfg beside hosts.yaml"
        raise UsageError(f"{name}: nothing says what it should have. write {own}, or {driver}/box.j2")
    env = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - the output is device configuration, not HTML
        trim_blocks=True,
        lstrip_blocks=True,
    )
    try:
        return env.get_template(file).render(facts, secret=lambda which: secrets[which])
    except TemplateSyntaxError as exc:
        raise RenderError(name, file, exc.lineno, exc.message or "syntax error") from exc
    except TemplateError as exc:
        raise RenderError(name, file, 0, exc.message or type(exc).__name__) from exc
