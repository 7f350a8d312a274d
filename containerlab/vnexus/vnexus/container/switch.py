"""The switch of a container: keeps the model and the real interfaces of one node in step."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from vnexus import hardware
from vnexus.config.session import ConfigSession
from vnexus.container import gossip, kernel, lldp
from vnexus.container.gossip import Gossip, State
from vnexus.container.heard import Heard
from vnexus.container.kernel import Wire
from vnexus.container.lldp import Announcement
from vnexus.container.meters import KernelMeters, Statistics
from vnexus.container.ports import port_of
from vnexus.facts import Neighbor
from vnexus.topology import Endpoint

if TYPE_CHECKING:
    from vnexus.lab import Lab

TICK_SECONDS = 0.5
HELLO_SECONDS = 1.0
SAMPLE_SECONDS = 5.0
SETTLED_SECONDS, PATIENT_SECONDS = 1.0, 4.0
"""The own configuration is told when it has rested so long, or has been on the move so long."""


class Switch:
    """``run`` it beside a lab that was made with ``only=name``."""

    def __init__(self, lab: Lab, name: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.lab, self.name, self.world, self.monotonic = lab, name, lab.world, monotonic
        self.node = lab.nodes[name]
        self.ports: dict[str, str] = {}
        """Port to interface, for every interface that has appeared."""
        self.heard = Heard()
        self.gossip = Gossip(name, frozenset(lab.nodes), time.time_ns())
        self.lldp_wire, self.gossip_wire = Wire(lldp.ETHERTYPE), Wire(gossip.ETHERTYPE)
        self._lasers: dict[str, bool] = {}
        self._announced: dict[str, tuple[Announcement, float]] = {}
        self._wake = asyncio.Event()
        self._hello_at = self._sampled_at = 0.0
        self._changed: tuple[int, float, float] = (-1, 0.0, 0.0)
        """Version of the configuration, when it was first and last seen to change since it was told."""
        self._told: tuple[int, dict[str, bool]] | None = None
        self._adopt()

    def _adopt(self) -> None:
        world, name = self.world, self.name
        statistics = Statistics(kernel.read_statistics, self.monotonic)
        meters = KernelMeters(name, statistics, lambda channel: world.snapshot(name).members.get(channel, []))
        old = world.meters.by_place
        meters.by_place.update(
            {p: m for p, m in old.items() if p[0] != name or not p[1].startswith("port-channel")}
        )
        world.meters, world.hear, self.meters = meters, self._hear, meters
        world.on_settle.append(lambda _nodes, _at: self._wake.set())

    async def run(self, stopping: asyncio.Event) -> None:
        """Until ``stopping``; then say goodbye to the neighbours."""
        loop = asyncio.get_running_loop()
        events = kernel.link_events()
        loop.add_reader(events, self._drain, events)
        loop.add_reader(self.lldp_wire.socket, self._receive_lldp)
        loop.add_reader(self.gossip_wire.socket, self._receive_gossip)
        try:
            while not stopping.is_set():
                self._wake.clear()
                self.tick()
                try:
                    async with asyncio.timeout(TICK_SECONDS):
                        await self._wake.wait()
                except TimeoutError:
                    continue
            self._leave(list(self._announced))
        finally:
            for reader in (events, self.lldp_wire.socket, self.gossip_wire.socket):
                loop.remove_reader(reader)
                reader.close()

    def wake(self) -> None:
        self._wake.set()

    def _drain(self, events: object) -> None:
        assert hasattr(events, "recv")  # noqa: S101 - a socket
        try:
            while events.recv(65_536):
                self._wake.set()
        except (BlockingIOError, OSError):  # ENOBUFS: more has changed than fits
            self._wake.set()

    def tick(self) -> None:
        """Look at everything once."""
        now = self.monotonic()
        self.world.refresh()
        self._sense()
        self._switch_lasers()
        if self.heard.expire(now):
            self._show_neighbors()
        self._announce(now)
        self._tell(now)
        if now - self._sampled_at >= SAMPLE_SECONDS:
            self._sampled_at = now
            self.meters.sample(now)

    # -- carrier

    def _sense(self) -> None:
        """Take carriers into the model; new interfaces become ports, those that are gone are dark."""
        carriers = kernel.read_carriers()
        for interface in carriers:
            port = port_of(self.node.spec.model, interface)
            if port is not None and port not in self.ports:
                self._plug(port, interface)
        known = self.world.carrier
        moved = False
        for port, interface in self.ports.items():
            up = carriers.get(interface, False)
            if known.get((self.name, port)) != up:
                known[self.name, port] = up
                moved = True
                if not up:
                    self.heard.forget(port)
                    self._announced.pop(port, None)
        if moved:
            self.world.touch({self.name})

    def _plug(self, port: str, interface: str) -> None:
        place = (self.name, port)
        if not self.world.wiring.wired(place):
            mac = hardware.mac_text(hardware.port_mac(self.node.spec.address, self.node.spec.model, port))
            self.world.wiring.plug(Endpoint(self.name, port, "wire", f"{self.name} {interface}", mac))
        self.ports[port] = interface
        self.meters.plug(port, interface)

    def _switch_lasers(self) -> None:
        """A port that is shut down takes the carrier from the far end. What others do to a link is left."""
        snapshot, runs = self.world.snapshot(self.name), self.world.runs(self.name)
        for port, interface in self.ports.items():
            config = snapshot.interfaces.get(port)
            wanted = runs and config is not None and config.admin_up and snapshot.effective(port).admin_up
            if self._lasers.get(port) == wanted:
                continue
            try:
                kernel.set_link(interface, up=wanted)
            except OSError:  # it has just gone; the next look will tell
                continue
            self._lasers[port] = wanted
            self._wake.set()

    # -- LLDP

    def _announce(self, now: float) -> None:
        snapshot = self.world.snapshot(self.name)
        speaks = snapshot.lldp and self.world.runs(self.name)
        self._leave([p for p in self._announced if not speaks or not snapshot.interfaces[p].lldp_transmit])
        if not speaks:
            return
        timer = _figure(snapshot.config.value("lldp timer "), lldp.SECONDS)
        hold = _figure(snapshot.config.value("lldp holdtime "), lldp.HOLD_SECONDS)
        for port in self.ports:
            if not self.world.carrier[self.name, port] or not snapshot.interfaces[port].lldp_transmit:
                continue
            said, last = self._announcement(port, hold), self._announced.get(port)
            if last is None or last[0] != said or now - last[1] >= timer:
                self._announced[port] = (said, now)
                self._send_lldp(port, said)

    def _announcement(self, port: str, hold: int) -> Announcement:
        snapshot, spec = self.world.snapshot(self.name), self.node.spec
        management = snapshot.interfaces.get("mgmt0")
        address = management.addresses[0].partition("/")[0] if management and management.addresses else None
        return Announcement(
            self._mac(port), port, hold, snapshot.interfaces[port].description or port, snapshot.hostname,
            hardware.sys_descr(spec.model, spec.profile), "BR", address,
        )  # fmt: skip

    def _mac(self, port: str) -> str:
        return hardware.mac_text(hardware.port_mac(self.node.spec.address, self.node.spec.model, port))

    def _leave(self, ports: list[str]) -> None:
        for port in ports:
            said, _ = self._announced.pop(port)
            self._send_lldp(port, Announcement(said.chassis, said.port, 0))

    def _send_lldp(self, port: str, said: Announcement) -> None:
        source = hardware.mac_bytes(self._mac(port))
        self.lldp_wire.send(self.ports[port], lldp.NEAREST_BRIDGE, source, [lldp.encode(said)])

    def _receive_lldp(self) -> None:
        changed = False
        while (found := self.lldp_wire.receive()) is not None:
            port = port_of(self.node.spec.model, found[0])
            if port not in self.ports:
                continue
            try:
                news = self.heard.take(port, lldp.decode(found[1]), self.monotonic())
            except lldp.LldpError:
                continue
            if news:  # 802.1AB: a new neighbour is told at once
                self._announced.pop(port, None)
                changed = True
        if changed:
            self._show_neighbors()

    def _show_neighbors(self) -> None:
        self.world.epoch[self.name] += 1
        self._wake.set()

    def _hear(self, node: str, modelled: tuple[Neighbor, ...]) -> tuple[Neighbor, ...]:
        if node != self.name:
            return modelled
        snapshot, states = self.world.snapshot(node), self.world.states(node)
        if not snapshot.lldp:
            return ()
        found = [n for n in modelled if n.local_port not in self.ports]
        for neighbor in self.heard.neighbors():
            state, config = states[neighbor.local_port], snapshot.interfaces[neighbor.local_port]
            if (state.up or state.reason == "suspnd") and config.lldp_receive:
                found.append(neighbor)
        order = {port: number for number, port in enumerate(snapshot.interfaces)}
        return tuple(sorted(found, key=lambda n: order[n.local_port]))

    # -- the other switches

    def _tell(self, now: float) -> None:
        """Tell the own state when it has settled, and say hello every second."""
        version = self.node.config.version
        if version != self._changed[0]:
            since = self._changed[1] or now
            self._changed = (version, since, now)
        carrier = {port: self.world.carrier[self.name, port] for port in self.ports}
        rested = now - self._changed[2] >= SETTLED_SECONDS or now - self._changed[1] >= PATIENT_SECONDS
        news = False
        if self._told is None or self._told[1] != carrier or (self._told[0] != version and rested):
            self._told, self._changed = (version, carrier), (version, 0.0, now)
            news = self.gossip.tell(State(tuple(self.node.config.lines_of()), carrier))
        if len(self.lab.nodes) > 1 and (news or now - self._hello_at >= HELLO_SECONDS):
            self._hello_at = now
            for port in self.ports:
                self._send_gossip(port, [self.gossip.hello()])

    def _send_gossip(self, port: str, payloads: list[bytes]) -> None:
        source = hardware.mac_bytes(self._mac(port))
        self.gossip_wire.send(self.ports[port], lldp.NEAREST_BRIDGE, source, payloads)

    def _receive_gossip(self) -> None:
        while (found := self.gossip_wire.receive()) is not None:
            port = port_of(self.node.spec.model, found[0])
            if port not in self.ports:
                continue
            try:
                answers, news = self.gossip.take(found[1])
                if news is not None:
                    self._learn(news)
            except ValueError:
                continue
            self._send_gossip(port, answers)

    def _learn(self, other: str) -> None:
        """Another node has told its state. Raises ValueError when it is none."""
        state, node = self.gossip.state(other), self.lab.nodes[other]
        scratch = node.scratch()
        session = ConfigSession(scratch)
        for line in state.lines:
            session.feed(line)
        node.config.restore(scratch.root)
        for port, up in state.carrier.items():
            self.world.carrier[other, port] = up
        self.world.touch({other})
        self._hello_at = 0.0
        self._wake.set()


def _figure(text: str | None, default: int) -> int:
    return int(text) if text and text.strip().isdecimal() else default
