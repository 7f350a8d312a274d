"""Power: what each PoE port delivers, what each supply gives."""

from __future__ import annotations

from vnexus.facts import Poe, PowerSupply
from vnexus.world.clock import Wobble
from vnexus.world.faults import Board, EndpointOverdraw, EndpointUnplug, PsuFail
from vnexus.world.state import PoeStatus, Snapshot
from vnexus.world.wiring import Wiring

CLASS_MILLIWATTS = (15_400, 4_000, 7_000, 15_400, 30_000, 45_000, 60_000, 75_000, 90_000)
"""IEEE 802.3af/at/bt: what a port reserves for a device of class 0 to 8."""
_PRIORITY = {"critical": 0, "high": 1, "low": 2}
_PORT_WATTS = {None: 0.5, "SFP": 1.2, "QSFP": 3.6}
_EFFICIENCY = 0.93


class Power:
    def __init__(self, wiring: Wiring, board: Board, wobble: Wobble) -> None:
        self.wiring, self.board, self.wobble = wiring, board, wobble

    def supplies_up(self, node: str) -> list[int]:
        slots = range(1, self.wiring.models[node].psu_count + 1)
        return [slot for slot in slots if (node, slot) not in self.board.of(PsuFail)]

    def budget_milliwatts(self, node: str) -> int:
        """What all PoE ports together may draw with the supplies that work."""
        model = self.wiring.models[node]
        if not model.poe:
            return 0
        return max(
            0, 1000 * int((model.psu_watts * len(self.supplies_up(node)) - model.base_watts) * _EFFICIENCY)
        )

    def allocate(self, node: str, snapshot: Snapshot) -> dict[str, PoeStatus]:
        """Status of every PoE port: power goes by priority, then by port number, while the budget lasts."""
        status: dict[str, PoeStatus] = {}
        asking: list[tuple[int, int, str, int]] = []
        for port in self.wiring.models[node].ports:
            interface = snapshot.interfaces.get(port.name)
            if not port.poe or interface is None:
                continue
            if not interface.poe_enabled or not interface.admin_up:
                status[port.name] = "disabled"
                continue
            status[port.name] = "searching"
            endpoint = self.wiring.endpoint_at.get((node, port.name))
            if endpoint is None or endpoint.watts is None or endpoint.name in self.board.of(EndpointUnplug):
                continue
            limit = interface.poe_max_milliwatts or CLASS_MILLIWATTS[min(endpoint.poe_class, 8)]
            if endpoint.watts * 1000 > limit or endpoint.name in self.board.of(EndpointOverdraw):
                status[port.name] = "fault"
                continue
            asking.append((_PRIORITY[interface.poe_priority], port.number, port.name, limit))
        left = self.budget_milliwatts(node)
        for _, _, name, limit in sorted(asking):
            if limit <= left:
                left -= limit
                status[name] = "delivering"
        return status

    def poe(self, node: str, port: str, snapshot: Snapshot, now: float) -> Poe | None:
        """None for a port without PoE. A device draws within 3 % of its rating."""
        status = snapshot.poe.get(port)
        if status is None:
            return None
        endpoint = self.wiring.endpoint_at.get((node, port))
        if status != "delivering" or endpoint is None or endpoint.watts is None:
            return Poe(status, 0, endpoint.poe_class if endpoint and status == "fault" else 0)
        drawn = endpoint.watts * (1 + 0.03 * self.wobble.at(f"poe/{endpoint.name}", now))
        return Poe(status, round(drawn * 1000), endpoint.poe_class)

    def limit_milliwatts(self, node: str, port: str, snapshot: Snapshot) -> int:
        """What the port reserves while it delivers."""
        endpoint = self.wiring.endpoint_at.get((node, port))
        given = snapshot.interfaces[port].poe_max_milliwatts
        return given or CLASS_MILLIWATTS[min(endpoint.poe_class, 8) if endpoint else 4]

    def poe_milliwatts(self, node: str, snapshot: Snapshot, now: float) -> int:
        """Sum over the node's ports."""
        values = (self.poe(node, port, snapshot, now) for port in snapshot.poe)
        return sum(value.milliwatts for value in values if value)

    def supplies(
        self, node: str, snapshot: Snapshot, ports_up: list[str], now: float
    ) -> tuple[PowerSupply, ...]:
        """Supplies share the load: electronics, ports that are up, PoE with its losses."""
        model = self.wiring.models[node]
        up = self.supplies_up(node)
        load = model.base_watts * (1 + 0.01 * self.wobble.at(f"psu/{node}", now))
        for name in ports_up:
            port = self.wiring.port(node, name)
            load += _PORT_WATTS[port.cage] if port else 0
        load += self.poe_milliwatts(node, snapshot, now) / 1000 / _EFFICIENCY
        return tuple(
            PowerSupply(
                slot,
                model.psu_part,
                slot in up,
                min(load / len(up), model.psu_watts) if slot in up else 0.0,
                float(model.psu_watts),
            )
            for slot in range(1, model.psu_count + 1)
        )
