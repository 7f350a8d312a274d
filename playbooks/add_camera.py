"""Add a camera, or any endpoint: its line in the inventory, then the one switch that it touches.

moulin run playbooks/add_camera.py CAM-313 sw-mairie --place "rue des Meuniers 3"
moulin run playbooks/add_camera.py CAM-313 sw-mairie:Ethernet1/33 --place "rue des Meuniers 3" --apply

Port and address are the next free ones unless they are given; the budget for power is checked.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping

from agent.cli.options import read_settings
from agent.cli.output import out
from agent.cli.run import run_script
from agent.cli.runbook import finish, make_parser, plan_draft
from agent.errors import UsageError
from agent.flows.draft import draft_inventory
from agent.flows.edit import insert_entry
from agent.flows.place import free_address, free_port
from agent.intent.catalog import Kind
from agent.intent.city import City
from agent.intent.load import load_city


def main() -> int:
    arguments = parse()
    settings, secrets = read_settings(arguments.inventory)
    city = load_city(settings.inventory)
    kind = kind_of(city, arguments)
    switch, _, port = arguments.at.partition(":")
    port = port or free_port(city, switch, powered=kind.power is not None)
    said = ", ".join(f"{key}: {value}" for key, value in facts(city, arguments, switch).items())
    entry = f"{port}: {{{said}}}"
    out.print(f"{switch} {entry}", markup=False)
    with draft_inventory(settings.inventory) as draft:
        file, known = f"services/{arguments.service}.yaml", city.services[arguments.service].endpoints
        if switch in known:
            draft.change(file, lambda text: insert_entry(text, ["endpoints", switch], [entry]))
        else:
            draft.change(file, lambda text: insert_entry(text, ["endpoints"], [f"{switch}:", f"  {entry}"]))
        return finish(plan_draft(draft, settings, secrets, city), settings, arguments, f"add {arguments.tag}")


def kind_of(city: City, arguments: argparse.Namespace) -> Kind:
    """The kind of the service; raises UsageError for a service or a model that is not there."""
    if arguments.service not in city.services:
        raise UsageError(
            f"{arguments.service}: no such service. there are {', '.join(sorted(city.services))}"
        )
    kind = city.kinds[city.services[arguments.service].kind]
    if arguments.model and arguments.model not in kind.models:
        raise UsageError(f"{arguments.model}: no such model. there are {', '.join(kind.models)}")
    return kind


def facts(city: City, arguments: argparse.Namespace, switch: str) -> Mapping[str, str]:
    """The line of the inventory; without an address where the others of the service have none."""
    kind = city.kinds[city.services[arguments.service].kind]
    said = {"tag": arguments.tag, "place": quoted(arguments.place)}
    said["model"] = arguments.model or next(iter(kind.models))
    fixed = any(item.endpoint.address for item in city.placed if item.service == arguments.service)
    if arguments.address or fixed:
        said["address"] = arguments.address or str(free_address(city, arguments.service, switch))
    return said


def quoted(words: str) -> str:
    """As YAML has it inside braces.

    >>> quoted("rue Haute 3"), quoted("hall, left")
    ('rue Haute 3', '"hall, left"')
    """
    return f'"{words}"' if any(mark in words for mark in ",:{}[]#&*'") else words


def parse() -> argparse.Namespace:
    parser = make_parser(__doc__)
    parser.add_argument("tag", help="asset tag: CAM-313")
    parser.add_argument("at", metavar="SWITCH[:PORT]", help="where it hangs; the next free port")
    parser.add_argument("--place", required=True, help="in the street: rue des Meuniers 3")
    parser.add_argument("--model", default="", help="of catalog/; the first one")
    parser.add_argument("--address", default="", help="the next free one of its network")
    parser.add_argument("--service", default="cctv", help="another service: displays, wifi, voice, …")
    return parser.parse_args()


if __name__ == "__main__":
    run_script(main)
