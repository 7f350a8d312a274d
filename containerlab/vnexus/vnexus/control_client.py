"""Calls to the control API of a running lab, for ``vnexus fault`` and for scripts; blocking."""

from __future__ import annotations

import http.client
import json
from collections.abc import Mapping
from typing import Any


class ControlError(Exception):
    """The lab refused, or does not answer. One line."""


def call(control: str, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
    """Decoded JSON of one request; ``control`` is ``address:port``. Raises ControlError."""
    host, _, port = control.removeprefix("http://").rstrip("/").rpartition(":")
    if not host or not port.isdigit():
        raise ControlError(f"{control!r} is not ADDRESS:PORT. Write it as the lab was started with --control")
    connection = http.client.HTTPConnection(host, int(port), timeout=10)
    try:
        connection.request(
            method, path, None if body is None else json.dumps(body), {"Content-Type": "application/json"}
        )
        response = connection.getresponse()
        data = json.loads(response.read())
    except (OSError, http.client.HTTPException, ValueError) as exc:
        raise ControlError(f"no lab answers at {control}: {exc}. Start it with vnexus run --control") from exc
    finally:
        connection.close()
    if response.status >= 400:
        raise ControlError(str(data.get("error", response.reason)))
    return data


def add_fault(control: str, kind: str, arguments: Mapping[str, object]) -> str | None:
    """The number of the new fault; None for a reboot. Raises ControlError."""
    found: str | None = call(control, "POST", "/faults", {"kind": kind, **arguments})["id"]
    return found


def remove_fault(control: str, number: str) -> None:
    """Raises ControlError."""
    call(control, "DELETE", f"/faults/{number}")


def list_faults(control: str) -> list[dict[str, Any]]:
    """Active faults. Raises ControlError."""
    found: list[dict[str, Any]] = call(control, "GET", "/faults")["active"]
    return found


def advance(control: str, seconds: float) -> float:
    """Push world time ahead; the new time. Raises ControlError."""
    return float(call(control, "POST", "/clock/advance", {"seconds": seconds})["now"])
