"""Everything that switches agree on among themselves, for one settled state of the world."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property

from vnexus.facts import BgpPeer, Oper
from vnexus.world.peering import Peering
from vnexus.world.routing.hsrp import Hsrp
from vnexus.world.routing.segments import Segments
from vnexus.world.routing.stp import SpanningTree
from vnexus.world.routing.tables import Tables
from vnexus.world.routing.vpc import Vpc
from vnexus.world.state import Snapshot
from vnexus.world.wiring import Wiring


class Network:
    """Each part is derived when it is first asked for."""

    def __init__(
        self,
        wiring: Wiring,
        snapshots: Mapping[str, Snapshot],
        oper: Mapping[str, Mapping[str, Oper]],
        peering: Peering,
        peers: Callable[[str], tuple[BgpPeer, ...]],
    ) -> None:
        self.wiring, self.snapshots, self.oper = wiring, snapshots, oper
        self._peering, self._peers = peering, peers

    @cached_property
    def segments(self) -> Segments:
        return Segments(self.wiring, self.snapshots, self.oper)

    @cached_property
    def tables(self) -> Tables:
        self.segments.virtual = self.hsrp.virtual
        return Tables(self.segments, self._peering, self._peers)

    @cached_property
    def hsrp(self) -> Hsrp:
        return Hsrp(self.segments, self.snapshots, self.oper)

    @cached_property
    def vpc(self) -> Vpc:
        return Vpc(self.tables)

    @cached_property
    def spanning_tree(self) -> SpanningTree:
        return SpanningTree(self.segments)
