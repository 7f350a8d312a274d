"""What switches agree on among themselves and with the carriers."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.alerts.words import ANSWERS, DEVICE_LABELS
from agent.noc.fault import by_series, configure, everywhere_but_one, fault, on_port
from agent.noc.rule import Alert, meant, of_device, said

ON_SESSION = "on (device, vrf, peer)"
PREFIXES = said(m.BGP_PREFIXES.name)
ALL_PREFIXES = f"sum without (family) ({PREFIXES})"
CARRIER_SESSION = meant(m.EXPECTED_BGP.name)

ROUTING: tuple[Alert, ...] = (
    Alert(
        "BgpSessionDown",
        f"{said(f'{m.BGP_UP.name} == 0')} * on (device, vrf, peer) group_left (carrier)"
        f" {meant(m.EXPECTED_BGP.name)}",
        "page",
        "carrier {carrier} is lost: BGP session of {device} with {peer} is down",
        "Call the carrier when the port is up; the other carriers take over meanwhile.",
        ("device", "vrf", "peer", "carrier"),
        after_seconds=120,
        service="internet",
        needs="session",
        fault=fault("carrier-down", "session", endpoint="{carrier}"),
    ),
    Alert(
        "BgpPrefixesTooFew",
        f"{ALL_PREFIXES} < {ON_SESSION} group_left (carrier) {meant(m.EXPECTED_PREFIXES.name)}"
        f" and {ON_SESSION} {said(m.BGP_UP.name)} == 1",
        "page",
        "carrier {carrier} sends {device} fewer routes than a healthy session brings",
        "The session stands but leads nowhere: call the carrier, or shut the session.",
        ("device", "vrf", "peer", "carrier"),
        service="internet",
        needs="prefixes",
        fault=configure(
            "session",
            "route-map NOTHING deny 10",
            "router bgp 64496",
            "neighbor {peer}",
            "address-family ipv4 unicast",
            "route-map NOTHING in",
        ),
    ),
    Alert(
        "BgpPrefixesHalved",
        f"{PREFIXES} < 0.5 * {said(f'{m.BGP_PREFIXES.name} offset 1d')} and {ON_SESSION} {CARRIER_SESSION}",
        "ticket",
        "{device} has less than half of the {family} routes of {peer} that it had yesterday",
        "Ask the carrier what they withdrew; compare with the other carriers.",
        ("device", "vrf", "peer", "family"),
        after_seconds=600,
        service="internet",
        needs="session",
        fault=by_series("it takes a day of history"),
    ),
    Alert(
        "BgpPrefixesNearLimit",
        f"{PREFIXES} > {said(m.BGP_LIMIT.name)} * {said(m.BGP_LIMIT_RATIO.name)}",
        "ticket",
        "{device}: {peer} sends almost as many {family} routes as the limit allows; then the session falls",
        "Ask the carrier; raise the limit only when they explain it.",
        ("device", "vrf", "peer", "family"),
        after_seconds=600,
        service="internet",
        needs="session",
        fault=by_series("carriers of the lab send what they always send"),
    ),
    Alert(
        "BgpFlapping",
        f"{said(f'increase({m.BGP_FLAPS.name}[1h])')} > 3 and {ON_SESSION} {CARRIER_SESSION}",
        "ticket",
        "the BGP session of {device} with {peer} goes up and down",
        "Line errors, a busy processor, or the carrier's router. Shut the session while it is looked for.",
        ("device", "vrf", "peer"),
        after_seconds=0,
        keep_firing_seconds=1800,
        service="internet",
        needs="session",
        fault=fault("carrier-flap", "session", endpoint="{carrier}", seconds="60"),
    ),
    Alert(
        "CarriersNearlyLost",
        f"sum({said(m.BGP_UP.name)} * {ON_SESSION} {meant(m.EXPECTED_BGP.name)}) <= 1"
        f" and count({meant(m.EXPECTED_BGP.name)}) > 2",
        "page",
        "one carrier session or none is left: the next failure cuts the city off",
        "Call all carriers that are down; tell who depends on the internet.",
        (),
        after_seconds=60,
        service="internet",
        needs="session",
        fault=everywhere_but_one("carrier-down", "carrier-session", endpoint="{carrier}"),
    ),
    Alert(
        "OspfNeighborLost",
        of_device(
            f"{m.EXPECTED_OSPF.name} unless on (device, vrf, neighbor) {m.OSPF_UP.name} == 1 {ANSWERS}"
        ),
        "page",
        "{device} at {site} lost its OSPF neighbour {neighbor_device} ({neighbor})",
        "Is the cable up? Then compare area, timers and MTU of both ends.",
        (*DEVICE_LABELS, "vrf", "neighbor", "neighbor_device"),
        service="transport",
        needs="adjacency",
        fault=on_port("link-cut", "border"),
    ),
    Alert(
        "HsrpIncomplete",
        of_device(f"{m.EXPECTED_HSRP.name} and on (device, interface, group) {m.HSRP_COMPLETE.name} == 0"),
        "ticket",
        "the gateway {address} ({device} {interface}) has no second router",
        "Find the other core's view: show hsrp brief. The next failure takes the gateway away.",
        (*DEVICE_LABELS, "interface", "group", "address"),
        service="transport",
        needs="group",
        fault=configure("group", "interface {interface}", "shutdown"),
    ),
    Alert(
        "BfdSessionDown",
        of_device(f"{m.BFD_UP.name} == 0"),
        "ticket",
        "the BFD session {session} of {device} with {peer} on {interface} is down",
        "Look at the protocol that asked for it; a one-way path shows here first.",
        (*DEVICE_LABELS, "interface", "peer", "session"),
        after_seconds=120,
        service="transport",
        fault=by_series("a session of the lab goes together with its OSPF neighbour"),
    ),
    Alert(
        "MulticastQuerierMissing",
        of_device(f"{m.IGMP_GROUPS.name} > 0 unless on (device, vrf, interface) {m.IGMP_QUERIER.name}"),
        "ticket",
        "nobody asks for members of multicast groups on {interface} of {device} ({vrf})",
        "Without a querier, streams stop or flood after some minutes. Turn PIM or the IGMP querier on.",
        (*DEVICE_LABELS, "vrf", "interface"),
        after_seconds=600,
        service="transport",
        fault=by_series("a port of the lab that speaks PIM always asks"),
    ),
    Alert(
        "SpanningTreeStorm",
        of_device(f"increase({m.STP_CHANGES.name}[10m]) > 20"),
        "ticket",
        "spanning tree of {device} at {site} changes over and over",
        "show spanning-tree detail names the port of the last change; a flapping port or a loop.",
        DEVICE_LABELS,
        after_seconds=0,
        keep_firing_seconds=900,
        service="transport",
        fault=by_series("the lab's trees do not count changes of edge ports"),
    ),
    Alert(
        "SpanningTreeInconsistent",
        of_device(f"{m.STP_INCONSISTENT.name} > 0"),
        "ticket",
        "spanning tree of {device} at {site} blocks {interface} as inconsistent",
        "show spanning-tree inconsistentports: somebody there claims to be root.",
        (*DEVICE_LABELS, "interface"),
        service="transport",
        fault=by_series("the lab's trees are consistent by construction"),
    ),
)
