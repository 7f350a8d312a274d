"""Move a camera, or any endpoint, to another port: edit the inventory, then change what it touches.

moulin run playbooks/move_camera.py CAM-012 sw-police:Ethernet1/30 --place "rue du Beffroi 4"
moulin run playbooks/move_camera.py CAM-012 sw-police:Ethernet1/30 --apply --reason "ticket 4711"
"""

from __future__ import annotations

from agent.cli.options import read_settings
from agent.cli.run import run_script
from agent.cli.runbook import finish, make_parser, plan_draft
from agent.errors import UsageError
from agent.flows.draft import Draft, draft_inventory
from agent.flows.edit import insert_entry, take_entry
from agent.intent.city import City
from agent.intent.load import load_city


def main() -> int:
    parser = make_parser(__doc__)
    parser.add_argument("tag", help="asset tag: CAM-012")
    parser.add_argument("to", metavar="SWITCH:PORT", help="where it will hang: sw-police:Ethernet1/30")
    parser.add_argument("--place", help="its new place in the street")
    parser.add_argument("--address", help="its new address, when it comes to another district")
    arguments = parser.parse_args()
    settings, secrets = read_settings(arguments.inventory)

    city = load_city(settings.inventory)
    service, switch, port = find_endpoint(city, arguments.tag)
    to_switch, colon, to_port = arguments.to.partition(":")
    if not colon:
        raise UsageError(f"{arguments.to!r} is not SWITCH:PORT. write for example sw-police:Ethernet1/30")
    changes = {"place": arguments.place, "address": arguments.address}
    with draft_inventory(settings.inventory) as draft:
        move(draft, f"services/{service}.yaml", (switch, port), (to_switch, to_port), changes)
        done = plan_draft(draft, settings, secrets, city)
        return finish(done, settings, arguments, f"move {arguments.tag}")


def find_endpoint(city: City, tag: str) -> tuple[str, str, str]:
    """Service, switch and port of an asset tag; raises UsageError when the city has none."""
    for placed in city.placed:
        if placed.endpoint.tag == tag:
            return placed.service, placed.switch, placed.port
    raise UsageError(f"{tag}: no endpoint has this tag. tags are in inventory/services")


def move(
    draft: Draft, file: str, old: tuple[str, str], new: tuple[str, str], changes: dict[str, str | None]
) -> None:
    """Take the entry from one port and hang it on another, with its new place and address."""
    taken: list[str] = []

    def take(text: str) -> str:
        rest, lines = take_entry(text, ["endpoints", old[0]], old[1])
        taken.extend(lines)
        return rest

    draft.change(file, take)
    entry = "\n".join(taken).partition(":")[2]
    for key, value in changes.items():
        if value is not None:
            entry = replace_value(entry, key, value)
    draft.change(file, lambda text: insert_entry(text, ["endpoints", new[0]], [f"{new[1]}:{entry}"]))


def replace_value(entry: str, key: str, value: str) -> str:
    """One value of a one-line entry.

    >>> replace_value(" {tag: CAM-1, place: rue A 1, model: m}", "place", "rue B 2")
    ' {tag: CAM-1, place: rue B 2, model: m}'
    """
    before, found, after = entry.partition(f"{key}: ")
    if not found:
        raise UsageError(f"the entry has no {key}. edit the file by hand")
    ends = [place for place in (after.find(", "), after.find("}"), after.find("\n")) if place >= 0]
    return before + found + value + after[min(ends, default=len(after)) :]


if __name__ == "__main__":
    run_script(main)
