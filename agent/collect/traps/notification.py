"""A notification as it was received, whatever its version: RFC 3416 form, v1 translated as RFC 3584 says."""

from __future__ import annotations

from dataclasses import dataclass

Variable = tuple[tuple[int, ...], int | str | bytes]
"""(OID, value): integers and ticks as numbers, OIDs and addresses as dotted text, octets as bytes."""


@dataclass(frozen=True, slots=True)
class Notification:
    """``variables`` is what follows sysUpTime and snmpTrapOID, in order."""

    device: str
    at: float
    oid: tuple[int, ...]
    variables: tuple[Variable, ...]
    version: str
    """``1``, ``2c`` or ``3``."""
    inform: bool = False
    uptime_ticks: int = 0
