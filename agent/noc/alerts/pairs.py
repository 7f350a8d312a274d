"""Pairs of switches that act as one: vPC, its keepalive and its peer-link."""

from __future__ import annotations

from agent import metrics as m
from agent.noc.alerts.words import DEVICE_LABELS
from agent.noc.fault import by_series, configure, on_port
from agent.noc.rule import PORT, Alert, of_device, said

PAIRS: tuple[Alert, ...] = (
    Alert(
        "VpcKeepaliveLost",
        of_device(f"{m.VPC_KEEPALIVE.name} == 0"),
        "page",
        "{device} at {site} does not hear the keepalive of its vPC peer (domain {domain})",
        "While this lasts, a cut of the peer-link makes both switches primary. Mend its path first.",
        (*DEVICE_LABELS, "domain"),
        service="transport",
        needs="vpc",
        fault=configure("vpc", "vpc domain {domain}", "peer-keepalive destination 192.0.2.251"),
    ),
    Alert(
        "VpcDualActive",
        of_device(f"{m.VPC_DUAL_ACTIVE.name} == 1"),
        "page",
        "both switches of vPC domain {domain} believe to be primary ({device} at {site})",
        "Shut the uplinks of one of them now; then mend peer-link and keepalive.",
        (*DEVICE_LABELS, "domain"),
        after_seconds=0,
        service="transport",
        needs="vpc",
        fault=by_series("switches of the lab do not take the primary role over"),
    ),
    Alert(
        "VpcPeerLinkDown",
        of_device(
            f"max by (device, domain, interface) ({m.VPC_PEER_LINK.name} * {PORT} group_left ()"
            f" {said(m.INTERFACE_UP.name)}) == 0"
        ),
        "page",
        "the vPC peer-link {interface} of {device} at {site} is down",
        "The secondary shuts its vPCs now. Restore the cables between the pair.",
        (*DEVICE_LABELS, "domain", "interface"),
        after_seconds=60,
        service="transport",
        needs="vpc",
        fault=configure("core", "interface port-channel1", "shutdown"),
    ),
    Alert(
        "VpcDown",
        of_device(f"{m.EXPECTED_VPC.name} and on (device, domain, vpc) {m.VPC_UP.name} == 0"),
        "ticket",
        "vPC {vpc} of {device} at {site} is down ({interface}): one switch of the pair carries it alone",
        "show vpc {vpc}; look at the members and at the far end.",
        (*DEVICE_LABELS, "domain", "vpc", "interface"),
        service="transport",
        needs="vpc",
        fault=on_port("link-cut", "uplink"),
    ),
    Alert(
        "VpcInconsistent",
        of_device(f"{m.EXPECTED_VPC.name} and on (device, domain, vpc) {m.VPC_CONSISTENT.name} == 0"),
        "page",
        "the switches of domain {domain} do not agree on vPC {vpc} ({device} {interface})",
        "show vpc consistency-parameters: make both sides the same, best with 'moulin plan'.",
        (*DEVICE_LABELS, "domain", "vpc", "interface"),
        service="transport",
        needs="vpc",
        fault=configure("vpc", "interface {interface}", "switchport trunk native vlan 3966"),
    ),
)
