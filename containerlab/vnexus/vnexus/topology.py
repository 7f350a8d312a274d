"""The lab file: which nodes exist, how they are wired, what hangs on their ports.

::

    name: example
    listen: {ssh: 2222, nxapi: 8080, snmp: 1161}     # the same ports on every node's own address
    credentials: {username: admin, password_env: VNEXUS_PASSWORD}
    nodes:
      - {name: leaf-1, profile: n9k-10, model: N9K-C9348GC-FX3PH, address: 127.66.0.21,
         startup: ["feature nxapi", "interface mgmt0", "  ip address 10.66.0.21/24"]}
    links:
      - [leaf-1:Ethernet1/49, core-1:Ethernet3/1]
    endpoints:
      - {node: leaf-1, port: Ethernet1/7, kind: camera, name: cam-001, mac: 00aa.bbcc.0001,
         address: 10.66.120.7, watts: 6.5, poe_class: 3, transmit_bps: 4000000, receive_bps: 20000}
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NodeSpec:
    """``profile`` is ``n7k-7.3``, ``n9k-9.3`` or ``n9k-10``; ``model`` decides the ports ."""

    name: str
    profile: str
    model: str
    address: str
    startup: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Link:
    a_node: str
    a_port: str
    b_node: str
    b_port: str


@dataclass(frozen=True, slots=True)
class Endpoint:
    node: str
    port: str
    kind: str
    """``camera``, ``phone``, ``access-point``, ``display``, ``server``, ``carrier``."""
    name: str
    mac: str
    address: str | None = None
    watts: float | None = None
    """Draw over PoE; None when the endpoint has a supply of its own."""
    poe_class: int = 3
    transmit_bps: int = 0
    """What the endpoint sends into the switch."""
    receive_bps: int = 0


@dataclass(frozen=True, slots=True)
class Listen:
    ssh: int = 2222
    nxapi: int = 8080
    snmp: int = 1161


@dataclass(frozen=True, slots=True)
class Topology:
    name: str
    nodes: tuple[NodeSpec, ...]
    links: tuple[Link, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    listen: Listen = Listen()
    username: str = "admin"
    password: str = "admin"  # noqa: S105 - the factory default of a lab node, replaced by password_env


class TopologyError(Exception):
    """The lab file has a mistake; the text names file and place."""
