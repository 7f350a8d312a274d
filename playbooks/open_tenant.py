"""Open a tenant in the shared data centre: its own VRF, network and firewall leg, seen by nobody else.

moulin run playbooks/open_tenant.py meuniers --title "Boulangerie des Meuniers" --kind company \
      --contact reseau@meuniers.example --prefix 10.85.0.0/24 --quota 200
… --port leaf-3:Ethernet1/11 --port leaf-4:Ethernet1/11 --rack "Sud - baie 9" --apply --reason "contract 14"
"""

from __future__ import annotations

import argparse
import json
from ipaddress import IPv4Network

from agent.cli.options import read_settings
from agent.cli.output import out
from agent.cli.run import run_script
from agent.cli.runbook import finish, make_parser, plan_draft
from agent.errors import UsageError
from agent.flows.draft import Draft, draft_inventory
from agent.flows.edit import append_item, insert_entry
from agent.flows.place import free_vlan, gateway_of
from agent.intent.city import City
from agent.intent.load import load_city

FIRST_VLAN = 301
FIRST_CHANNEL = 11


def main() -> int:
    arguments = parse()
    settings, secrets = read_settings(arguments.inventory)
    city = load_city(settings.inventory)
    with draft_inventory(settings.inventory) as draft:
        open_tenant(draft, city, arguments)
        done = plan_draft(draft, settings, secrets, city)
        return finish(done, settings, arguments, f"open tenant {arguments.name}")


def open_tenant(draft: Draft, city: City, arguments: argparse.Namespace) -> None:
    """Write VRF, network, tenant, the firewalls' legs and, with ``--port``, where its own gear hangs."""
    name, title = arguments.name, json.dumps(arguments.title, ensure_ascii=False)
    network, vrf, prefix = f"t-{name}", f"T-{name.upper()}", read_prefix(arguments.prefix)
    vlan = arguments.vlan or free_vlan(city, FIRST_VLAN)
    out.print(f"{name}: VRF {vrf}, VLAN {vlan}, {prefix}, gateway {gateway_of(prefix)}", markup=False)
    routing = f"{vrf}: {{description: {title}, gateway: {gateway_of(prefix)}}}"
    sites = ", ".join(dict.fromkeys(host.site for host in city.switches("leaf")))
    plan = (
        f"{{segment: {network}, vlan: {vlan}, vrf: {vrf}, prefix: {prefix}, description: {title}, "
        f"reach: [internet], sites: [{sites}]}}"
    )
    draft.change("addresses.yaml", lambda text: insert_entry(text, ["vrfs"], [routing]))
    draft.change(
        "addresses.yaml", lambda text: insert_entry(text, ["networks"], [f"{network}:", f"  {plan}"])
    )
    tenant = [
        f"{name}:", f"  title: {title}", f"  kind: {json.dumps(arguments.kind, ensure_ascii=False)}",
        f"  vrf: {vrf}", f"  networks: [{network}]", f"  quota_mbps: {arguments.quota}",
        f"  contact: {arguments.contact}",
    ]  # fmt: skip
    draft.change("services/tenants.yaml", lambda text: insert_entry(text, ["tenants"], tenant))
    for firewall in firewalls(city):
        path = ["servers", firewall, "networks"]
        draft.change("services/datacentre.yaml", lambda text, path=path: append_item(text, path, network))  # type: ignore[misc]
    if arguments.port:
        server = gear(city, arguments, network)
        draft.change("services/datacentre.yaml", lambda text: insert_entry(text, ["servers"], server))


def read_prefix(text: str) -> IPv4Network:
    """Raises UsageError."""
    try:
        return IPv4Network(text)
    except ValueError:
        raise UsageError(f"{text!r} is no prefix. write for example 10.85.0.0/24") from None


def firewalls(city: City) -> tuple[str, ...]:
    """The city's own gear that already has a leg in tenants' networks."""
    theirs = {network for tenant in city.tenants.values() for network in tenant.networks}
    return tuple(
        name
        for name, server in city.servers.items()
        if server.tenant == "city" and theirs.intersection(server.networks)
    )


def gear(city: City, arguments: argparse.Namespace, network: str) -> list[str]:
    """The tenant's own switch or server on one leaf, or by vPC on both of a pair."""
    ends = [port.partition(":")[0] for port in arguments.port]
    used = {
        server.channel
        for server in city.servers.values()
        if {end.switch for end in server.ports} & set(ends) and server.channel
    }
    channel = next(number for number in range(FIRST_CHANNEL, 4096) if number not in used)
    lines = [f"{arguments.name}-1:", f"  tag: T-{arguments.name.upper()}-1",
             f"  place: {json.dumps(arguments.rack, ensure_ascii=False)}", f"  tenant: {arguments.name}",
             f"  ports: [{', '.join(arguments.port)}]"]  # fmt: skip
    if len(ends) > 1:
        lines.append(f"  channel: {channel}")
    return [*lines, f"  networks: [{network}]"]


def parse() -> argparse.Namespace:
    parser = make_parser(__doc__)
    parser.add_argument("name", help="short name, as in services/tenants.yaml")
    for name in ("title", "kind", "contact", "prefix"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--quota", type=int, required=True, metavar="MBPS", help="bandwidth sold")
    parser.add_argument("--vlan", type=int, help="default: the next free one")
    parser.add_argument(
        "--port", action="append", metavar="SWITCH:PORT", help="where its gear hangs; twice for vPC"
    )
    parser.add_argument("--rack", default="Nord", help="room and rack of its gear")
    return parser.parse_args()


if __name__ == "__main__":
    run_script(main)
