"""The seam to a switch. Adapters: ``ssh.py`` (netmiko), ``nxapi.py``; ``fake.py`` ships for tests."""

from __future__ import annotations

from typing import Protocol

from agent.device.hearing import Hear


class Transport(Protocol):
    """An open session with one switch. Every method raises a DeviceError; nothing else leaves an adapter."""

    hear: Hear
    """Who is told what is said from now on, and what the switch answers."""

    @property
    def name(self) -> str:
        """Inventory name of the switch, for messages."""

    def run(self, command: str) -> str:
        """Output of one exec command, without echo and prompt.

        Raises CommandRejectedError when the reply is one of the switch's error texts.
        """

    def configure(self, lines: tuple[str, ...]) -> None:
        """Send lines from config mode, in order, stopping at the first that is not known to be accepted.

        Raises CommandRejectedError that names the line, its position and the switch's words.
        """

    def close(self) -> None:
        """End the session; never raises."""


class Storing(Transport, Protocol):
    """A session that can also put a file on the switch (SCP, by SSH)."""

    def store(self, name: str, text: str) -> None:
        """Put a file on bootflash; raises CommandRejectedError when the switch does not take it."""


class Staging(Transport, Protocol):
    """A session that can also commit all or nothing, on trial (dual-stage, 10.x by SSH)."""

    def stage(self, lines: tuple[str, ...], seconds: int) -> None:
        """Commit the lines all at once; the switch takes them back after ``seconds`` unless confirmed.

        Raises CommandRejectedError when one is refused: then none is in force.
        """

    def confirm_stage(self) -> None:
        """Make the commit on trial stand; nothing happens when there is none. Raises DeviceError."""
