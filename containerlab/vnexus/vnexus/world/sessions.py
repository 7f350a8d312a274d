"""BGP sessions over time: since when each is as it is, and how often it came up."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from vnexus.facts import BgpPeer
from vnexus.world.peering import Peering


class Sessions:
    """Remembers what ``Peering`` said of each session when it was last asked."""

    def __init__(self, peering: Peering) -> None:
        self._peering = peering
        self._known: dict[tuple[str, str, str], BgpPeer] = {}

    def note(self, nodes: Iterable[str], now: float) -> None:
        """Look at every session that was asked for once: it may be another way before anybody asks again."""
        for node in sorted({key[0] for key in self._known}.intersection(nodes)):
            deque(self.peers(node, now, None), maxlen=0)

    def peers(self, node: str, now: float, vrf: str | None = "default") -> Iterator[BgpPeer]:
        """Peers of a node in the order of its configuration; a session that changed did so at ``now``.

        ``vrf`` None: those of every VRF.
        """
        speaker = self._peering.speaker(node)
        for said in speaker.neighbors if speaker else ():
            if vrf not in (None, said.vrf):
                continue
            state = self._peering.state(node, said)
            old = self._known.get((node, said.vrf, said.address))
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
                said.vrf,
            )
            self._known[node, said.vrf, said.address] = peer
            yield peer
