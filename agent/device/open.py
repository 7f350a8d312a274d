"""Choose the adapter by the inventory's word."""

from __future__ import annotations

from collections.abc import Callable

from agent.device.access import Access
from agent.device.nxapi import NxapiTransport
from agent.device.ssh import SshTransport
from agent.device.transport import Transport

ADAPTERS: dict[str, Callable[[Access], Transport]] = {"ssh": SshTransport, "nxapi": NxapiTransport}


def open_transport(access: Access) -> Transport:
    """An open session.

    Raises UnreachableError (no answer), LoginRefusedError (password, host key, certificate) or NotNexusError
    (something else answers).
    """
    return ADAPTERS[access.transport](access)
