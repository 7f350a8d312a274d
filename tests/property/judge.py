"""The judge of plans: the virtual Nexus's own configuration code, which shares nothing with the planner."""

from __future__ import annotations

from collections.abc import Iterable

from vnexus.config.configuration import Configuration
from vnexus.config.platform import Platform, platform_of
from vnexus.config.session import ConfigSession

PORTS = {
    "n9k-9.3": tuple(f"Ethernet1/{number}" for number in range(1, 129)),
    "n9k-10": tuple(f"Ethernet1/{number}" for number in range(1, 129)),
    "n7k-7.3": tuple(f"Ethernet3/{number}" for number in range(1, 49)),
}


class Judge:
    """One virtual switch without sockets: takes lines, prints what it has."""

    def __init__(self, profile: str = "n9k-9.3") -> None:
        self.config = Configuration(Platform(profile, "N9K-C9300v", PORTS[profile]), lambda: 0.0)

    @classmethod
    def of_model(cls, profile: str, model: str) -> Judge:
        """A switch with the ports of its hardware, as it comes out of the box."""
        judge = cls(profile)
        judge.config = Configuration(platform_of(profile, model), lambda: 0.0)
        return judge

    def load(self, text: str) -> None:
        """Take a whole configuration, as a switch does at boot; every line must be accepted."""
        self.take(text.split("\n"))

    def take(self, lines: Iterable[str]) -> None:
        """Take lines from configuration mode; fails the test at the first that is refused."""
        session = ConfigSession(self.config)
        for line in lines:
            for row in line.split("\n"):
                reply = session.feed(row)
                assert not reply.error, f"{row!r} was refused: {reply.text}"

    def running(self) -> str:
        """``show running-config`` without its header."""
        return "\n".join(self.config.lines_of()) + "\n"
