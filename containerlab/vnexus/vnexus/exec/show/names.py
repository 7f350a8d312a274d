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
    return {"sfpAbsent": "xcvrAbsen", "noOperMembers": "noOperMem", "suspnd": "suspnd"}.get(
        oper.reason, {"disabled": "disabled", "notconnect": "notconnec"}.get(oper.reason, "down")
    )


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
