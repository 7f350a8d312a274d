"""Cables between adopted switches, as ``links.yaml`` writes them: from LLDP, port-channels and addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent.adopt.facts import Facts
from agent.adopt.witness import Witness
from agent.intent.record import End

ROLES = ("core", "carrier-edge", "leaf", "building")
"""From the top of the network down."""

_POINT_TO_POINT = (30, 31)

Cable = tuple[End, End]


@dataclass(frozen=True, slots=True)
class Known:
    """The switches by inventory name."""

    witnesses: Mapping[str, Witness]
    facts: Mapping[str, Facts]
    roles: Mapping[str, str]

    def cables(self) -> tuple[Cable, ...]:
        """Every cable between two of them that at least one end told of; the upper end first."""
        by_hostname = {facts.hostname: name for name, facts in self.facts.items()}
        found: dict[frozenset[End], Cable] = {}
        for name, witness in self.witnesses.items():
            for heard in witness.heard:
                far = by_hostname.get(heard.system) or by_hostname.get(heard.system.partition(".")[0])
                if far is None or far == name or not heard.far_port.startswith("Ethernet"):
                    continue
                ends = End(name, heard.port), End(far, heard.far_port)
                found.setdefault(frozenset(ends), self._upper_first(*ends))
        return tuple(sorted(found.values()))

    def _upper_first(self, one: End, other: End) -> Cable:
        height = {end: (ROLES.index(self.roles[end.switch]), end.switch) for end in (one, other)}
        return (one, other) if height[one] <= height[other] else (other, one)

    def channel_of(self, end: End) -> int | None:
        """Number of the port-channel that the port is a member of."""
        channels = self.facts[end.switch].channels
        return next((number for number, channel in channels.items() if end.port in channel.members), None)


def propose_links(known: Known) -> dict[str, Any]:
    """Content of ``links.yaml``; a cable that fits none of its forms is left out."""
    cables = known.cables()
    pairs = dict(_pairs(known, cables))
    member_of = {switch: name for name, pair in pairs.items() for switch in pair["switches"]}
    return {
        "pairs": pairs,
        "trunks": dict(_trunks(known, cables, member_of)),
        "routed": list(_routed(known, cables)),
    }


def _pairs(known: Known, cables: tuple[Cable, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    between: dict[tuple[str, str, int], list[Cable]] = defaultdict(list)
    for one, other in cables:
        number = known.channel_of(one)
        if number is None or number != known.channel_of(other) or one.port != other.port:
            continue
        if all(known.facts[end.switch].channels[number].peer_link for end in (one, other)):
            between[one.switch, other.switch, number].append((one, other))
    for (one_name, other_name, number), links in between.items():
        domain = known.facts[one_name].vpc_domain
        if domain is None or domain != known.facts[other_name].vpc_domain:
            continue
        yield (
            f"{one_name}-{other_name}",
            {
                "domain": domain,
                "switches": [one_name, other_name],
                "channel": number,
                "peer_ports": [one.port for one, _ in links],
            },
        )


def _trunks(
    known: Known, cables: tuple[Cable, ...], member_of: Mapping[str, str]
) -> Iterator[tuple[str, dict[str, Any]]]:
    grouped: dict[tuple[str, int, str, int], list[Cable]] = defaultdict(list)
    for one, other in cables:
        up, down = known.channel_of(one), known.channel_of(other)
        if up is None or down is None or not _trunked(known, one, up) or not _trunked(known, other, down):
            continue
        above, below = (member_of.get(end.switch, end.switch) for end in (one, other))
        if above != below:
            grouped[above, up, below, down].append((one, other))
    for (above, up, below, down), links in grouped.items():
        trunk = {"channel": up, "links": [[str(one), str(other)] for one, other in links]}
        yield f"{above}-to-{below}", trunk if down == 1 else trunk | {"lower_channel": down}


def _trunked(known: Known, end: End, number: int) -> bool:
    channel = known.facts[end.switch].channels[number]
    return channel.trunk and not channel.peer_link


def _routed(known: Known, cables: tuple[Cable, ...]) -> Iterator[dict[str, Any]]:
    for cable in cables:
        addresses = [known.facts[end.switch].routed.get(end.port) for end in cable]
        one, other = addresses
        if one is None or other is None or one.network != other.network:
            continue
        if one.network.prefixlen in _POINT_TO_POINT:
            ends = cable if one.ip < other.ip else cable[::-1]
            yield {"ends": [str(end) for end in ends], "prefix": str(one.network)}
