"""The Nornir connection plugin ``moulin``: ``task.host.get_connection("moulin", task.nornir.config)``."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from nornir.core.configuration import Config
from nornir.core.plugins.connections import ConnectionPluginRegister

from agent.device.access import Access
from agent.device.open import open_transport
from agent.device.transport import Transport
from agent.errors import LoginRefusedError

PLUGIN = "moulin"


class MoulinConnection:
    """Opens the ``Access`` that the fleet puts into the extras of the host's connection options."""

    connection: Transport

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is opened yet."""
        self._clock = clock
        self._opened_at = clock()

    @property
    def age(self) -> float:
        """Seconds since it was opened."""
        return self._clock() - self._opened_at

    def open(  # noqa: PLR0913, PLR0917 - Nornir's signature; the Access holds the same
        self,
        hostname: str | None,  # noqa: ARG002
        username: str | None,  # noqa: ARG002
        password: str | None,  # noqa: ARG002
        port: int | None,  # noqa: ARG002
        platform: str | None,  # noqa: ARG002
        extras: dict[str, Any] | None = None,
        configuration: Config | None = None,  # noqa: ARG002
    ) -> None:
        """Raises a DeviceError when no session can be opened; ``others`` are tried where one is refused."""
        given = extras or {}
        ways: tuple[Access, ...] = (given["access"], *given.get("others", ()))
        for access in ways[:-1]:
            with suppress(LoginRefusedError):
                self.connection = self._open(access)
                return
        self.connection = self._open(ways[-1])

    def _open(self, access: Access) -> Transport:
        transport = open_transport(access)
        self._opened_at = self._clock()
        return transport

    def close(self) -> None:
        """End the session."""
        self.connection.close()


def register_plugin() -> None:
    """Make Nornir know the plugin; calling it again does nothing."""
    ConnectionPluginRegister.register(PLUGIN, MoulinConnection)
