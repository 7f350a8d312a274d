"""Who is seen where: LLDP neighbours and learned addresses."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping

from vnexus import hardware
from vnexus.facts import InterfaceConfig, Mac, Neighbor, Oper
from vnexus.topology import Endpoint
from vnexus.world.state import Snapshot
from vnexus.world.wiring import Place, Wiring

Hear = Callable[[str, tuple[Neighbor, ...]], tuple[Neighbor, ...]]
"""The neighbours of a node, made from those that the model knows."""


def as_modelled(_: str, neighbors: tuple[Neighbor, ...]) -> tuple[Neighbor, ...]:
    """In a lab without real interfaces."""
    return neighbors


CAPABILITIES = {
    "phone": "T",
    "access-point": "W",
    "camera": "S",
    "display": "S",
    "server": "S",
    "door": "S",
    "carrier": "R",
}


class Surroundings:
    def __init__(
        self,
        wiring: Wiring,
        snapshots: Mapping[str, Snapshot],
        oper: Mapping[str, dict[str, Oper]],
        deaf: Callable[[], Collection[Place]] = frozenset,
    ) -> None:
        self.wiring, self.snapshots, self.oper, self.deaf = wiring, snapshots, oper, deaf

    def neighbors(self, node: str) -> Iterator[Neighbor]:
        """LLDP: both ends run it, this one receives and the far one transmits."""
        snapshot = self.snapshots[node]
        if not snapshot.lldp:
            return
        deaf = self.deaf()
        for name, state in self.oper[node].items():
            if (
                (node, name) in deaf
                or not (state.up or state.reason == "suspnd")
                or not name.startswith("Ethernet")
                or "." in name
            ):
                continue
            if not snapshot.interfaces[name].lldp_receive:
                continue
            place = (node, name)
            if place in self.wiring.endpoint_at:
                endpoint = self.wiring.endpoint_at[place]
                if endpoint.announces:
                    yield _endpoint(name, endpoint)
            elif place in self.wiring.far:
                far = self._switch(name, *self.wiring.far[place])
                if far is not None:
                    yield far

    def _switch(self, local: str, node: str, port: str) -> Neighbor | None:
        snapshot = self.snapshots[node]
        if not snapshot.lldp or not snapshot.interfaces[port].lldp_transmit:
            return None
        management = snapshot.interfaces.get("mgmt0")
        address = management.addresses[0].split("/")[0] if management and management.addresses else None
        description = snapshot.interfaces[port].description or port
        mac = hardware.port_mac(self.wiring.nodes[node].address, self.wiring.nodes[node].model, port)
        return Neighbor(local, snapshot.hostname, port, description, "BR", address, hardware.mac_text(mac))

    def macs(self, node: str) -> Iterator[Mac]:
        """Addresses of endpoints that are up, in every VLAN that reaches this node over switched links."""
        own = self._layer2(node)
        for vlan in sorted(self.snapshots[node].vlans):
            if any(_carries(interface, vlan) for _, interface in own):
                yield from self._learned(node, vlan)

    def _learned(self, node: str, vlan: int) -> Iterator[Mac]:
        first_port: dict[str, str] = {node: ""}
        queue = deque([node])
        while queue:
            here = queue.popleft()
            for endpoint in self.wiring.endpoints_of[here]:
                if self._speaks(endpoint, vlan):
                    port = first_port[here] or self._learning_port(here, endpoint.port)
                    yield Mac(vlan, _dotted(endpoint.mac), port)
            for name, interface in self._layer2(here):
                far = self.wiring.far.get((here, name))
                if far is None or far[0] in first_port or not _carries(interface, vlan):
                    continue
                other = self.snapshots[far[0]]
                if vlan in other.vlans and _carries(other.effective(far[1]), vlan):
                    first_port[far[0]] = first_port[here] or self._learning_port(here, name)
                    queue.append(far[0])

    def _layer2(self, node: str) -> list[tuple[str, InterfaceConfig]]:
        """Switched ports that are up, with the configuration that decides."""
        snapshot = self.snapshots[node]
        ports = ((name, snapshot.effective(name)) for name, state in self.oper[node].items()
                 if state.up and name.startswith("Ethernet") and "." not in name)  # fmt: skip
        return [(name, interface) for name, interface in ports if interface.mode != "routed"]

    def _speaks(self, endpoint: Endpoint, vlan: int) -> bool:
        if endpoint.kind == "wire" or not self.oper[endpoint.node][endpoint.port].up:
            return False
        interface = self.snapshots[endpoint.node].effective(endpoint.port)
        if interface.mode == "routed" or vlan not in self.snapshots[endpoint.node].vlans:
            return False
        return vlan == (interface.access_vlan if interface.mode == "access" else interface.native_vlan)

    def _learning_port(self, node: str, port: str) -> str:
        """The port-channel for a member."""
        group = self.snapshots[node].interfaces[port].channel_group
        return port if group is None else f"port-channel{group}"


def _carries(interface: InterfaceConfig, vlan: int) -> bool:
    if interface.mode == "access":
        return interface.access_vlan == vlan
    return interface.mode == "trunk" and vlan in interface.allowed_vlans


def _dotted(mac: str) -> str:
    return hardware.mac_text(int.from_bytes(hardware.mac_bytes(mac)))


def _endpoint(local: str, endpoint: Endpoint) -> Neighbor:
    mac = _dotted(endpoint.mac)
    letter = CAPABILITIES.get(endpoint.kind, "S")
    return Neighbor(local, endpoint.name, mac, f"{endpoint.kind} port", letter, endpoint.address, mac)
