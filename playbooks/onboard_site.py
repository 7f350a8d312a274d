"""Bring a new building onto the network: site, switch and uplinks into the inventory, then its first change.

moulin run playbooks/onboard_site.py marche --title "Halles du marché" --street "place du Marché 1" \
      --district centre --kind market --hostname 127.66.0.117 --management 10.66.0.117 \
      --uplink core-1:Ethernet3/27 --uplink core-2:Ethernet3/27
… --apply --reason "opening 1 September"
"""

from __future__ import annotations

import argparse
import json

from agent.cli.options import read_settings
from agent.cli.run import run_script
from agent.cli.runbook import finish, make_parser, plan_draft
from agent.flows.draft import Draft, draft_inventory
from agent.flows.edit import insert_entry
from agent.intent.city import City
from agent.intent.load import load_city


def main() -> int:
    arguments = parse()
    settings, secrets = read_settings(arguments.inventory)
    city = load_city(settings.inventory)
    with draft_inventory(settings.inventory) as draft:
        onboard(draft, arguments, arguments.channel or free_channel(city))
        done = plan_draft(draft, settings, secrets, city)
        return finish(done, settings, arguments, f"onboard {arguments.site}")


def parse() -> argparse.Namespace:
    parser = make_parser(__doc__)
    parser.add_argument("site", help="name of the site; the switch becomes sw-SITE")
    for name in ("title", "street", "district", "kind", "hostname", "management"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--latitude", type=float, default=0.0)
    parser.add_argument("--longitude", type=float, default=0.0)
    parser.add_argument("--uplink", action="append", required=True, metavar="SWITCH:PORT")
    parser.add_argument("--uplink-port", action="append", metavar="PORT", help="default Ethernet1/49, …")
    parser.add_argument("--group", default="building", help="group of groups.yaml")
    parser.add_argument("--channel", type=int, help="port-channel at the upper end; the next free one")
    return parser.parse_args()


def free_channel(city: City) -> int:
    """The number after the highest in use below 200."""
    return (
        max((trunk.channel for trunk in city.links.trunks.values() if trunk.channel < 200), default=100) + 1
    )


def onboard(draft: Draft, arguments: argparse.Namespace, channel: int) -> None:
    """Write the three entries: site, switch, uplinks."""
    switch = f"sw-{arguments.site}"
    site = [f"{arguments.site}:"]
    for key in ("title", "street", "district", "kind", "latitude", "longitude"):
        value = getattr(arguments, key)
        site.append(f"  {key}: {json.dumps(value, ensure_ascii=False)}")
    host = [
        f"{switch}:",
        f"  hostname: {arguments.hostname}",
        f"  groups: [{arguments.group}]",
        f"  data: {{site: {arguments.site}, management: {arguments.management}}}",
    ]
    lower = arguments.uplink_port or [f"Ethernet1/{49 + n}" for n in range(len(arguments.uplink))]
    links = [f"{arguments.site}:", f"  channel: {channel}", "  links:"]
    links += [f"    - [{end}, {switch}:{port}]" for end, port in zip(arguments.uplink, lower, strict=False)]
    draft.change("sites.yaml", lambda text: insert_entry(text, ["sites"], site))
    draft.change("hosts.yaml", lambda text: insert_entry(text, [], host))
    draft.change("links.yaml", lambda text: insert_entry(text, ["trunks"], links))


if __name__ == "__main__":
    run_script(main)
