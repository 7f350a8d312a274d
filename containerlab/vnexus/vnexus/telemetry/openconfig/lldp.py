"""``openconfig-lldp``: neighbours by port."""

from __future__ import annotations

from functools import partial

from vnexus.facts import Neighbor
from vnexus.telemetry.openconfig.view import View, short_name
from vnexus.telemetry.tree import Branch, Listing, Node, Rows


def lldp(view: View) -> Branch:
    snapshot = view.snapshot
    ports = [name for name in snapshot.interfaces if name.startswith("Ethernet") and "." not in name]
    rows: Rows = {(short_name(name),): partial(_port, view, name) for name in ports if snapshot.lldp}
    return {"state": {"enabled": snapshot.lldp}, "interfaces": {"interface": Listing(("name",), rows)}}


def _port(view: View, name: str) -> Branch:
    config = view.snapshot.interfaces[name]
    seen = [one for one in view.world.neighbors(view.name) if one.local_port == name]
    rows: Rows = {(str(number),): partial(_neighbor, number, one) for number, one in enumerate(seen, 1)}
    return {
        "name": short_name(name),
        "state": {"name": short_name(name), "enabled": config.lldp_transmit or config.lldp_receive},
        "neighbors": {"neighbor": Listing(("id",), rows)},
    }


def _neighbor(number: int, one: Neighbor) -> Branch:
    state: dict[str, Node] = {
        "id": str(number),
        "system-name": one.node,
        "chassis-id": one.chassis,
        "chassis-id-type": "MAC_ADDRESS",
        "port-id": one.port,
        "port-id-type": "INTERFACE_NAME" if one.capabilities == "BR" else "MAC_ADDRESS",
        "port-description": one.description,
    }
    if one.address is not None:
        state["management-address"] = one.address
    return {"id": str(number), "state": state}
