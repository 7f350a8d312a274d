"""``openconfig-lacp``: port-channels that negotiate, and their members."""

from __future__ import annotations

from functools import partial

from vnexus.telemetry.openconfig.view import View, short_name
from vnexus.telemetry.tree import Branch, Listing, Rows


def lacp(view: View) -> Branch:
    snapshot = view.snapshot
    rows: Rows = {
        (short_name(name),): partial(_channel, view, name, members)
        for name, members in snapshot.members.items()
        if name in snapshot.interfaces and _speaking(view, members)
    }
    return {"interfaces": {"interface": Listing(("name",), rows)}}


def _speaking(view: View, members: list[str]) -> list[str]:
    return [one for one in members if view.snapshot.interfaces[one].channel_mode != "on"]


def _channel(view: View, name: str, members: list[str]) -> Branch:
    speaking = _speaking(view, members)
    active = any(view.snapshot.interfaces[one].channel_mode == "active" for one in speaking)
    rows: Rows = {(short_name(one),): partial(_member, view, one) for one in speaking}
    return {
        "name": short_name(name),
        "state": {
            "name": short_name(name),
            "interval": "SLOW",
            "lacp-mode": "ACTIVE" if active else "PASSIVE",
        },
        "members": {"member": Listing(("interface",), rows)},
    }


def _member(view: View, name: str) -> Branch:
    up = view.world.oper(view.name, name).up
    active = view.snapshot.interfaces[name].channel_mode == "active"
    return {
        "interface": short_name(name),
        "state": {
            "interface": short_name(name),
            "activity": "ACTIVE" if active else "PASSIVE",
            "timeout": "LONG",
            "synchronization": "IN_SYNC" if up else "OUT_SYNC",
            "aggregatable": True,
            "collecting": up,
            "distributing": up,
        },
    }
