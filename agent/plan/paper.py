"""Pages that stand alone: one HTML file, readable on paper, in the dark, and by a screen reader."""

from __future__ import annotations

from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from agent.nxos.mask import mask_line


def write_page(package: str, template: str, **variables: Any) -> str:
    """The template in ``pages/`` of the package, which may extend ``base.html``; everything is escaped."""
    loaders = [PackageLoader(name, "pages") for name in dict.fromkeys((package, "agent.plan"))]
    env = Environment(
        loader=ChoiceLoader(loaders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["mask"] = mask_line
    return env.get_template(template).render(variables)
