"""Short names, durations and reasons as show commands print them."""

from __future__ import annotations

from vnexus.facts import InterfaceConfig, Oper

_SHORT = (("Ethernet", "Eth"), ("port-channel", "Po"), ("loopback", "Lo"))


def short_name(name: str) -> str:
    """``Eth1/1`` for Ethernet1/1.

    >>> short_name("port-channel10"), short_name("Vlan10")
    ('Po10', 'Vlan10')
    """
    for full, short in _SHORT:
        if name.startswith(full):
            return short + name[len(full) :]
    return name


def ago(seconds: float) -> str:
    """``00:07:00``, ``1d02h``, ``3week(s) 2day(s)``: time since a link flapped.

    >>> ago(420), ago(93_600), ago(2_000_000)
    ('00:07:00', '1d02h', '3week(s) 2day(s)')
    """
    whole = max(0, int(seconds))
    days, rest = divmod(whole, 86_400)
    if days >= 7:
        return f"{days // 7}week(s) {days % 7}day(s)"
    if days:
        return f"{days}d{rest // 3600:02d}h"
    return f"{rest // 3600:02d}:{rest % 3600 // 60:02d}:{rest % 60:02d}"


REASONS = {
    "connected": "none",
    "notconnect": "Link not connected",
    "disabled": "Administratively down",
    "sfpAbsent": "XCVR not inserted",
    "suspnd": "suspended(no LACP PDUs)",
    "noOperMembers": "No operational members",
    "udldUnidir": "UDLD empty echo",
    "vpcPeerLinkDown": "vPC peerlink is down",
    "vlanDown": "VLAN/BD is down",
    "vlanDoesNotExist": "VLAN/BD does not exist",
}


def reason(oper: Oper) -> str:
    """The words in brackets behind ``is down``."""
    return REASONS.get(oper.reason, oper.reason)


def status(oper: Oper) -> str:
    """The word of ``show interface status``."""
    if oper.up:
        return "connected"
    return {
        "sfpAbsent": "xcvrAbsen",
        "noOperMembers": "noOperMem",
        "suspnd": "suspnd",
        "udldUnidir": "udldUnidir",
        "vpcPeerLinkDown": "suspndByV",
    }.get(oper.reason, {"disabled": "disabled", "notconnect": "notconnec"}.get(oper.reason, "down"))


def speed_word(mbps: int) -> str:
    """``10G`` for 10000, ``1000`` for 1000.

    >>> speed_word(25_000), speed_word(100)
    ('25G', '100')
    """
    return f"{mbps // 1000}G" if mbps >= 10_000 else str(mbps)


def vlan_word(config: InterfaceConfig) -> str:
    """Vlan column of ``show interface status``."""
    if config.mode == "routed":
        return "routed"
    return "trunk" if config.mode == "trunk" else str(config.access_vlan)


def mac_colons(text: str) -> str:
    """``00-aa-bb-cc-dd-ee`` for ``00aa.bbcc.ddee``."""
    digits = text.replace(".", "")
    return "-".join(digits[i : i + 2] for i in range(0, 12, 2))


def uptime(seconds: float) -> str:
    """Age of a route or session: ``00:10:00``, ``1d02h``, ``3w2d``, ``1y10w``.

    >>> uptime(600), uptime(93_600), uptime(2_000_000), uptime(40_000_000)
    ('00:10:00', '1d02h', '3w2d', '1y13w')
    """
    whole = max(0, int(seconds))
    days = whole // 86_400
    if days >= 365:
        return f"{days // 365}y{days % 365 // 7}w"
    if days >= 7:
        return f"{days // 7}w{days % 7}d"
    return ago(whole)


def duration(seconds: float) -> str:
    """The same in structured output, ISO 8601.

    >>> duration(93_605)
    'P1DT2H5S'
    """
    whole = max(0, int(seconds))
    parts = ((whole % 86_400 // 3600, "H"), (whole % 3600 // 60, "M"), (whole % 60, "S"))
    time = "".join(f"{figure}{letter}" for figure, letter in parts if figure)
    days = f"{whole // 86_400}D" if whole >= 86_400 else ""
    return f"P{days}T{time}" if time or not days else f"P{days}"
