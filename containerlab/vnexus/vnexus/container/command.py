"""``vnexus node`` and ``vnexus host``: what runs in a container.

``node`` takes the arguments of a vrnetlab image as well, so that its image can stand in for ``cisco_n9kv``.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import time
from collections.abc import Mapping
from dataclasses import replace
from ipaddress import IPv4Interface
from pathlib import Path
from typing import TYPE_CHECKING

from vnexus import hardware
from vnexus.container import host, kernel
from vnexus.container.host import Host
from vnexus.container.ports import MANAGEMENT
from vnexus.container.switch import Switch
from vnexus.lab import Lab
from vnexus.servers.notifier import LOOPBACK
from vnexus.topology import KINDS, Listen, NodeSpec, Topology, TopologyError, load_topology

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - the only name it has

LAB_FILE = Path("/etc/vnexus/lab.yml")
STARTUP = Path("/config/startup-config.cfg")
DOORS = Listen(ssh=22, nxapi=80, snmp=161, nxapi_https=443)
NOWHERE = IPv4Interface("127.0.0.1/8")


def register(commands: Commands) -> None:
    """Add both verbs."""
    node = commands.add_parser("node", help="one switch, in a container: ethN is the Nth port, eth0 is mgmt0")
    node.add_argument("--hostname", help="its name, also in the lab file; else that of the container")
    node.add_argument("--username", help="else $USERNAME, else admin")
    node.add_argument("--password", help="else $PASSWORD, else admin")
    node.add_argument("--connection-mode", help="of vrnetlab; every mode is the same here")
    node.add_argument("--trace", action="store_true", help="of vrnetlab; says nothing more here")
    node.add_argument("--lab", type=Path, help=f"lab file; {LAB_FILE} when it is there")
    node.add_argument("--model", default=None, help="without a lab file; else $VNEXUS_MODEL, else N9K-C9300v")
    node.add_argument("--profile", default=None, help="without a lab file; else $VNEXUS_PROFILE, else n9k-10")
    node.add_argument("--startup", type=Path, default=STARTUP, help=f"startup configuration, {STARTUP}")
    other = commands.add_parser("host", help="a camera, a telephone or a carrier, in a container")
    other.add_argument("kind", choices=KINDS)
    other.add_argument("--name", required=True)
    other.add_argument("--mac", required=True)
    other.add_argument("--address", default="0.0.0.0")
    other.add_argument("--transmit-bps", type=int, default=0)


async def run_node(arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM. Raises TopologyError, StartupError, OSError."""
    started = time.monotonic()
    own = kernel.address_of(MANAGEMENT) or NOWHERE
    name = arguments.hostname or os.environ.get("CLAB_LABEL_CLAB_NODE_NAME") or socket.gethostname()
    topology = node_topology(arguments, name, own, os.environ)
    stopping = _stopping()
    async with Lab(topology, only=name, receivers=(*LOOPBACK, own.network)) as lab:
        switch = Switch(lab, name)
        running = asyncio.create_task(switch.run(stopping))
        took = time.gmtime(time.monotonic() - started)
        print(json.dumps({"ready": True, "nodes": lab.ready(), "control": None}), flush=True)  # noqa: T201 - as vnexus run
        print(f"Startup complete in: {time.strftime('%H:%M:%S', took)}", flush=True)  # noqa: T201 - as vrnetlab
        await running


async def run_host(arguments: argparse.Namespace) -> None:
    """Speak until SIGTERM."""
    await host.run(
        Host(arguments.kind, arguments.name, arguments.mac, arguments.address, arguments.transmit_bps),
        _stopping(),
    )


def node_topology(
    arguments: argparse.Namespace, name: str, own: IPv4Interface, environ: Mapping[str, str]
) -> Topology:
    """The lab that the node lives in: that of the lab file, or itself alone. Raises TopologyError."""
    username = arguments.username or environ.get("USERNAME") or "admin"
    password = arguments.password or environ.get("PASSWORD") or "admin"
    file = arguments.lab or (LAB_FILE if LAB_FILE.is_file() else None)
    if file is not None:
        # the lab file names the variable of its password; in a container PASSWORD is that
        topology = load_topology(file, {"VNEXUS_PASSWORD": password, **environ})
        if name not in {spec.name for spec in topology.nodes}:
            known = ", ".join(spec.name for spec in topology.nodes)
            raise TopologyError(f"{file}: no node {name!r}. Give --hostname; known are {known}")
    else:
        topology = Topology(name, (_alone(arguments, name, own, environ),))
    lines = _startup(arguments.startup)
    nodes = tuple(
        replace(spec, address=str(own.ip), startup=lines or spec.startup) if spec.name == name else spec
        for spec in topology.nodes
    )
    return replace(topology, nodes=nodes, listen=DOORS, username=username, password=password)


def _alone(
    arguments: argparse.Namespace, name: str, own: IPv4Interface, environ: Mapping[str, str]
) -> NodeSpec:
    said = {key.removeprefix("CLAB_LABEL_"): value for key, value in sorted(environ.items()) if value}
    model = arguments.model or said.get("VNEXUS_MODEL", "N9K-C9300v")
    profile = arguments.profile or said.get("VNEXUS_PROFILE", "n9k-10")
    for what, word, known in (("model", model, hardware.MODELS), ("profile", profile, hardware.RELEASES)):
        if word not in known:
            raise TopologyError(f"--{what}: unknown {word!r}. Known are {', '.join(known)}")
    startup = ("interface mgmt0", f"  ip address {own.with_prefixlen}")
    return NodeSpec(name, profile, model, str(own.ip), startup)


def _startup(file: Path) -> tuple[str, ...]:
    """Lines of the file; none when it is not there or holds nothing."""
    if not file.is_file():
        return ()
    return tuple(line for line in file.read_text("utf-8", "replace").splitlines() if line.strip())


def _stopping() -> asyncio.Event:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    return stopping
