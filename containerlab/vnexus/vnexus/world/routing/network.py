"""Everything that switches agree on among themselves, for one settled state of the world."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from vnexus.facts import BgpPeer
from vnexus.world.peering import Peering
from vnexus.world.routing.hsrp import History, Hsrp
from vnexus.world.routing.multicast import Multicast
from vnexus.world.routing.segments import Segments
from vnexus.world.routing.stp import SpanningTree
from vnexus.world.routing.tables import Tables
from vnexus.world.routing.vpc import Vpc


class Network:
    """Each part is derived when it is first asked for."""

    def __init__(
        self, segments: Segments, peering: Peering, peers: Callable[[str], tuple[BgpPeer, ...]]
    ) -> None:
        self.segments, self._peering, self._peers = segments, peering, peers
        self.hsrp_history: History = {}
        """Who was active when somebody last asked; handed on from one settled state to the next."""

    @cached_property
    def tables(self) -> Tables:
        self.segments.virtual = self.hsrp.virtual
        return Tables(self.segments, self._peering, self._peers)

    @cached_property
    def hsrp(self) -> Hsrp:
        return Hsrp(self.segments, self.segments.snapshots, self.segments.oper, self.hsrp_history)

    @cached_property
    def vpc(self) -> Vpc:
        return Vpc(self.tables)

    @cached_property
    def multicast(self) -> Multicast:
        return Multicast(self.tables)

    @cached_property
    def spanning_tree(self) -> SpanningTree:
        return SpanningTree(self.segments)
