"""Whether a device restarted between two readings of its clocks."""

from __future__ import annotations

from collections.abc import Mapping

from agent.collect.snmp.ber import Value

WRAP_TICKS = 2**32
"""sysUpTime counts hundredths of a second in 32 bits: it wraps after 497 days (RFC 3418)."""

_NEAR_WRAP_TICKS = 100 * 86_400
"""A clock that stood within a day of its end may have wrapped between two polls."""


def restarted(before: Mapping[str, Value], now: Mapping[str, Value]) -> bool:
    """Whether a clock that cannot run backwards did, or sysUpTime did without having wrapped.

    >>> restarted({"sysUpTime": 9_000_000}, {"sysUpTime": 500})
    True
    >>> restarted({"sysUpTime": 2**32 - 100}, {"sysUpTime": 500})
    False
    >>> restarted({"cseSysUpTime": 42_949_671}, {"cseSysUpTime": 5})
    True
    """
    for clock in ("cseSysUpTime", "snmpEngineTime"):
        first, second = before.get(clock), now.get(clock)
        if isinstance(first, int) and isinstance(second, int) and second < first:
            return True
    boots, boots_now = before.get("snmpEngineBoots"), now.get("snmpEngineBoots")
    if isinstance(boots, int) and isinstance(boots_now, int) and boots_now != boots:
        return True
    ticks, ticks_now = before.get("sysUpTime"), now.get("sysUpTime")
    if isinstance(ticks, int) and isinstance(ticks_now, int):
        return ticks_now < ticks < WRAP_TICKS - _NEAR_WRAP_TICKS
    return False
