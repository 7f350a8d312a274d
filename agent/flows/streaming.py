"""Whether a watch streams, by the inventory and the settings; gRPC is loaded only when it does."""

from __future__ import annotations

import importlib
from collections.abc import Mapping

from agent.errors import UsageError
from agent.flows.watch import Watch
from agent.settings import Settings


def add_streams(watch: Watch, settings: Settings, secrets: Mapping[str, str]) -> None:
    """Attach gNMI for the switches that have a ``gnmi_port``, and dial-out when it has an address.

    Raises UsageError when something for it is missing: the extra, a secret, an address that is free.
    """
    if not settings.mdt_listen and all(target.gnmi_port is None for target in watch.targets.values()):
        return
    try:
        streams = importlib.import_module("agent.flows.streams")
    except ImportError as exc:
        raise UsageError(
            f"streams need gRPC ({exc.name} is missing). run: pip install 'moulin[telemetry]'"
        ) from exc
    streams.attach_streams(watch, secrets, streams.read_options(settings))
