"""Operational state from configuration, wiring and faults: which interface is up, and why not.

Order of derivation: snapshot of the configuration, power to endpoints, carrier on each wire (needs both
ends), LACP, port-channels, SVIs.
"""

from __future__ import annotations

from collections.abc import Collection

from vnexus import hardware
from vnexus.facts import InterfaceConfig
from vnexus.topology import Endpoint
from vnexus.world.faults import Board, EndpointHang, EndpointUnplug, LinkCut, LinkOneWay, PowerOff, PsuFail
from vnexus.world.separation import Splits, unidirectional
from vnexus.world.snapshot import PoeStatus, Snapshot, read_config
from vnexus.world.wiring import Place, Wiring

Verdict = tuple[bool, str, int]
"""(up, NX-OS word, Mb/s)"""

__all__ = ["Deriver", "PoeStatus", "Snapshot", "Verdict", "read_config"]

ENDPOINT_MBPS = {
    "camera": 100,
    "display": 100,
    "door": 100,
    "phone": 1000,
    "access-point": 1000,
    "carrier": 10_000,
}
SPEAKS_LACP = ("server", "carrier", "wire")


class Deriver:
    """Derives verdicts for one node at a time from the snapshots of all."""

    def __init__(self, wiring: Wiring, board: Board, snapshots: dict[str, Snapshot]) -> None:
        self.wiring, self.board, self.snapshots = wiring, board, snapshots
        self._splits = Splits(wiring, board, snapshots)
        self.carrier: dict[Place, bool] = {}
        """Ports with a real interface (``vnexus.container``): what the kernel says about their carrier."""

    @property
    def flapped(self) -> set[Place]:
        """Ends of wires that a flap holds down at this moment."""
        return self._splits.flapped

    @flapped.setter
    def flapped(self, places: set[Place]) -> None:
        self._splits.flapped = places

    def deaf(self) -> Collection[Place]:
        """Ports that light reaches, but no frame."""
        return self.board.of(LinkOneWay)  # type: ignore[return-value]  # the board keys link faults by place

    def reach(self, dirty: set[str]) -> set[str]:
        """The nodes that may see a change of these: neighbours, and what hangs on the peer of a vPC pair."""
        near = dirty.union(*(self.wiring.around[node] for node in dirty)) if dirty else set()
        return near.union(*(self.wiring.around[node] for node in near if self._splits.vpcs(node)))

    def powered(self, node: str) -> bool:
        if node in self.board.of(PowerOff):
            return False
        count = self.wiring.models[node].psu_count
        failed = sum(1 for key in self.board.of(PsuFail) if isinstance(key, tuple) and key[0] == node)
        return count == 0 or failed < count

    def derive(self, node: str) -> dict[str, Verdict]:
        """Verdict for every interface of the node."""
        snapshot = self.snapshots[node]
        if not self.powered(node):
            return dict.fromkeys(snapshot.interfaces, (False, "notconnect", 0))
        verdicts: dict[str, Verdict] = {}
        for name in snapshot.interfaces:
            if hardware.port(self.wiring.nodes[node].model, name) is not None:
                verdicts[name] = self._port(node, name)
        for name, interface in snapshot.interfaces.items():
            if "." in name:
                continue
            if name.startswith("port-channel"):
                verdicts[name] = self._channel(snapshot, name, verdicts)
            elif name.startswith("loopback") or name == "mgmt0":
                speed = 1000 if name == "mgmt0" else 8000
                verdicts[name] = _simple(up=interface.admin_up, speed=speed)
        carried = self._carried(snapshot, verdicts)
        lonely = self._vpc_vlans(node, snapshot)
        for name, interface in snapshot.interfaces.items():
            if "." in name:
                verdicts[name] = self._subinterface(interface, verdicts)
            elif name.startswith("Vlan"):
                verdicts[name] = _svi(int(name[4:]), interface, snapshot.vlans, carried)
                if verdicts[name][0] and int(name[4:]) in lonely:
                    verdicts[name] = (False, "vpcPeerLinkDown", 0)
            else:
                verdicts.setdefault(name, _simple(up=interface.admin_up, speed=0))
        return verdicts

    def _vpc_vlans(self, node: str, snapshot: Snapshot) -> frozenset[int]:
        """VLANs whose interfaces a secondary without its peer-link takes down."""
        vpcs = self._splits.vpcs(node)
        if not vpcs or not self._splits.gives_up(node):
            return frozenset()
        carried = frozenset[int]().union(*(snapshot.interfaces[name].allowed_vlans for name in vpcs))
        return snapshot.vlans & carried - self._splits.kept_vlans(node)

    def admin_up(self, node: str, port: str) -> bool:
        """Whether the laser is on: the port and its port-channel are not shut."""
        snapshot = self.snapshots[node]
        interface = snapshot.interfaces.get(port)
        return interface is not None and interface.admin_up and snapshot.effective(port).admin_up

    def light(self, place: Place) -> bool:
        """Whether something sends on the wire into this port."""
        real = self.carrier.get(place)
        if real is False:
            return False
        if place in self.wiring.endpoint_at:
            endpoint = self.wiring.endpoint_at[place]
            return self._alive(endpoint)
        if real:
            return not self._cut(place)
        far = self.wiring.far.get(place)
        if far is None or self._cut(place) or self._cut(far) or self._disabled(far) or self._given_up(far):
            return False
        return self.powered(far[0]) and self.admin_up(*far)

    def _disabled(self, place: Place) -> bool:
        return bool(self.board.of(LinkOneWay)) and unidirectional(
            place, self.wiring, self.board, self.snapshots
        )

    def _given_up(self, place: Place) -> bool:
        """A port of a vPC on a secondary switch without its peer-link."""
        group = self.snapshots[place[0]].interfaces[place[1]].channel_group
        if group is None or f"port-channel{group}" not in self._splits.vpcs(place[0]):
            return False
        return self._splits.gives_up(place[0])

    def _cut(self, place: Place) -> bool:
        return place in self.board.of(LinkCut) or place in self.flapped

    def _alive(self, endpoint: Endpoint) -> bool:
        if endpoint.name in self.board.of(EndpointUnplug) or endpoint.name in self.board.of(EndpointHang):
            return False
        if endpoint.watts is None:
            return True
        return self.snapshots[endpoint.node].poe.get(endpoint.port) == "delivering"

    def speed(self, place: Place) -> int:
        """The fastest that both ends can do."""
        own = self._own_speed(place)
        if place in self.wiring.endpoint_at:
            return min(own, ENDPOINT_MBPS.get(self.wiring.endpoint_at[place].kind, own))
        far = self.wiring.far.get(place)
        return min(own, self._own_speed(far)) if far else own

    def _own_speed(self, place: Place) -> int:
        port = self.wiring.port(*place)
        capable = port.speed_mbps if port else 0
        interface = self.snapshots[place[0]].interfaces.get(place[1])
        return min(interface.speed_mbps or capable, capable) if interface else capable

    def _port(self, node: str, name: str) -> Verdict:
        place = (node, name)
        port = self.wiring.port(node, name)
        own = self._own_speed(place)
        if not self.admin_up(node, name):
            return False, "disabled", own
        if self._disabled(place):
            return False, "udldUnidir", own
        if self._given_up(place):
            return False, "vpcPeerLinkDown", own
        if not self.wiring.wired(place):
            return False, "sfpAbsent" if port and port.cage else "notconnect", own
        if not self.light(place):
            return False, "notconnect", own
        if not self._lacp(place):
            return False, "suspnd", own
        return True, "connected", self.speed(place)

    def _lacp(self, place: Place) -> bool:
        """Whether the two ends agree on the port-channel."""
        mine = self.snapshots[place[0]].interfaces[place[1]]
        if mine.channel_group is None or mine.channel_mode == "on":
            return True
        if place in self.wiring.endpoint_at:
            return self.wiring.endpoint_at[place].kind in SPEAKS_LACP
        far_node, far_port = self.wiring.far[place]
        other = self.snapshots[far_node].interfaces[far_port]
        if place in self.deaf() or (far_node, far_port) in self.deaf():
            return False  # one end hears nothing, so the other never sees it in sync
        if other.channel_group is None or other.channel_mode == "on":
            return False
        return "active" in (mine.channel_mode, other.channel_mode)

    def _subinterface(self, interface: InterfaceConfig, verdicts: dict[str, Verdict]) -> Verdict:
        up, reason, speed = verdicts.get(interface.name.rsplit(".", 1)[0], (False, "notconnect", 0))
        return (up, reason, speed) if interface.admin_up else (False, "disabled", speed)

    def _channel(self, snapshot: Snapshot, name: str, verdicts: dict[str, Verdict]) -> Verdict:
        if not snapshot.interfaces[name].admin_up:
            return False, "disabled", 0
        speed = sum(verdicts[port][2] for port in snapshot.members.get(name, ()) if verdicts[port][0])
        return (True, "connected", speed) if speed else (False, "noOperMembers", 0)

    def _carried(self, snapshot: Snapshot, verdicts: dict[str, Verdict]) -> set[int]:
        """VLANs that some port that is up carries."""
        carried: set[int] = set()
        for name, (up, _, _) in verdicts.items():
            if not up or not name.startswith(("Ethernet", "port-channel")):
                continue
            interface = snapshot.effective(name)
            if interface.mode == "access":
                carried.add(interface.access_vlan)
            elif interface.mode == "trunk":
                carried |= interface.allowed_vlans & snapshot.vlans
        return carried


def _simple(*, up: bool, speed: int) -> Verdict:
    return (True, "connected", speed) if up else (False, "disabled", 0)


def _svi(vlan: int, interface: InterfaceConfig, vlans: frozenset[int], carried: set[int]) -> Verdict:
    if not interface.admin_up:
        return False, "disabled", 0
    if vlan not in vlans:
        return False, "vlanDoesNotExist", 0
    return (True, "connected", 1000) if vlan in carried else (False, "vlanDown", 0)
