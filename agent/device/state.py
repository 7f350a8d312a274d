"""Operational state through NAPALM's ``nxos`` drivers: what a switch is and sees, in one shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import napalm
from napalm.base.exceptions import NapalmException
from netmiko.exceptions import NetmikoBaseException

from agent.device.access import Access
from agent.errors import UnreachableError


@dataclass(frozen=True, slots=True)
class InterfaceState:
    name: str
    up: bool
    enabled: bool
    description: str
    speed_mbps: float


@dataclass(frozen=True, slots=True)
class LldpNeighbor:
    interface: str
    neighbor: str
    neighbor_interface: str


@dataclass(frozen=True, slots=True)
class DeviceState:
    hostname: str
    model: str
    release: str
    serial: str
    uptime_seconds: float
    interfaces: tuple[InterfaceState, ...]
    neighbors: tuple[LldpNeighbor, ...]


def read_state(access: Access) -> DeviceState:
    """Facts, interfaces and LLDP neighbours; raises UnreachableError when NAPALM gets none."""
    driver = napalm.get_network_driver("nxos" if access.transport == "nxapi" else "nxos_ssh")
    device = driver(
        access.host,
        access.username,
        access.password,
        timeout=int(access.timeout_seconds),
        optional_args=_arguments(access),
    )
    try:
        device.open()
        try:
            facts, interfaces = device.get_facts(), device.get_interfaces()
            neighbors = device.get_lldp_neighbors()
        finally:
            device.close()
    except (NapalmException, NetmikoBaseException, OSError, KeyError, ValueError) as exc:
        raise UnreachableError(
            access.name,
            f"its state cannot be read ({type(exc).__name__})",
            hint=f"try: moulin drift --limit {access.name}",
        ) from exc
    return _state(facts, interfaces, neighbors)


def _arguments(access: Access) -> dict[str, Any]:
    if access.transport == "nxapi":
        return {"port": access.port, "transport": access.scheme, "ssl_verify": access.verify_tls}
    strict = access.known_hosts is not None
    return {
        "port": access.port,
        "ssh_strict": strict,
        "alt_host_keys": strict,
        "alt_key_file": str(access.known_hosts or ""),
        "allow_agent": False,
    }


def _state(facts: dict[str, Any], interfaces: dict[str, Any], neighbors: dict[str, Any]) -> DeviceState:
    return DeviceState(
        hostname=str(facts["hostname"]),
        model=str(facts["model"]),
        release=str(facts["os_version"]),
        serial=str(facts["serial_number"]),
        uptime_seconds=float(facts["uptime"]),
        interfaces=tuple(
            InterfaceState(
                name=name,
                up=bool(row["is_up"]),
                enabled=bool(row["is_enabled"]),
                description=str(row["description"]),
                speed_mbps=float(row["speed"]),
            )
            for name, row in interfaces.items()
        ),
        neighbors=tuple(
            LldpNeighbor(interface, str(row["hostname"]), str(row["port"]))
            for interface, rows in neighbors.items()
            for row in rows
        ),
    )
