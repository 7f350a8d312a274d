"""Links: vPC on both sides, port-channel numbers used once, routed links and carriers that can work."""

from __future__ import annotations

from collections.abc import Iterator

from agent.intent.city import City
from agent.intent.damage import Damage
from agent.intent.link import Pair
from agent.intent.places import Places
from agent.records import Finding, Place, Severity


def verify_links(city: City, places: Places, damage: Damage) -> list[Finding]:
    """Findings about pairs, trunks, server bundles, routed links and carriers.

    What ``damage`` explains is not said to be missing.
    """
    found = [*_pairs(city, places), *_channels(city, places), *_routed(city, places)]
    found += _carriers(city, places)
    if not damage.touched("links.yaml", "pairs"):
        found += [*_one_sided(city, places, damage), *_servers(city, places, damage)]
    return [*found, *_router_ids(city, places, damage), *_islands(city, places, damage)]


def _pairs(city: City, places: Places) -> Iterator[Finding]:
    members: dict[str, str] = {}
    domains: dict[int, str] = {}
    for name, pair in city.links.pairs.items():
        for index, switch in enumerate(pair.switches):
            place = places("links.yaml", "pairs", name, "switches", index)
            if switch in members:
                problem = f"{switch} is a member of {members[switch]} already"
                yield Finding(place, problem, "a switch is in one vPC pair, with another switch")
            members[switch] = name
        if pair.domain in domains:
            place = places("links.yaml", "pairs", name, "domain")
            problem = f"vPC domain {pair.domain} is used by {domains[pair.domain]} and {name}"
            yield Finding(place, problem, "pairs that see each other need different domains")
        domains.setdefault(pair.domain, name)
        hosts = [city.hosts[switch] for switch in pair.switches if switch in city.hosts]
        if len({(host.model, host.release) for host in hosts}) > 1:
            place = places("links.yaml", "pairs", name, "switches")
            yield Finding(
                place, f"pair {name} mixes models or releases", "a vPC pair needs two alike switches"
            )


def _one_sided(city: City, places: Places, damage: Damage) -> Iterator[Finding]:
    for name, trunk in city.links.trunks.items():
        if damage.touched("links.yaml", "trunks", name):
            continue
        for side, word in ((0, "upper"), (1, "lower")):
            ends = [link[side].switch for link in trunk.links]
            yield from _bundle(city, places("links.yaml", "trunks", name), f"trunk {name}", word, ends)


def _bundle(city: City, place: Place, what: str, word: str, ends: list[str]) -> Iterator[Finding]:
    switches = list(dict.fromkeys(ends))
    if any(switch not in city.hosts for switch in switches):
        return
    pair: Pair | None = city.pair_of.get(switches[0])
    if pair is None and len(switches) > 1:
        problem = f"{what} has its {word} end on {' and '.join(switches)}, which are no vPC pair"
        yield Finding(place, problem, "declare the pair, or end it on one switch")
    elif pair is not None and set(switches) != set(pair.switches):
        strangers = [switch for switch in switches if switch not in pair.switches]
        missing = [switch for switch in pair.switches if switch not in switches]
        if strangers:
            problem = f"{what} ends on {' and '.join(switches)}, which are no vPC pair"
        else:
            problem = f"one-sided vPC: {what} ends on {switches[0]} but not on its peer {missing[0]}"
        yield Finding(place, problem, f"add a link to {' and '.join(missing)}")


def _servers(city: City, places: Places, damage: Damage) -> Iterator[Finding]:
    for name, server in city.servers.items():
        if damage.touched("services/datacentre.yaml", "servers", name):
            continue
        place = places("services/datacentre.yaml", "servers", name, "ports")
        if len(server.ports) == 1:
            if server.channel is not None:
                problem = f"one-sided vPC: server {name} has a channel but one port"
                yield Finding(place, problem, "add a port on the other leaf, or leave out the channel")
            continue
        if server.channel is None:
            yield Finding(place, f"server {name} has two ports but no channel", "add 'channel: <number>'")
        switches = [end.switch for end in server.ports]
        if switches[0] == switches[1]:
            problem = f"one-sided vPC: both ports of server {name} are on {switches[0]}"
            yield Finding(place, problem, "put one of the two on its vPC peer")
        else:
            yield from _bundle(city, place, f"server {name}", "one", switches)


def _channels(city: City, places: Places) -> Iterator[Finding]:
    """A port-channel number means one thing on a switch."""
    uses: list[tuple[str, int, str, Place]] = []
    for name, pair in city.links.pairs.items():
        place = places("links.yaml", "pairs", name, "channel")
        uses += [
            (switch, pair.channel, f"peer link of {name}", place) for switch in dict.fromkeys(pair.switches)
        ]
    for name, trunk in city.links.trunks.items():
        for side, key, number in ((0, "channel", trunk.channel), (1, "lower_channel", trunk.lower_channel)):
            place = places("links.yaml", "trunks", name, key)
            switches = dict.fromkeys(link[side].switch for link in trunk.links)
            uses += [(switch, number, f"trunk {name}", place) for switch in switches]
    for name, server in city.servers.items():
        if server.channel is not None:
            place = places("services/datacentre.yaml", "servers", name, "channel")
            switches = dict.fromkeys(end.switch for end in server.ports)
            uses += [(switch, server.channel, f"server {name}", place) for switch in switches]
    taken: dict[tuple[str, int], str] = {}
    for switch, number, what, place in uses:
        first = taken.setdefault((switch, number), what)
        if first != what:
            problem = f"port-channel{number} of {switch} is used twice: by {what} and {first}"
            yield Finding(place, problem, "give one of the two another number")


def _routed(city: City, places: Places) -> Iterator[Finding]:
    for index, link in enumerate(city.links.routed):
        place = places("links.yaml", "routed", index)
        if link.prefix.prefixlen not in (30, 31):
            yield Finding(place, f"{link.prefix} is no prefix for a routed link", "use a /30 or /31")
        if link.ends[0].switch == link.ends[1].switch:
            problem = f"both ends of the routed link are on {link.ends[0].switch}"
            yield Finding(place, problem, "name two different switches")
    for name, trunk in city.links.trunks.items():
        for index, (upper, lower) in enumerate(trunk.links):
            if upper.switch == lower.switch:
                place = places("links.yaml", "trunks", name, "links", index)
                yield Finding(place, f"both ends of trunk {name} are on {upper.switch}", "name two switches")


def _router_ids(city: City, places: Places, damage: Damage) -> Iterator[Finding]:
    """Whoever routes or peers needs a router id."""
    routers = {host.name for host in city.switches("core")}
    routers |= {end.switch for link in city.links.routed for end in link.ends}
    if city.carriers is not None:
        routers |= {carrier.port.switch for carrier in city.carriers.carriers.values()}
    if damage.touched("groups.yaml") or damage.touched("defaults.yaml"):
        return
    for name, host in city.hosts.items():
        if name in routers and host.loopback is None and not damage.touched("hosts.yaml", name):
            problem = f"{name} routes but has no loopback for its router id"
            yield Finding(places("hosts.yaml", name), problem, f"add loopback to the data of {name}")


def _islands(city: City, places: Places, damage: Damage) -> Iterator[Finding]:
    """Somebody hangs on the switch, but no trunk leads away from it: allowed while a site is being built."""
    if damage.touched("links.yaml", "trunks"):
        return
    for name, host in city.hosts.items():
        inhabited = name in city.placed_on or name in city.servers_on
        if inhabited and host.role != "core" and not city.trunks_of(name):
            problem = f"no trunk leads from {name}, its endpoints reach nobody"
            yield Finding(places("hosts.yaml", name), problem, "add it to links.yaml", Severity.WARNING)


def _carriers(city: City, places: Places) -> Iterator[Finding]:
    if city.carriers is None:
        return
    for name, carrier in city.carriers.carriers.items():
        here = ("services/carriers.yaml", "carriers", name)
        host = city.hosts.get(carrier.port.switch)
        if host is not None and host.role != "carrier-edge":
            problem = f"carrier {name} ends on {host.name}, which is a {host.role} switch"
            yield Finding(places(*here, "port"), problem, "end it on a switch of group carrier-edge")
        if carrier.prefix.prefixlen not in (30, 31):
            problem = f"{carrier.prefix} is no prefix for a hand-over"
            yield Finding(places(*here, "prefix"), problem, "use a /30 or /31")
        if carrier.asn == city.carriers.asn:
            yield Finding(
                places(*here, "asn"), f"carrier {name} has our own AS number", "write the carrier's"
            )
        if carrier.min_prefixes > carrier.max_prefixes:
            problem = f"carrier {name}: min_prefixes is more than max_prefixes"
            yield Finding(places(*here, "min_prefixes"), problem, "lower it")
