"""Replace a switch (RMA): same name, new serial number; its configuration comes from the intent.

(on the new switch's console: the address of mgmt0, the admin user with the city's password, and feature nxapi
where the inventory says nxapi; then)
moulin run playbooks/replace_switch.py sw-mairie --serial FDO2512A0BC
moulin run playbooks/replace_switch.py core-1 --serial JAF1816BGVY --host-key SHA256:… --apply -r "RMA 81"

It is refused unless the switch that answers has this serial number and the model of the inventory (--model
changes the inventory). Afterwards both ends of every cable must see each other.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from agent.cli.exits import Exit
from agent.cli.options import read_settings
from agent.cli.output import out, print_error
from agent.cli.progress import watch_fleet
from agent.cli.run import run_script
from agent.cli.runbook import Drafted, finish, make_parser
from agent.errors import UsageError
from agent.flows.draft import Draft, draft_inventory
from agent.flows.edit import set_value
from agent.flows.fleet import limit_fleet, open_fleet
from agent.flows.plan import plan_fleet
from agent.flows.replace import accept_host_key, await_neighbors, identify, refuse_stranger
from agent.flows.wanted import load_wanted
from agent.settings import Settings


def main() -> int:
    arguments = parse()
    settings, _ = read_settings(arguments.inventory)
    with (
        draft_inventory(settings.inventory) as draft,
        tempfile.TemporaryDirectory(prefix="moulin-keys-") as keys,
    ):
        return replace_switch(draft, settings, arguments, None if arguments.apply else Path(keys))


def replace_switch(
    draft: Draft, settings: Settings, arguments: argparse.Namespace, scratch: Path | None
) -> int:
    """The whole of it; ``scratch`` keeps host keys during a dry run."""
    name, secrets = arguments.switch, read_settings(arguments.inventory)[1]
    if arguments.model:
        draft.change("hosts.yaml", lambda text: set_value(text, [name, "data"], "model", arguments.model))
    drafted = settings.model_copy(update={"inventory": draft.folder})
    wanted = load_wanted(drafted, secrets)
    if name not in wanted.city.hosts:
        raise UsageError(f"{name}: no such switch. see hosts.yaml")
    whole = open_fleet(drafted, secrets)
    fleet = limit_fleet(whole, name)
    accept_host_key(whole, name, arguments.host_key, scratch)
    found = identify(fleet, name)
    refuse_stranger(name, found, arguments.serial, wanted.city.hosts[name].model)
    out.print(f"{name}: {found.model}, serial {found.serial}, NX-OS {found.release}", markup=False)
    with watch_fleet("planning", 1) as progress:
        planned = plan_fleet(fleet, wanted, progress)
    code = finish(Drafted(draft, fleet, wanted, planned), settings, arguments, f"replace {name}")
    if code != Exit.OK or not arguments.apply:
        return code
    settled = await_neighbors(whole, wanted, name, arguments.settle)
    for row in settled.missing:
        print_error(row)
    for neighbor in settled.silent:
        print_error(f"{neighbor}: does not answer, its cable to {name} was not checked")
    for port in settled.down:
        print_error(f"{name} {port.interface}: {port.words} is down; look at it")
    if settled.missing:
        return Exit.FAILED
    out.print(f"{name}: is in its place, every neighbour that answers sees it", markup=False)
    return Exit.OK


def parse() -> argparse.Namespace:
    parser = make_parser(__doc__)
    parser.add_argument("switch", help="its name, which stays")
    parser.add_argument("--serial", required=True, metavar="SN", help="of the new switch, from its label")
    parser.add_argument("--model", default="", metavar="PID", help="when it is another model")
    parser.add_argument("--host-key", default="", metavar="SHA256:…", help="from the new switch's console")
    parser.add_argument("--settle", type=float, default=90.0, metavar="SECONDS", help="for the neighbours")
    return parser.parse_args()


if __name__ == "__main__":
    run_script(main)
