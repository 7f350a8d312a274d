"""Traffic: rates follow from endpoints and links that are up, counters are their exact integral.

Cameras, doors, servers and carriers flow day and night; telephones, wireless and displays follow the hours of
the world's clock (``hours.py``), and what an endpoint is said to send is what it sends at the busiest hour.
Every flow goes from its endpoint over the shortest path of up links to the nearest core, split evenly over
equal paths; what a wire cannot carry is dropped and counted. Rates change only when some link or endpoint
changes, so a counter is (sum at the last change) + rate x (time since), in integers.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from vnexus.facts import Counters, Oper
from vnexus.topology import Endpoint
from vnexus.world.faults import Board, EndpointFreeze, OpticDim, PortErrors
from vnexus.world.hours import level, lived_us
from vnexus.world.wiring import Place, Wiring

RX_BYTES, TX_BYTES, RX_UNICAST, RX_MULTICAST, RX_BROADCAST, TX_UNICAST, TX_MULTICAST, TX_BROADCAST = range(8)
RX_ERRORS, TX_ERRORS, RX_DISCARDS, TX_DISCARDS = range(8, 12)
WIDTH = 12
_UNIT = 10**9
"""Rates are in thousandths per second, time in microseconds."""

Rates = tuple[int, ...]
Swings = tuple[tuple[str, Rates], ...]
"""Rhythm of the day and the rates at its height."""
ZERO: Rates = (0,) * WIDTH

WEAK_DECIBELS = 10.0
"""Light that is weaker by more than this than the module's usual -2.4 dBm arrives with errors."""
WEAK_ERRORS_PER_SECOND = 20.0

RHYTHM_OF = {"phone": "office", "access-point": "people", "display": "street"}
"""What follows the clock; everything else flows day and night."""

SHAPE = {  # bytes per packet, thousandths that are multicast, broadcast
    "camera": (1180, 200, 1),
    "phone": (214, 5, 2),
    "access-point": (740, 20, 10),
    "display": (900, 5, 2),
    "server": (1050, 10, 3),
    "carrier": (820, 1, 1),
    "door": (180, 5, 2),
    "wire": (64, 0, 0),
}


@dataclass(slots=True)
class Flow:
    """One direction: bits per second, and thousandths of packets per second by kind."""

    bps: int = 0
    unicast: int = 0
    multicast: int = 0
    broadcast: int = 0

    def add(self, other: Flow) -> None:
        self.bps += other.bps
        self.unicast += other.unicast
        self.multicast += other.multicast
        self.broadcast += other.broadcast

    def part(self, numerator: int, denominator: int) -> Flow:
        return Flow(*(getattr(self, name) * numerator // denominator for name in Flow.__slots__))

    @property
    def packets(self) -> int:
        return self.unicast + self.multicast + self.broadcast


@lru_cache(maxsize=4096)
def flow_of(kind: str, bps: int) -> Flow:
    """What an endpoint of this kind sends at this rate; to be added up, not changed.

    >>> flow_of("camera", 4_000_000).multicast
    84745
    """
    size, multicast, broadcast = SHAPE[kind]
    packets = bps * 125 // size
    many, all_ = packets * multicast // 1000, packets * broadcast // 1000
    return Flow(bps, packets - many - all_, many, all_)


HELLO = Flow(720, 0, 750, 0)
"""What a switch sends on every port that is up: spanning tree and LLDP."""
MANAGEMENT = Flow(12_000, 5_000, 0, 100)


@dataclass(slots=True)
class Meter:
    """Counters of one interface: what always flows, and what follows the hours of the day."""

    total: list[int] = field(default_factory=lambda: [0] * WIDTH)
    rates: Rates = ZERO
    swings: Swings = ()
    since_us: int = 0

    def read(self, column: int, now_us: int) -> int:
        total = self.total[column] + self.rates[column] * (now_us - self.since_us)
        for rhythm, rates in self.swings:
            total += rates[column] * (lived_us(rhythm, now_us) - lived_us(rhythm, self.since_us))
        return total // _UNIT

    def rate(self, column: int, now_us: int) -> float:
        """Per second at this moment."""
        swing = sum(rates[column] * level(rhythm, now_us) for rhythm, rates in self.swings)
        return (self.rates[column] + swing) / 1000

    def settle(self, rates: Rates, now_us: int, swings: Swings = ()) -> None:
        """Go on with other rates from now."""
        elapsed = now_us - self.since_us
        if elapsed and (self.rates is not ZERO or self.swings):
            total = [old + rate * elapsed for old, rate in zip(self.total, self.rates, strict=True)]
            for rhythm, swing in self.swings:
                lived = lived_us(rhythm, now_us) - lived_us(rhythm, self.since_us)
                total = [old + rate * lived for old, rate in zip(total, swing, strict=True)]
            self.total = total
        self.rates, self.swings, self.since_us = rates, swings, now_us

    def clear(self, now_us: int) -> None:
        self.total, self.rates, self.swings, self.since_us = [0] * WIDTH, ZERO, (), now_us

    def counters(self, now_us: int) -> Counters:
        return Counters(*(self.read(column, now_us) for column in range(WIDTH)))


class Meters:
    """All meters of the world; one that was asked for once stays the same object."""

    def __init__(self) -> None:
        self.by_place: dict[Place, Meter] = {}

    def meter(self, place: Place) -> Meter:
        found = self.by_place.get(place)
        if found is None:
            found = self.by_place[place] = Meter()
        return found

    def settle(self, load: Load, now_us: int) -> None:
        """From now on these are the rates; places that are not named stand still."""
        for place, meter in self.by_place.items():
            if meter.rates is not ZERO and place not in load.steady:
                meter.settle(ZERO, now_us)
        for place, rate in load.steady.items():
            meter, swings = self.meter(place), load.swings.get(place, ())
            if meter.rates != rate or meter.swings != swings:
                meter.settle(rate, now_us, swings)

    def clear(self, node: str, now_us: int) -> None:
        for (owner, _), meter in self.by_place.items():
            if owner == node:
                meter.clear(now_us)


class _Port:
    """Flows through one port while the rates are put together."""

    __slots__ = ("rx", "tx", "tx_dropped")

    def __init__(self) -> None:
        self.rx, self.tx, self.tx_dropped = Flow(), Flow(), 0

    def rates(self, errors: PortErrors | None) -> Rates:
        rx, tx = self.rx, self.tx
        base = (
            rx.bps * 125, tx.bps * 125, rx.unicast, rx.multicast, rx.broadcast,
            tx.unicast, tx.multicast, tx.broadcast,
        )  # fmt: skip
        if errors is None:
            return (*base, 0, 0, 0, self.tx_dropped)
        extra = (errors.rx_errors, errors.tx_errors, errors.rx_discards, errors.tx_discards)
        milli = [round(value * 1000) for value in extra]
        return (*base, milli[0], milli[1], milli[2], milli[3] + self.tx_dropped)


@dataclass(slots=True)
class Load:
    """Rates of every place that is up."""

    steady: dict[Place, Rates]
    swings: dict[Place, Swings] = field(default_factory=dict)


class Traffic:
    """Puts together the rates of every port from what is up."""

    def __init__(self, wiring: Wiring, board: Board, oper: Callable[[str], Mapping[str, Oper]]) -> None:
        self.wiring, self.board, self.oper = wiring, board, oper
        self.cores = wiring.cores()

    def load(self, channels: Callable[[str], Mapping[str, list[str]]]) -> Load:
        """Rates by place; ``channels`` gives the members of a node's port-channels.

        What follows the clock is carried after what always flows, and loses what does not fit beside it.
        """
        distance = self._distances()
        room: dict[Place, int] = {}
        ports: dict[Place, _Port] = {}
        self._carry(ports, distance, self._access(ports, ""), room)
        load = Load(self._steady(ports))
        swings: dict[Place, list[tuple[str, Rates]]] = {}
        for rhythm in sorted(set(RHYTHM_OF.values())):
            moving: dict[Place, _Port] = {}
            self._carry(moving, distance, self._access(moving, rhythm), room)
            for place, port in moving.items():
                if place in load.steady:
                    swings.setdefault(place, []).append((rhythm, port.rates(None)))
        load.swings = {place: tuple(found) for place, found in swings.items()}
        self._bundle(load, channels)
        return load

    def _steady(self, ports: Mapping[Place, _Port]) -> dict[Place, Rates]:
        rates: dict[Place, Rates] = {}
        for node in self.wiring.nodes:
            for name, state in self.oper(node).items():
                if not state.up:
                    continue
                port = ports.get((node, name)) or _Port()
                if name.startswith("Ethernet") and "." not in name:
                    self._hello(node, name, port)
                elif name == "mgmt0":
                    port.rx.add(MANAGEMENT)
                    port.tx.add(MANAGEMENT)
                else:
                    continue
                rates[node, name] = port.rates(self._errors((node, name)))
        return rates

    def _bundle(self, load: Load, channels: Callable[[str], Mapping[str, list[str]]]) -> None:
        """A port-channel counts what its members do."""
        for node in self.wiring.nodes:
            for channel, members in channels(node).items():
                inside = [(node, member) for member in members if (node, member) in load.steady]
                if not inside or not self._up((node, channel)):
                    continue
                load.steady[node, channel] = _sum([load.steady[place] for place in inside])
                moving: dict[str, list[Rates]] = {}
                for place in inside:
                    for rhythm, rates in load.swings.get(place, ()):
                        moving.setdefault(rhythm, []).append(rates)
                if moving:
                    found = sorted(moving.items())
                    load.swings[node, channel] = tuple((rhythm, _sum(parts)) for rhythm, parts in found)

    def _errors(self, place: Place) -> PortErrors | None:
        """What faults add to a port: errors by name, and those of weak light."""
        given, dim = self.board.of(PortErrors).get(place), self.board.of(OpticDim).get(place)
        if dim is None or dim.decibels <= WEAK_DECIBELS:
            return given
        given = given or PortErrors(*place)
        return replace(given, rx_errors=given.rx_errors + WEAK_ERRORS_PER_SECOND)

    def _hello(self, node: str, name: str, port: _Port) -> None:
        port.tx.add(HELLO)
        if (node, name) in self.wiring.far:
            port.rx.add(HELLO)

    def _up(self, place: Place) -> bool:
        state = self.oper(place[0]).get(place[1])
        return state is not None and state.up

    def _up_links(self, node: str) -> Iterable[tuple[str, Place]]:
        for port, far in self.wiring.links_of[node]:
            if self._up((node, port)) and self._up(far):
                yield port, far

    def _distances(self) -> dict[str, int]:
        """Hops to the nearest core."""
        distance = dict.fromkeys(self.cores, 0)
        queue = deque(self.cores)
        while queue:
            node = queue.popleft()
            for _, (other, _) in self._up_links(node):
                if other not in distance:
                    distance[other] = distance[node] + 1
                    queue.append(other)
        return distance

    def _access(self, ports: dict[Place, _Port], rhythm: str) -> tuple[dict[str, Flow], dict[str, Flow]]:
        """Flows of one rhythm at the endpoints' ports, and their sums per node (from, to the endpoints)."""
        up_flows: dict[str, Flow] = {node: Flow() for node in self.wiring.nodes}
        down_flows: dict[str, Flow] = {node: Flow() for node in self.wiring.nodes}
        for endpoint in self.wiring.endpoints.values():
            if RHYTHM_OF.get(endpoint.kind, "") != rhythm or not self._up((endpoint.node, endpoint.port)):
                continue
            sent, received = self._endpoint_flows(endpoint)
            port = ports.setdefault((endpoint.node, endpoint.port), _Port())
            port.rx.add(sent)
            port.tx.add(received)
            up_flows[endpoint.node].add(sent)
            down_flows[endpoint.node].add(received)
        return up_flows, down_flows

    def _endpoint_flows(self, endpoint: Endpoint) -> tuple[Flow, Flow]:
        limit = self.oper(endpoint.node)[endpoint.port].speed_mbps * 1_000_000
        sent = 0 if endpoint.name in self.board.of(EndpointFreeze) else endpoint.transmit_bps
        return (
            flow_of(endpoint.kind, min(sent, limit)),
            flow_of(endpoint.kind, min(endpoint.receive_bps, limit)),
        )

    def _carry(
        self,
        ports: dict[Place, _Port],
        distance: Mapping[str, int],
        flows: tuple[dict[str, Flow], dict[str, Flow]],
        room: dict[Place, int],
    ) -> None:
        """Hand each node's sums to the nodes one hop nearer to a core, the farthest first.

        ``room`` is what each sending port still has to give.
        """
        up_flows, down_flows = flows
        for node in sorted(distance, key=lambda name: -distance[name]):
            nearer = [
                (port, far)
                for port, far in self._up_links(node)
                if distance.get(far[0], -1) == distance[node] - 1
            ]
            for port, far in nearer:
                own, other = ports.setdefault((node, port), _Port()), ports.setdefault(far, _Port())
                limit = self.oper(node)[port].speed_mbps * 1_000_000
                sent, own.tx_dropped = _fit(
                    up_flows[node].part(1, len(nearer)), room.get((node, port), limit)
                )
                room[node, port] = room.get((node, port), limit) - sent.bps
                own.tx.add(sent)
                other.rx.add(sent)
                up_flows[far[0]].add(sent)
                asked = down_flows[node].part(1, len(nearer))
                received, other.tx_dropped = _fit(asked, room.get(far, limit))
                room[far] = room.get(far, limit) - received.bps
                own.rx.add(received)
                other.tx.add(received)
                down_flows[far[0]].add(asked)


def _sum(parts: list[Rates]) -> Rates:
    return tuple(map(sum, zip(*parts, strict=True)))


def _fit(flow: Flow, limit: int) -> tuple[Flow, int]:
    """What fits a wire, and the packets (thousandths per second) that do not."""
    if flow.bps <= limit:
        return flow, 0
    kept = flow.part(max(0, limit), flow.bps)
    return kept, flow.packets - kept.packets
