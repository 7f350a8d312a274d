"""One thing, one spelling: names, masks and IPv6 are read as the switch writes them, however typed."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError

_HEADER = re.compile(r"interface ([a-z-]+) ?(\d.*)", re.IGNORECASE)
_PORTS = ("Ethernet", "port-channel", "Vlan", "loopback", "mgmt", "nve", "Tunnel")
_SHORTEST = 2
"""Letters of a port's name that the switch asks for at least."""
_MASKED = re.compile(r" (\d+\.\d+\.\d+\.\d+) (\d+\.\d+\.\d+\.\d+)(?= |$)")
_HOST = re.compile(r" host (\d+\.\d+\.\d+\.\d+)(?= |$)")
_SIX = re.compile(r"(?<= )[0-9A-Fa-f]*(?::[0-9A-Fa-f.]*){2,}(?=[ /]|$)")
_BEGINS = frozenset({"no ", "int", "ip ", "ipv", "nei", "per", "den"})
_ENTRIES = frozenset("123456789")
_WHOLE = tuple(
    f"interface {port}" for port in ("Ethernet", "port-channel", "Vlan", "loopback", "mgmt", "nve")
)


def spell(text: str) -> str:
    """The line as the switch would show it.

    >>> spell("interface eth1/7")
    'interface Ethernet1/7'
    >>> spell("ip address 10.0.0.1 255.255.255.0 secondary")
    'ip address 10.0.0.1/24 secondary'
    >>> spell("ipv6 address 2001:DB8::1/64")
    'ipv6 address 2001:db8::1/64'
    >>> spell("10 permit tcp 10.1.0.0 0.0.255.255 host 10.2.0.9 eq 443")
    '10 permit tcp 10.1.0.0/16 10.2.0.9/32 eq 443'
    >>> spell("10 remark host 10.2.0.9")
    '10 remark host 10.2.0.9'
    """
    begin = text[:3]
    if begin not in _BEGINS and text[:1] not in _ENTRIES:
        return text
    if begin == "no ":
        return f"no {spell(text[3:])}"
    if begin == "int":
        known = text.startswith(_WHOLE) and text.count(" ") == 1
        return text if known else _HEADER.sub(_port, text, count=1)
    if begin == "ip ":
        return _MASKED.sub(_by_mask, text) if text.startswith(("ip address ", "ip route ")) else text
    if begin in {"ipv", "nei"}:
        return _SIX.sub(_six, text) if ":" in text else text
    return _spell_entry(text)


def _spell_entry(text: str) -> str:
    """An entry of an access list; remarks and whatever else begins with a number stay."""
    if text.lstrip("0123456789 ")[:5] not in {"permi", "deny "}:
        return text
    if " host " in text:
        text = _HOST.sub(r" \1/32", text)
    if " 0." in text or ".255 " in f"{text} ":
        text = _MASKED.sub(_by_wildcard, text)
    return _SIX.sub(_six, text) if ":" in text else text


def _port(found: re.Match[str]) -> str:
    word, number = found[1].lower(), found[2]
    if len(word) < _SHORTEST:
        return found[0]
    name = next((port for port in _PORTS if port.lower().startswith(word)), found[1])
    return f"interface {name}{number}"


def _by_mask(found: re.Match[str]) -> str:
    return _prefix(found, found[2])


def _by_wildcard(found: re.Match[str]) -> str:
    """A wildcard that is no prefix stays as it is."""
    return _prefix(found, ".".join(str(255 - int(part)) for part in found[2].split(".") if int(part) < 256))


def _prefix(found: re.Match[str], mask: str) -> str:
    try:
        length = IPv4Network(f"0.0.0.0/{mask}").prefixlen
    except (AddressValueError, NetmaskValueError, ValueError):
        return found[0]
    return f" {found[1]}/{length}"


def _six(found: re.Match[str]) -> str:
    """Small letters only: the switch keeps what is short or long as it was typed."""
    return found[0].lower()
