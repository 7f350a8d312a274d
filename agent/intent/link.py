"""Cables between switches: ``links.yaml``."""

from __future__ import annotations

from ipaddress import IPv4Network
from typing import Annotated

from pydantic import Field

from agent.intent.record import CableEnd, End, Name, PortName, Record

ChannelNumber = Annotated[int, Field(ge=1, le=4096)]


class Pair(Record):
    """Two switches in one vPC domain; the first is primary. Their peer link uses the same ports on both."""

    domain: Annotated[int, Field(ge=1, le=1000)]
    switches: tuple[Name, Name]
    channel: ChannelNumber
    peer_ports: Annotated[tuple[PortName, ...], Field(min_length=1)]

    def other(self, switch: str) -> str:
        """The vPC peer of a member."""
        return self.switches[1] if switch == self.switches[0] else self.switches[0]


class Trunk(Record):
    """A port-channel that carries VLANs; each link is ``[upper end, lower end]``.

    ``channel`` numbers the port-channel, and the vPC, at the upper end, ``lower_channel`` at the lower.
    """

    channel: ChannelNumber
    lower_channel: ChannelNumber = 1
    links: Annotated[tuple[tuple[CableEnd, CableEnd], ...], Field(min_length=1)]


class Routed(Record):
    """A point-to-point link with an address on both ends: the first end has the lower one of the prefix."""

    ends: tuple[CableEnd, CableEnd]
    prefix: IPv4Network
    cost: Annotated[int, Field(ge=1, le=65535)] | None = None

    def addresses(self) -> tuple[str, str]:
        """Addresses with prefix length of both ends, ``/31`` or ``/30``."""
        first, second = list(self.prefix.hosts())[:2]
        return f"{first}/{self.prefix.prefixlen}", f"{second}/{self.prefix.prefixlen}"


class LinksFile(Record):
    """``links.yaml``: vPC pairs, trunks and routed links."""

    pairs: dict[Name, Pair] = Field(default_factory=dict)
    trunks: dict[Name, Trunk] = Field(default_factory=dict)
    routed: tuple[Routed, ...] = ()


def cables(links: LinksFile) -> list[tuple[End, End]]:
    """Every inter-switch cable once: peer links, trunks, routed links."""
    found: list[tuple[End, End]] = []
    for pair in links.pairs.values():
        first, second = pair.switches
        found += [(End(first, port), End(second, port)) for port in pair.peer_ports]
    for trunk in links.trunks.values():
        found += trunk.links
    found += [link.ends for link in links.routed]
    return found
