"""Choose the adapter by the inventory's word."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from agent.device.access import Access
from agent.device.transport import Transport

ADAPTERS = {"ssh": ("agent.device.ssh", "SshTransport"), "nxapi": ("agent.device.nxapi", "NxapiTransport")}
"""Module and class; only what is asked for is loaded, for each brings a library of its own."""


def open_transport(access: Access) -> Transport:
    """An open session.

    Raises UnreachableError (no answer), LoginRefusedError (password, host key, certificate) or NotNexusError
    (something else answers).
    """
    module, name = ADAPTERS[access.transport]
    adapter = cast("Callable[[Access], Transport]", getattr(import_module(module), name))
    return adapter(access)
