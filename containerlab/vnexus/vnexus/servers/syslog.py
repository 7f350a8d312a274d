"""Syslog lines of events in the form of NX-OS, and who wants them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from vnexus.config.tree import Section
from vnexus.world.messages import Message, message

__all__ = ["Collector", "Message", "collectors", "datagram", "message"]

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


def collectors(root: Section) -> Iterator[Collector]:
    """As ``logging server A [severity] [port N]`` names them."""
    for entry in root.under("logging", "server"):
        words = entry.value.split()
        severity = int(words[0]) if words and words[0].isdecimal() else DEFAULT_SEVERITY
        port = re.search(r"\bport (\d+)", entry.value)
        yield Collector(entry.identity[2], int(port[1]) if port else PORT, severity)


def datagram(said: Message, at: float) -> bytes:
    """``<189>: 2026 Nov  1 12:00:00 UTC: %…``"""
    stamp = time.strftime("%Y %b %e %H:%M:%S", time.gmtime(at))
    return f"<{FACILITY * 8 + said.severity}>: {stamp} UTC: {said.text}".encode()
