"""The Nornir connection plugin ``moulin``: ``task.host.get_connection("moulin", task.nornir.config)``."""

from __future__ import annotations

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
                self.connection = open_transport(access)
                return
        self.connection = open_transport(ways[-1])

    def close(self) -> None:
        """End the session."""
        self.connection.close()


def register_plugin() -> None:
    """Make Nornir know the plugin; calling it again does nothing."""
    ConnectionPluginRegister.register(PLUGIN, MoulinConnection)
