"""What a switch logs of an event: severity and text from the percent sign on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vnexus.facts import InterfaceConfig
from vnexus.world.events import Event


@dataclass(frozen=True, slots=True)
class Message:
    severity: int
    text: str
    """From the percent sign on."""


def message(event: Event, user: str, interface: InterfaceConfig | None) -> Message | None:
    """None for events without a line."""
    match event.kind:
        case "link-down":
            return _down(event)
        case "link-up":
            mode = {"routed": "Layer3"}.get(interface.mode, interface.mode) if interface else "access"
            return Message(5, f"%ETHPORT-5-IF_UP: Interface {event.name} is up in mode {mode}")
        case "config":
            return Message(5, f"%VSHD-5-VSHD_SYSLOG_CONFIG_I: Configured from vty by {user}")
        case _:
            make = _TEXTS.get(event.kind)
            return make(event) if make else None


def _down(event: Event) -> Message:
    if not event.admin_up:
        return Message(
            5, f"%ETHPORT-5-IF_DOWN_ADMIN_DOWN: Interface {event.name} is down (Administratively down)"
        )
    mnemonic, why = {
        "noOperMembers": ("IF_DOWN_PORT_CHANNEL_MEMBERS_DOWN", "No operational members"),
        "udldUnidir": ("IF_DOWN_ERROR_DISABLED", "Error disabled. Reason:UDLD empty echo"),
        "vpcPeerLinkDown": ("IF_DOWN_VPC_PEERLINK_DOWN", "vPC peerlink is down"),
        "suspnd": ("IF_DOWN_INITIALIZING", "Initializing"),
    }.get(event.reason, ("IF_DOWN_LINK_FAILURE", "Link failure"))
    return Message(5, f"%ETHPORT-5-{mnemonic}: Interface {event.name} is down ({why})")


def _ospf(event: Event) -> Message:
    state = "LOADING, Nbr state FULL" if event.kind == "ospf-up" else "FULL, Nbr state DOWN"
    return Message(5, f"%OSPF-5-ADJCHANGE:  ospf-{event.before} [1] Nbr {event.reason} on {event.name} went "
                      f"from {state}")  # fmt: skip


def _bgp(event: Event) -> Message:
    verb = "Up" if event.kind == "bgp-up" else "Down - holdtimer expired error"
    return Message(
        5, f"%BGP-5-ADJCHANGE:  bgp-{event.reason} [1] ({event.value}) neighbor {event.name} {verb}"
    )


def _hsrp(event: Event) -> Message:
    group = f"Interface {event.name}, Group {event.number}"
    return Message(5, f"%HSRP_ENGINE-5-GRP_STATECHANGE:  {group} state changed to {event.value}")


def _root(event: Event) -> Message:
    return Message(2, f"%STP-2-ROOT_CHANGE: Root of VLAN{event.number:04d} changed to {event.value}")


def _sensor(event: Event) -> Message:
    if event.kind == "sensor-ok":
        return Message(2, f"%PLATFORM-2-MOD_TEMPOK: Module-1 temperature sensor {event.name} ok")
    level = "MAJ" if event.value == "major" else "MIN"
    return Message(2, f"%PLATFORM-2-MOD_TEMP{level}ALRM: Module-1 reported {event.value} temperature alarm. "
                      f"Sensor={event.name} Temperature={event.reason}")  # fmt: skip


_TEXTS: dict[str, Callable[[Event], Message]] = {
    "supply-down": lambda e: Message(2, f"%PLATFORM-2-PS_FAIL: Power supply {e.number} failed or shut down"),
    "supply-up": lambda e: Message(2, f"%PLATFORM-2-PS_OK: Power supply {e.number} ok"),
    "fan-down": lambda e: Message(
        5, f"%PLATFORM-5-FAN_STATUS: Fan module {e.number} current-status is FAN_FAIL"
    ),
    "fan-up": lambda e: Message(5, f"%PLATFORM-5-FAN_STATUS: Fan module {e.number} current-status is FAN_OK"),
    "poe-on": lambda e: Message(5, f"%ILPOWER-5-POWER_GRANTED: Interface {e.name}: Power granted"),
    "poe-off": lambda e: Message(5, f"%ILPOWER-5-IEEE_DISCONNECT: Interface {e.name}: PD removed"),
    "poe-fault": lambda e: Message(
        3, f"%ILPOWER-3-CONTROLLER_PORT_ERR: Controller port error, Interface {e.name}: Power overdrawn"
    ),
    "ospf-up": _ospf,
    "ospf-down": _ospf,
    "bgp-up": _bgp,
    "bgp-down": _bgp,
    "hsrp": _hsrp,
    "stp-root": _root,
    "vpc-down": lambda _: Message(2, "%VPC-2-PEER_LINK_DOWN: VPC Peer-link is down"),
    "vpc-up": lambda _: Message(5, "%VPC-5-PEER_LINK_UP: vPC Peer-link is up"),
    "vpc-silent": lambda e: Message(
        2, f"%VPC-2-PEER_KEEP_ALIVE_RECV_FAIL: In domain {e.number}, VPC peer keep-alive receive has failed"
    ),
    "vpc-alive": lambda e: Message(
        6,
        f"%VPC-6-PEER_KEEP_ALIVE_RECV_SUCCESS: In domain {e.number}, peer keep-alive receive is successful",
    ),
    "pim-up": lambda e: Message(5, f"%PIM-5-NBR_UP:  [1]  Neighbor {e.value} is up on interface {e.name}"),
    "pim-down": lambda e: Message(
        5, f"%PIM-5-NBR_DOWN:  [1]  Neighbor {e.value} is down on interface {e.name}"
    ),
    "sensor-high": _sensor,
    "sensor-ok": _sensor,
    "ntp-lost": lambda e: Message(
        3, f"%NTP-3-NTP_SYNC_LOST: Synchronization lost with {e.name or 'all servers'}"
    ),
    "ntp-synced": lambda e: Message(6, f"%NTP-6-NTP_SYNC: Synchronized with {e.name}"),
}
