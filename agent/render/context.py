"""Facts of a switch to template variables: every decision is made here, templates only lay out text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from jinja2 import UndefinedError

from agent.errors import RenderError
from agent.intent.switch import Bgp, BgpNeighbor, Layer3, Loopback, Ospf, Switch, Vrf
from agent.render.features import features_of, layers, streams
from agent.render.ports import PortView, channel_number, marking_class, range_text, view_port
from agent.render.quirks import CLASSES, QUEUES, TRAITS, UNTRUSTED, TrafficClass

PLAIN, HASHED = "0", "5"
BANNER_DELIMITERS = "#^~@%"


@dataclass(frozen=True, slots=True)
class VrfView:
    """A VRF with the multicast that its interfaces need."""

    vrf: Vrf
    rendezvous_points: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class BgpVrf:
    """Networks and neighbours of one VRF; ``name`` None is the default VRF."""

    name: str | None
    networks: tuple[str, ...]
    neighbors: tuple[BgpNeighbor, ...]


def _vrfs(switch: Switch) -> tuple[VrfView, ...]:
    """Named VRFs, ``management`` last, as the switch prints them."""
    gateway = (("0.0.0.0/0", switch.management_gateway),) if switch.management_gateway else ()
    named = [vrf for vrf in switch.vrfs if vrf.name not in ("default", "management")]
    points = switch.multicast.vrf_rendezvous_points if switch.multicast else ()
    views = [VrfView(vrf, tuple(point[1:] for point in points if point[0] == vrf.name)) for vrf in named]
    return (*views, VrfView(Vrf("management", static_routes=gateway), ()))


def _default_rendezvous_points(switch: Switch) -> tuple[tuple[str, str], ...]:
    multicast = any(layer3.pim and layer3.vrf is None for layer3 in layers(switch))
    return switch.multicast.rendezvous_points if switch.multicast and multicast else ()


def _default_routes(switch: Switch) -> tuple[tuple[str, str], ...]:
    return tuple(route for vrf in switch.vrfs if vrf.name == "default" for route in vrf.static_routes)


def _processes(switch: Switch) -> list[tuple[str, list[Ospf]]]:
    """OSPF by process name, the default VRF first in each."""
    ordered = sorted(switch.ospf, key=lambda ospf: (ospf.process, ospf.vrf or ""))
    return [(name, list(members)) for name, members in groupby(ordered, key=lambda ospf: ospf.process)]


def _bgp_vrfs(bgp: Bgp) -> tuple[BgpVrf, ...]:
    """Neighbours by VRF, the default one first. The networks go where the neighbours are."""
    names = sorted({neighbor.vrf for neighbor in bgp.neighbors} or {None}, key=lambda name: name or "")
    return tuple(
        BgpVrf(
            name,
            bgp.networks if name == names[0] else (),
            tuple(neighbor for neighbor in bgp.neighbors if neighbor.vrf == name),
        )
        for name in names
    )


def _passive_by_default(switch: Switch, layer3: Layer3) -> bool:
    if layer3.ospf is None:
        return False
    return any(
        ospf.passive_default
        for ospf in switch.ospf
        if (ospf.process, ospf.vrf) == (layer3.ospf[0], layer3.vrf)
    )


def _loopbacks(switch: Switch) -> tuple[Loopback, ...]:
    """The loopbacks without a passive line: nobody is there to greet."""
    return tuple(
        replace(
            loopback,
            layer3=replace(loopback.layer3, ospf_passive=_passive_by_default(switch, loopback.layer3)),
        )
        for loopback in switch.loopbacks
    )


def passive_line(switch: Switch) -> Callable[[Layer3], str | None]:
    """A function that gives the OSPF passive line of a routed side, or None where the default is right."""

    def line(layer3: Layer3) -> str | None:
        if layer3.ospf is None or layer3.ospf_passive == _passive_by_default(switch, layer3):
            return None
        return "ip ospf passive-interface" if layer3.ospf_passive else "no ip ospf passive-interface"

    return line


def secret_reader(secrets: Mapping[str, str]) -> Callable[[str], str]:
    """A function for templates: the secret of a name; a missing one is an undefined variable."""

    def secret(name: str) -> str:
        try:
            return secrets[name]
        except KeyError:
            raise UndefinedError(f"secret {name!r} is not set") from None

    return secret


def password_text(value: str) -> str:
    """The value with the NX-OS type before it: 5 for a crypt hash, 0 for clear text.

    >>> password_text("$5$salt$hash"), password_text("moulin")
    ('5 $5$salt$hash', '0 moulin')
    """
    return f"{HASHED if value.startswith(('$1$', '$5$')) else PLAIN} {value}"


def banner_delimiter(text: str) -> str:
    """A character that the banner does not hold.

    >>> banner_delimiter("call #7")
    '^'
    """
    return next((mark for mark in BANNER_DELIMITERS if mark not in text), "#")


def _views(switch: Switch) -> tuple[tuple[PortView, ...], tuple[PortView, ...]]:
    """(channels, ports). Raises RenderError for a QoS class that the city does not have."""
    channels = {channel_number(channel): channel for channel in switch.channels}
    try:
        return (
            tuple(view_port(channel, switch, {}) for channel in switch.channels),
            tuple(view_port(port, switch, channels) for port in switch.ports),
        )
    except KeyError as exc:
        known = ", ".join(traffic.name for traffic in CLASSES)
        raise RenderError(switch.name, "nxos/qos.j2", 1, f"no QoS class {exc}. use one of {known}") from exc


def _marks(views: tuple[PortView, ...]) -> tuple[TrafficClass, ...]:
    """The classes that some port marks into, best first."""
    used = {marking_class(view.port) for view in views if view.marking}
    return tuple(traffic for traffic in (*CLASSES, UNTRUSTED) if traffic in used)


def build_context(switch: Switch, secrets: Mapping[str, str]) -> dict[str, object]:
    """Template variables of the switch. Raises RenderError for a QoS class that the city does not have."""
    channels, ports = _views(switch)
    return {
        "switch": switch,
        "base": switch.base,
        "traits": TRAITS[switch.platform],
        "features": features_of(switch),
        "vlan_ranges": range_text((1, *(vlan.number for vlan in switch.vlans))),
        "vrfs": _vrfs(switch),
        "default_routes": _default_routes(switch),
        "default_rendezvous_points": _default_rendezvous_points(switch),
        "loopbacks": _loopbacks(switch),
        "channels": channels,
        "ports": ports,
        "marks": _marks((*channels, *ports)),
        "trusts": any(view.marking == "CITY-CLASSIFY" for view in (*channels, *ports)),
        "classes": CLASSES,
        "queues": QUEUES[switch.platform],
        "ospf_processes": _processes(switch),
        "bgp_vrfs": _bgp_vrfs(switch.bgp) if switch.bgp else (),
        "streams": streams(switch),
        "relays": any(layer3.dhcp_relays for layer3 in layers(switch)),
        "passive_line": passive_line(switch),
        "range_text": range_text,
        "secret": secret_reader(secrets),
        "password_text": password_text,
        "banner_delimiter": banner_delimiter(switch.base.banner),
    }
