"""The lab's wires as look-up tables; while it runs, they only grow, and only where real interfaces appear."""

from __future__ import annotations

from vnexus import hardware
from vnexus.topology import Endpoint, Link, NodeSpec, Topology

Place = tuple[str, str]
"""(node, port)"""


class Wiring:
    """What is plugged where."""

    def __init__(self, topology: Topology) -> None:
        self.nodes: dict[str, NodeSpec] = {node.name: node for node in topology.nodes}
        self.models = {node.name: hardware.model(node.model) for node in topology.nodes}
        self.links: tuple[Link, ...] = topology.links
        self.endpoints: dict[str, Endpoint] = {endpoint.name: endpoint for endpoint in topology.endpoints}
        self.endpoint_at: dict[Place, Endpoint] = {(e.node, e.port): e for e in topology.endpoints}
        self.far: dict[Place, Place] = {}
        self.around: dict[str, set[str]] = {node: set() for node in self.nodes}
        self.links_of: dict[str, list[tuple[str, Place]]] = {node: [] for node in self.nodes}
        for link in topology.links:
            a, b = (link.a_node, link.a_port), (link.b_node, link.b_port)
            for near, far in ((a, b), (b, a)):
                self.far[near] = far
                self.around[near[0]].add(far[0])
                self.links_of[near[0]].append((near[1], far))
        self.endpoints_of: dict[str, list[Endpoint]] = {node: [] for node in self.nodes}
        for endpoint in topology.endpoints:
            self.endpoints_of[endpoint.node].append(endpoint)

    def plug(self, endpoint: Endpoint) -> None:
        """Something that the lab file does not know hangs on a port now."""
        self.endpoints[endpoint.name] = endpoint
        self.endpoint_at[endpoint.node, endpoint.port] = endpoint
        self.endpoints_of[endpoint.node].append(endpoint)

    def port(self, node: str, name: str) -> hardware.Port | None:
        return hardware.port(self.nodes[node].model, name)

    def wired(self, place: Place) -> bool:
        return place in self.far or place in self.endpoint_at

    def cores(self) -> tuple[str, ...]:
        """Where traffic goes: the Nexus 7000s, or the best connected node in a lab without one."""
        large = tuple(name for name, model in self.models.items() if model.family == "n7k")
        if large or not self.nodes:
            return large
        return (max(self.nodes, key=lambda name: len(self.links_of[name])),)
