"""Whether a watch streams, by the inventory and the settings; gRPC is loaded only when it does."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from agent.errors import UsageError
from agent.flows.watch import Watch
from agent.settings import Settings

log = logging.getLogger(__name__)


def add_streams(watch: Watch, settings: Settings, secrets: Mapping[str, str]) -> None:
    """Attach gNMI for the switches that have a ``gnmi_port``, and dial-out when it has an address.

    An inventory that gets its first ``gnmi_port`` while it is watched is followed. Raises UsageError when
    something for it is missing: the extra, a secret, an address that is free.
    """
    if settings.mdt_listen or _serve_gnmi(watch):
        _attach(watch, settings, secrets)
    else:
        watch.on_reload.append(_Waiting(watch, settings).look)


@dataclass(slots=True)
class _Waiting:
    """Attaches the streams once there is one."""

    watch: Watch
    settings: Settings
    attached: bool = False

    def look(self) -> None:
        if not self.attached and _serve_gnmi(self.watch):
            try:
                _attach(self.watch, self.settings, self.watch.secrets)
            except UsageError as exc:
                log.warning("%s", exc)
            else:
                self.attached = True


def _serve_gnmi(watch: Watch) -> bool:
    return any(target.gnmi_port is not None for target in watch.targets.values())


def _attach(watch: Watch, settings: Settings, secrets: Mapping[str, str]) -> None:
    try:
        streams = importlib.import_module("agent.flows.streams")
    except ImportError as exc:
        raise UsageError(
            f"streams need gRPC ({exc.name} is missing). run: pip install 'moulin[telemetry]'"
        ) from exc
    streams.attach_streams(watch, secrets, streams.read_options(settings))
