"""The Nornir connection plugin ``moulin``: ``task.host.get_connection("moulin", task.nornir.config)``."""

from __future__ import annotations

from typing import Any

from nornir.core.configuration import Config
from nornir.core.plugins.connections import ConnectionPluginRegister

from agent.device.access import Access
from agent.device.open import open_transport
from agent.device.transport import Transport

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
        """Raises a DeviceError when the session cannot be opened."""
        access = (extras or {})["access"]
        assert isinstance(access, Access)  # noqa: S101 - narrows Any at the seam
        self.connection = open_transport(access)

    def close(self) -> None:
        """End the session."""
        self.connection.close()


def register_plugin() -> None:
    """Make Nornir know the plugin; calling it again does nothing."""
    ConnectionPluginRegister.register(PLUGIN, MoulinConnection)
