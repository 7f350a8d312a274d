"""``vnexus clab deploy|inspect|destroy``: a subset of containerlab's command line, with its exit codes."""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from vnexus.clab.deploy import Deployer
from vnexus.clab.document import ClabError
from vnexus.clab.records import inspected
from vnexus.clab.topology import load_lab

if TYPE_CHECKING:
    from collections.abc import Sequence

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - the only name it has

COLUMNS = ("name", "kind", "image", "status", "ipv4_address")


def register(commands: Commands) -> None:
    """Add the verb."""
    fill(commands.add_parser("clab", help="deploy a containerlab topology with docker and ip"))


def fill(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, text in (
        ("deploy", "start every node, lay every link"),
        ("inspect", "what runs"),
        ("destroy", "remove what carries the lab's label"),
    ):
        verb = verbs.add_parser(name, help=text)
        verb.add_argument("-t", "--topo", type=Path, required=True, metavar="FILE")
        if name == "deploy":
            verb.add_argument("-c", "--reconfigure", action="store_true", help="destroy it first")
        if name == "inspect":
            verb.add_argument("-f", "--format", choices=("json", "table"), default="table")
        if name == "destroy":
            verb.add_argument("-c", "--cleanup", action="store_true", help="remove the lab directory too")


def run(arguments: argparse.Namespace) -> list[str]:
    """Do what was asked; lines to print. Raises ClabError."""
    lab = load_lab(arguments.topo, os.environ)
    deployer = Deployer(dict(os.environ), getpass.getuser())
    if arguments.verb == "destroy":
        return [f"{deployer.destroy(lab, cleanup=arguments.cleanup)} containers removed"]
    if arguments.verb == "deploy":
        found = inspected(deployer.deploy(lab, reconfigure=arguments.reconfigure))
    else:
        found = inspected(deployer.containers(lab.name))
        if arguments.format == "json":
            return [json.dumps(found, indent=2)]
    rows = [COLUMNS, *(tuple(one[column] for column in COLUMNS) for ones in found.values() for one in ones)]
    widths = [max(len(row[number]) for row in rows) for number in range(len(COLUMNS))]
    return [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def main(argv: Sequence[str] | None = None) -> int:
    """``vnexus-clab``: stands in for the ``containerlab`` command. Exit code 0, or 1 for any error."""
    parser = argparse.ArgumentParser(
        prog="vnexus-clab", description="A small deployer of containerlab topologies."
    )
    fill(parser)
    try:
        for line in run(parser.parse_args(argv)):
            print(line)  # noqa: T201 - the answer
    except ClabError as exc:
        print(f"vnexus-clab: {exc}", file=sys.stderr)  # noqa: T201 - the command line speaks to a person
        return 1
    return 0
