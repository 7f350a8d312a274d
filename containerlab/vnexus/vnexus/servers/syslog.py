"""Syslog lines of events in the form of NX-OS, and who wants them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from vnexus.config.tree import Section
from vnexus.facts import InterfaceConfig
from vnexus.world.events import Event

PORT = 514
FACILITY = 23
"""local7"""
DEFAULT_SEVERITY = 5


@dataclass(frozen=True, slots=True)
class Collector:
    address: str
    port: int
    severity: int
    """The least urgent that it gets."""


@dataclass(frozen=True, slots=True)
class Message:
    severity: int
    text: str
    """From the percent sign on."""


def collectors(root: Section) -> Iterator[Collector]:
    """As ``logging server A [severity] [port N]`` names them."""
    for entry in root.under("logging", "server"):
        words = entry.value.split()
        severity = int(words[0]) if words and words[0].isdecimal() else DEFAULT_SEVERITY
        port = re.search(r"\bport (\d+)", entry.value)
        yield Collector(entry.identity[2], int(port[1]) if port else PORT, severity)


def message(event: Event, user: str, interface: InterfaceConfig | None) -> Message | None:
    """What the switch logs; None for events without a line."""
    match event.kind:
        case "link-down":
            return _down(event)
        case "link-up":
            mode = {"routed": "Layer3"}.get(interface.mode, interface.mode) if interface else "access"
            return Message(5, f"%ETHPORT-5-IF_UP: Interface {event.name} is up in mode {mode}")
        case "config":
            return Message(5, f"%VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by {user}")
        case "supply-down":
            return Message(2, f"%PLATFORM-2-PS_FAIL: Power supply {event.number} failed or shut down")
        case "supply-up":
            return Message(2, f"%PLATFORM-2-PS_OK: Power supply {event.number} ok")
        case "fan-down" | "fan-up":
            state = "FAN_OK" if event.kind == "fan-up" else "FAN_FAIL"
            return Message(5, f"%PLATFORM-5-FAN_STATUS: Fan module {event.number} current-status is {state}")
        case _:
            return None


def _down(event: Event) -> Message:
    if not event.admin_up:
        return Message(
            5, f"%ETHPORT-5-IF_DOWN_ADMIN_DOWN: Interface {event.name} is down (Administratively down)"
        )
    if event.reason == "noOperMembers":
        mnemonic = "%ETHPORT-5-IF_DOWN_PORT_CHANNEL_MEMBERS_DOWN"
        return Message(5, f"{mnemonic}: Interface {event.name} is down (No operational members)")
    return Message(5, f"%ETHPORT-5-IF_DOWN_LINK_FAILURE: Interface {event.name} is down (Link failure)")


def datagram(said: Message, at: float) -> bytes:
    """``<189>: 2026 Nov  1 12:00:00 UTC: %…``"""
    stamp = time.strftime("%Y %b %e %H:%M:%S", time.gmtime(at))
    return f"<{FACILITY * 8 + said.severity}>: {stamp} UTC: {said.text}".encode()
