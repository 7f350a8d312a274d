"""``vnexus run FILE``: start a lab, say so on standard output, serve until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import signal
import sys
from pathlib import Path

from vnexus import __version__, fault_command
from vnexus.clab import command as clab_command
from vnexus.clab.document import ClabError
from vnexus.container import command as container_command
from vnexus.control_client import ControlError
from vnexus.lab import Lab
from vnexus.node import StartupError
from vnexus.topology import FACTORY_PASSWORD, TopologyError, load_topology, startup_place

SHOWN = 20
"""Switches that ``run`` names; the ready line has all."""

SERVICES = {"node": container_command.run_node, "host": container_command.run_host}
"""Verbs that serve until they are told to stop, beside ``run``."""


def main(argv: list[str] | None = None) -> int:
    """Exit code 0 after a clean stop, 2 for a mistake in the lab file or its addresses."""
    parser = argparse.ArgumentParser(prog="vnexus", description="An NX-OS-compatible software switch.")
    parser.add_argument("--version", action="version", version=f"vnexus {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="start every switch of a lab file")
    run.add_argument("file", type=Path)
    run.add_argument("--control", metavar="ADDRESS:PORT", type=_place, help="HTTP control API; port 0: any")
    run.add_argument("--until-eof", action="store_true", help="stop when standard input closes")
    run.add_argument("--host-keys", type=Path, metavar="DIR", help="keep the SSH host keys here")
    fault_command.register(commands, _place)
    container_command.register(commands)
    clab_command.register(commands)
    arguments = parser.parse_args(argv)
    try:
        if arguments.command == "fault":
            for line in fault_command.run(arguments):
                print(line)  # noqa: T201 - the answer
            return 0
        if arguments.command == "clab":
            for line in clab_command.run(arguments):
                print(line)  # noqa: T201 - the answer
            return 0
        asyncio.run(SERVICES.get(arguments.command, _run)(arguments))
    except ClabError as exc:
        print(f"vnexus: {exc}", file=sys.stderr)  # noqa: T201 - see below
        return 1
    except StartupError as exc:
        place = f"{startup_place(arguments.file, exc.node, exc.number)}: " if "file" in arguments else ""
        print(f"vnexus: {place}{exc}", file=sys.stderr)  # noqa: T201 - the command line speaks to a person
        return 2
    except (TopologyError, ControlError) as exc:
        print(f"vnexus: {exc}", file=sys.stderr)  # noqa: T201 - the command line speaks to a person
        return 2
    except OSError as exc:
        print(f"vnexus: cannot listen: {exc}. Is another lab running?", file=sys.stderr)  # noqa: T201 - see above
        return 2
    return 0


def _place(text: str) -> str:
    address, colon, port = text.rpartition(":")
    if not colon or not address or not port.isdigit() or int(port) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not ADDRESS:PORT")
    return text


async def _run(arguments: argparse.Namespace) -> None:
    topology = load_topology(arguments.file, os.environ)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    if arguments.until_eof:  # whoever started the lab holds the other end: a lab never outlives its user
        try:
            loop.add_reader(sys.stdin.fileno(), _read_on, stopping)
        except PermissionError:  # a file or /dev/null: nobody holds the other end
            stopping.set()
    gc.disable()  # what a lab is built from stays: looking for rubbish in it doubles the time to start
    lab = Lab(topology, host_keys=arguments.host_keys)
    gc.freeze()
    gc.enable()
    async with lab:
        place = None
        if arguments.control is not None:
            address, _, port = arguments.control.rpartition(":")
            place = await lab.control(address, int(port))
        line = {"ready": True, "nodes": lab.ready(), "control": place}
        print("\n".join(_welcome(lab)), file=sys.stderr)  # noqa: T201 - for the person; programs read the line
        print(json.dumps(line), flush=True)  # noqa: T201 - the ready line is the command's output
        await stopping.wait()


def _welcome(lab: Lab) -> list[str]:
    """Where the switches are and how to log in."""
    topology = lab.topology
    listen, nodes = topology.listen, list(lab.nodes.values())
    wide = max(len(node.spec.name) for node in nodes)
    http = f"http {listen.nxapi}" + (f", https {listen.nxapi_https}" if listen.nxapi_https else "")
    password = "admin" if topology.password == FACTORY_PASSWORD else "the one of the lab file"
    user = f"User {topology.username}, password {password}"
    doors = f"NX-API {http}, SNMP {listen.snmp}"
    lines = [f"lab {topology.name}: {len(nodes)} switches. {user}; {doors}; Ctrl-C ends"]
    for node in nodes[:SHOWN]:
        login = f"ssh -p {listen.ssh} {topology.username}@{node.spec.address}"
        lines.append(f"  {node.spec.name:<{wide}}  {node.spec.address:<15}  {login}")
    return lines if len(nodes) <= SHOWN else [*lines, f"  and {len(nodes) - SHOWN} more"]


def _read_on(stopping: asyncio.Event) -> None:
    """Throw away what comes; stop at the end of it."""
    if not os.read(sys.stdin.fileno(), 4096):
        stopping.set()
