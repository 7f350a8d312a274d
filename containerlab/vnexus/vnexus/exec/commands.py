"""Every module with handlers, imported so that they register: those listed, and all of ``exec/show``."""

from __future__ import annotations

import importlib
import pkgutil

from vnexus.exec import (
    aclsessions,
    checkpoints,
    dual_stage,
    files,
    install,
    replace,
    restart,
    running,
    scheduler,
    show,
    tcl,
    terminal,
)

__all__ = [
    "aclsessions",
    "checkpoints",
    "dual_stage",
    "files",
    "install",
    "replace",
    "restart",
    "running",
    "scheduler",
    "show",
    "tcl",
    "terminal",
]

for _found in pkgutil.iter_modules(show.__path__, f"{show.__name__}."):
    importlib.import_module(_found.name)
