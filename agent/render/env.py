"""Strict Jinja2: compiled once, and a missing variable is an error that names template, line and device."""

from __future__ import annotations

import traceback
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, TemplateSyntaxError

from agent.errors import RenderError, UsageError

TOP = "nxos/switch.j2"


class Templates:
    """The templates below a folder.

    Raises UsageError when the folder holds no ``nxos/switch.j2``, RenderError when one does not compile.
    """

    def __init__(self, root: Path) -> None:
        if not (root / TOP).is_file():
            raise UsageError(f"{root}: no {TOP} there. set MOULIN_TEMPLATES to the templates folder")
        self.root = root
        self._env = Environment(
            loader=FileSystemLoader(root),
            undefined=StrictUndefined,
            autoescape=False,  # noqa: S701 - the output is switch configuration, not HTML
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        for name in self._env.list_templates(extensions=["j2"]):
            try:
                self._env.get_template(name)
            except TemplateSyntaxError as exc:
                raise RenderError("every switch", name, exc.lineno, exc.message or "syntax error") from exc

    def render(self, device: str, variables: Mapping[str, object], template: str = TOP) -> str:
        """The text of a template. Raises RenderError naming template, line and device."""
        try:
            return self._env.get_template(template).render(variables)
        except TemplateError as exc:
            name, line = self._place(exc)
            raise RenderError(device, name, line, exc.message or type(exc).__name__) from exc

    def _place(self, error: TemplateError) -> tuple[str, int]:
        """(template, line) of the innermost template in the traceback, which Jinja2 rewrites for us."""
        root = self.root.resolve()
        for frame in reversed(traceback.extract_tb(error.__traceback__)):
            path = Path(frame.filename)
            if path.suffix == ".j2":
                return str(path.resolve().relative_to(root)), frame.lineno or 0
        return TOP, 0
