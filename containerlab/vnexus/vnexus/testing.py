"""For tests of those who automate NX-OS: a lab that listens in a thread of its own.

pytest has the fixtures ``nexus`` and ``vnexus_lab`` (``pytest_plugin.py``); for other frameworks::

    with one_switch() as (lab, node):
        connect(**Switch(lab, node).netmiko)
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from vnexus.lab import Lab
from vnexus.node import Node
from vnexus.topology import Listen, NodeSpec, Topology

START_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Switch:
    """How to reach one switch of a running lab, and what stands behind it."""

    lab: Lab
    node: Node

    @property
    def host(self) -> str:
        return self.node.spec.address

    @property
    def username(self) -> str:
        return self.lab.topology.username

    @property
    def password(self) -> str:
        return self.lab.topology.password

    @property
    def ssh_port(self) -> int:
        return self.lab.topology.listen.ssh

    @property
    def nxapi_port(self) -> int:
        """Of plain http."""
        return self.lab.topology.listen.nxapi

    @property
    def snmp_port(self) -> int:
        return self.lab.topology.listen.snmp

    @property
    def netmiko(self) -> dict[str, str | int]:
        """For ``netmiko.ConnectHandler(**switch.netmiko)``."""
        return {"device_type": "cisco_nxos", "host": self.host, "port": self.ssh_port,
                "username": self.username, "password": self.password}  # fmt: skip


def free_ports(address: str) -> Listen:
    """Ports that nobody listens on at this address."""
    with (
        socket.socket() as ssh,
        socket.socket() as nxapi,
        socket.socket(type=socket.SOCK_DGRAM) as snmp,
        socket.socket() as grpc,
    ):
        for probe in (ssh, nxapi, snmp, grpc):
            probe.bind((address, 0))
        ports = [probe.getsockname()[1] for probe in (ssh, nxapi, snmp, grpc)]
        return Listen(ssh=ports[0], nxapi=ports[1], snmp=ports[2], grpc=ports[3])


@contextmanager
def running(topology: Topology, listen: Listen | None = None) -> Iterator[Lab]:
    """The lab, listening on free ports (or these) in place of the topology's; closed on leaving."""
    lab = Lab(replace(topology, listen=listen or free_ports(topology.nodes[0].address)))
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name=f"lab {topology.name}")
    thread.start()
    try:
        asyncio.run_coroutine_threadsafe(lab.start(), loop).result(START_SECONDS)
        yield lab
    finally:
        asyncio.run_coroutine_threadsafe(lab.stop(), loop).result(START_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(START_SECONDS)
        loop.close()


@contextmanager
def one_switch(
    profile: str = "n9k-10", model: str = "N9K-C93180YC-FX3", startup: tuple[str, ...] = ()
) -> Iterator[tuple[Lab, Node]]:
    """A lab of one switch named ``switch`` on 127.0.0.1, user and password ``admin``."""
    spec = NodeSpec("switch", profile, model, "127.0.0.1", startup)
    with running(Topology("one", (spec,))) as lab:
        yield lab, lab.nodes["switch"]
