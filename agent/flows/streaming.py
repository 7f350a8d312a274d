"""Whether a watch streams, by the inventory and the settings; gRPC is loaded only when it does."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from agent.errors import UsageError
from agent.flows.watch import Watch
from agent.settings import Settings

log = logging.getLogger(__name__)


def add_streams(watch: Watch, settings: Settings, secrets: Mapping[str, str]) -> tuple[str, ...]:
    """Attach gNMI for the switches that have a ``gnmi_port``, and dial-out when it has an address.

    What only follows from the inventory and cannot be had is a remark; an inventory that gets its first
    ``gnmi_port`` while it is watched is followed. Raises UsageError when something that the settings ask for
    is missing or wrong: the extra, a certificate, an address that is free.
    """
    if settings.mdt_listen:
        return _attach(watch, settings, secrets)
    if not _serve_gnmi(watch):
        watch.on_reload.append(_Waiting(watch, settings).look)
        return ()
    if importlib.util.find_spec("grpc") is None:
        return ("no gNMI: gRPC is missing. run: pip install 'moulin[telemetry]'",)
    return _attach(watch, settings, secrets)


@dataclass(slots=True)
class _Waiting:
    """Attaches the streams once there is one."""

    watch: Watch
    settings: Settings
    attached: bool = False

    def look(self) -> None:
        if not self.attached and _serve_gnmi(self.watch):
            try:
                remarks = _attach(self.watch, self.settings, self.watch.secrets)
            except UsageError as exc:
                remarks = (str(exc),)
            else:
                self.attached = True  # its streams follow the inventory from now on
            for remark in remarks:
                log.warning("%s", remark)


def _serve_gnmi(watch: Watch) -> bool:
    return any(target.gnmi_port is not None for target in watch.targets.values())


def _attach(watch: Watch, settings: Settings, secrets: Mapping[str, str]) -> tuple[str, ...]:
    try:
        streams = importlib.import_module("agent.flows.streams")
    except ImportError as exc:
        raise UsageError(
            f"streams need gRPC ({exc.name} is missing). run: pip install 'moulin[telemetry]'"
        ) from exc
    remarks: tuple[str, ...] = streams.attach_streams(watch, secrets, streams.read_options(settings)).remarks
    return remarks
