"""How to reach and log in to one switch: values only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

SLOW = (
    ("install all ", 60.0),
    ("show install all ", 10.0),
    ("copy ", 10.0),
    ("rollback ", 20.0),
    ("configure replace ", 20.0),
    ("commit", 20.0),
    ("checkpoint", 5.0),
    ("show running-config", 5.0),
    ("show startup-config", 5.0),
    ("show tech", 40.0),
)
"""Commands that may take longer than the timeout of a plain one, by which factor (netmiko#2021)."""


@dataclass(frozen=True, slots=True)
class Access:
    """One switch and one way in. Neither ``repr`` nor any message shows the password."""

    name: str
    """Inventory name."""
    host: str
    port: int
    username: str
    password: str = field(repr=False)
    transport: Literal["ssh", "nxapi"] = "ssh"
    scheme: Literal["https", "http"] = "https"
    known_hosts: Path | None = None
    """Host keys that are trusted, OpenSSH form; None means that keys are not checked."""
    verify_tls: bool | str = True
    """True, False, or the path of a CA bundle."""
    timeout_seconds: float = 30.0
    mask: Callable[[str], str] = field(default=str, repr=False, compare=False)
    """Hides the secrets of a config line that an error is about to show."""

    def patience(self, command: str) -> float:
        """Seconds that a command may take.

        >>> Access("a", "127.0.0.1", 22, "u", "p", timeout_seconds=10).patience("show running-config")
        50.0
        """
        factor = next((times for begin, times in SLOW if command.lstrip().startswith(begin)), 1.0)
        return self.timeout_seconds * factor
