"""``vnexus run FILE``: start a lab, say so on standard output, serve until told to stop."""

from __future__ import annotations

import argparse
import asyncio
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
from vnexus.topology import TopologyError, load_topology

SERVICES = {"node": container_command.run_node, "host": container_command.run_host}
"""Verbs that serve until they are told to stop, beside ``run``."""


def main(argv: list[str] | None = None) -> int:
    """Exit code 0 after a clean stop, 2 for a mistake in the lab file or its addresses."""
    parser = argparse.ArgumentParser(prog="vnexus", description="An NX-OS-compatible software switch.")
    parser.add_argument("--version", action="version", version=__version__)
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
    except (TopologyError, StartupError, ControlError) as exc:
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
        loop.add_reader(sys.stdin.fileno(), _read_on, stopping)
    async with Lab(topology, host_keys=arguments.host_keys) as lab:
        place = None
        if arguments.control is not None:
            address, _, port = arguments.control.rpartition(":")
            place = await lab.control(address, int(port))
        line = {"ready": True, "nodes": lab.ready(), "control": place}
        print(json.dumps(line), flush=True)  # noqa: T201 - the ready line is the command's output
        await stopping.wait()


def _read_on(stopping: asyncio.Event) -> None:
    """Throw away what comes; stop at the end of it."""
    if not os.read(sys.stdin.fileno(), 4096):
        stopping.set()
