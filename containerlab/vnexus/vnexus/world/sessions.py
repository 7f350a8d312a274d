"""BGP sessions over time: since when each is as it is, and how often it came up."""

from __future__ import annotations

from collections.abc import Iterator

from vnexus.facts import BgpPeer
from vnexus.world.peering import Peering


class Sessions:
    """Remembers what ``Peering`` said of each session when it was last asked."""

    def __init__(self, peering: Peering) -> None:
        self._peering = peering
        self._known: dict[tuple[str, str], BgpPeer] = {}

    def peers(self, node: str, now: float) -> Iterator[BgpPeer]:
        """Peers of a node in the order of its configuration; a session that changed did so at ``now``."""
        speaker = self._peering.speaker(node)
        for said in speaker.neighbors if speaker else ():
            state = self._peering.state(node, said)
            old = self._known.get((node, said.address))
            changed, transitions = (old.changed_at, old.transitions) if old else (now, 0)
            if old is None or old.state != state:
                changed = now
                transitions += state == "established"
            peer = BgpPeer(
                said.address,
                speaker.local_as if speaker else "",
                said.remote_as,
                said.description,
                state,
                said.shut,
                changed,
                transitions,
            )
            self._known[node, said.address] = peer
            yield peer
