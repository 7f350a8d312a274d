"""Arguments of commands: what may stand in ``<angle brackets>`` and how the switch writes it back."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from vnexus.grammar.names import interface_name, interface_range, vlan_set, vlan_text

_WORD = re.compile(r"\S+")
MAX_DIGITS = 20


@dataclass(frozen=True, slots=True)
class Line:
    """A typed line in words, with the column each begins in."""

    raw: str
    words: tuple[str, ...]
    starts: tuple[int, ...]

    @classmethod
    def of(cls, raw: str) -> Line:
        found = list(_WORD.finditer(raw))
        return cls(raw, tuple(m[0] for m in found), tuple(m.start() for m in found))

    def column(self, index: int) -> int:
        """Column of the word; of the end of the line for one past the last."""
        return self.starts[index] if index < len(self.starts) else len(self.raw.rstrip())

    def rest(self, index: int) -> str:
        return self.raw[self.starts[index] :].rstrip()


Take = Callable[[Line, int], tuple[str, int] | None]
"""(line, index of the word) to (what the switch writes, words used); None when it does not fit."""


def _single(clean: Callable[[str], str | None]) -> Take:
    def take(line: Line, index: int) -> tuple[str, int] | None:
        text = clean(line.words[index])
        return None if text is None else (text, 1)

    return take


def _whole(text: str) -> bool:
    """A number as people type it: ``²`` and figures of a thousand digits are not."""
    return text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS


def _ip(text: str) -> str | None:
    parts = text.split(".")
    if len(parts) != 4 or not all(_whole(p) and len(p) <= 3 and int(p) < 256 for p in parts):
        return None
    return ".".join(str(int(p)) for p in parts)


def _ip6(text: str) -> str | None:
    if ":" not in text:
        return None
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError:
        return None


def _prefix6(text: str) -> str | None:
    address, _, length = text.partition("/")
    if _ip6(address) is None or not _whole(length) or int(length) > 128:
        return None
    return f"{address.lower()}/{int(length)}"


@lru_cache(maxsize=8192)
def _slash(address: str, mask: str) -> str | None:
    """``10.0.0.1`` and ``255.255.255.0`` (or ``0.0.0.255``) make ``10.0.0.1/24``."""
    try:
        return f"{address}/{ipaddress.IPv4Network((0, mask)).prefixlen}"
    except ValueError:
        return None


def _prefix(line: Line, index: int) -> tuple[str, int] | None:
    address, slash, length = line.words[index].partition("/")
    ip = _ip(address)
    if ip is None:
        return None
    if slash:
        return (f"{ip}/{int(length)}", 1) if _whole(length) and int(length) <= 32 else None
    mask = _ip(line.words[index + 1]) if index + 1 < len(line.words) else None
    text = _slash(ip, mask) if mask else None
    return (text, 2) if text else None


def _net(line: Line, index: int) -> tuple[str, int] | None:
    found = _prefix(line, index)
    if found is None:
        return None
    address, _, length = found[0].partition("/")
    bits = int.from_bytes(bytes(map(int, address.split("."))), "big")
    kept = bits >> (32 - int(length)) << (32 - int(length)) if int(length) else 0
    return ".".join(map(str, kept.to_bytes(4, "big"))) + f"/{length}", found[1]


def _mac(text: str) -> str | None:
    digits = re.sub(r"[.:-]", "", text).lower()
    if not re.fullmatch(r"[0-9a-f]{12}", digits):
        return None
    return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"


def _interface(kinds: tuple[str, ...]) -> Take:
    def take(line: Line, index: int) -> tuple[str, int] | None:
        for used in (1, 2):
            name = interface_name(" ".join(line.words[index : index + used]))
            if name and (not kinds or name.startswith(kinds)):
                return name, used
            if used == 1 and index + 1 >= len(line.words):
                return None
        return None

    return take


def _interfaces(line: Line, index: int) -> tuple[str, int] | None:
    """The longest run of words that is a list of interfaces."""
    end = index + 1
    while end < len(line.words) and (line.words[end][0] in "0123456789-," or line.words[end - 1][-1] in ",-"):
        end += 1
    names = interface_range(" ".join(line.words[index:end]))
    return (",".join(names), end - index) if names else None


def _vlans(line: Line, index: int) -> tuple[str, int] | None:
    numbers = vlan_set("".join(line.words[index:]))
    return (vlan_text(numbers), len(line.words) - index) if numbers else None


def _line(line: Line, index: int) -> tuple[str, int] | None:
    return line.rest(index), len(line.words) - index


def _quoted(line: Line, index: int) -> tuple[str, int] | None:
    if not line.words[index].startswith('"'):
        return line.words[index], 1
    for last in range(index, len(line.words)):
        if line.words[last].endswith('"') and (last > index or len(line.words[last]) > 1):
            end = line.starts[last] + len(line.words[last])
            return line.raw[line.starts[index] : end], last - index + 1
    return None


def _area(text: str) -> str | None:
    if _whole(text) and int(text) < 1 << 32:
        return ".".join(map(str, int(text).to_bytes(4, "big")))
    return _ip(text)


PORT_NAMES = {
    "7": "echo", "20": "ftp-data", "21": "ftp", "23": "telnet", "25": "smtp", "49": "tacacs", "53": "domain",
    "67": "bootps", "68": "bootpc", "69": "tftp", "80": "www", "110": "pop3", "123": "ntp", "161": "snmp",
    "162": "snmptrap", "179": "bgp", "514": "syslog", "520": "rip",
}  # fmt: skip
"""Port numbers that the switch writes as words in access lists."""


def _port(text: str) -> str | None:
    if _whole(text):
        return PORT_NAMES.get(str(int(text)), str(int(text))) if int(text) < 65536 else None
    return text.lower() if text.lower() in PORT_NAMES.values() else None


def _pattern(expression: str, clean: Callable[[str], str] = str) -> Take:
    compiled = re.compile(expression)
    return _single(lambda text: clean(text) if compiled.fullmatch(text) else None)


def _host(text: str) -> str | None:
    if re.fullmatch(r"[0-9.]+", text):
        return _ip(text)
    return text if re.fullmatch(r"[\w.:-]+", text) else None


def _asn(text: str) -> str | None:
    if re.fullmatch(r"[0-9]{1,5}\.[0-9]{1,5}", text):
        return text
    return str(int(text)) if _whole(text) and 1 <= int(text) < 1 << 32 else None


def _next_hop(line: Line, index: int) -> tuple[str, int] | None:
    word = line.words[index]
    if word.lower() == "null0":
        return "Null0", 1
    address, _, length = word.partition("/")
    ip = _ip(address)
    if ip is None or length not in {"", "32"}:
        return None
    return (f"{ip}/{length}" if length else ip), 1


def _bgp_peer(line: Line, index: int) -> tuple[str, int] | None:
    text = line.words[index]
    address = _ip(text) or _ip6(text) or _prefix6(text)
    if address is None and "/" in text:
        found = _net(line, index)
        return found if found and found[1] == 1 else None
    return (address, 1) if address else None


WORDS: dict[str, Take] = {
    "word": _single(lambda text: text),
    "vrf-name": _pattern(r"(?!detail$|interface$)\S+"),
    "plain": _pattern(r"(?!file$|description$)[\w.-]+"),
    "quoted": _quoted,
    "line": _line,
    "ip": _single(_ip),
    "ip6": _single(_ip6),
    "host": _single(_host),
    "prefix": _prefix,
    "net": _net,
    "prefix6": _single(_prefix6),
    "mac": _single(_mac),
    "interface": _interface(()),
    "ethernet": _interface(("Ethernet",)),
    "port-channel": _interface(("port-channel",)),
    "vlan-interface": _interface(("Vlan",)),
    "loopback": _interface(("loopback",)),
    "nve": _interface(("nve",)),
    "mgmt": _interface(("mgmt",)),
    "interfaces": _interfaces,
    "next-hop": _next_hop,
    "vlan-list": _single(lambda text: vlan_text(vlan_set(text) or ()) or None),
    "bgp-peer": _bgp_peer,
    "signed": _pattern(r"-?[0-9]{1,20}"),
    "vlans": _vlans,
    "area": _single(_area),
    "asn": _single(_asn),
    "port": _single(_port),
    "number": _pattern(r"[0-9]{1,20}", lambda text: str(int(text))),
    "decimal": _pattern(r"[0-9]{1,20}(\.[0-9]{1,20})?"),
    "hex": _pattern(r"(0x)?[0-9A-Fa-f]+"),
    "rd": _pattern(r"auto|\S+:[0-9]{1,20}"),
    "route-protocol": _pattern(r"direct|local|static|hsrp|(ospf|bgp|eigrp)(-\S+)?"),
    "file": _pattern(r"[\w./:-]+"),
}


KIND_OF: dict[Take, str] = {}
"""The type that each argument of a table was written with, for ``?``."""


def word(kind: str) -> Take:
    """The argument type of that name, see ``_word``; ``KIND_OF`` remembers it."""
    take = _word(kind)
    KIND_OF[take] = kind
    return take


@lru_cache(maxsize=512)
def _word(kind: str) -> Take:
    """The argument type of that name; ``1-4094`` is a whole number in that range.

    Raises KeyError for an unknown type.
    """
    found = re.fullmatch(r"(\d+)-(\d+)", kind)
    if not found:
        return WORDS[kind]
    low, high = int(found[1]), int(found[2])
    return _single(lambda text: str(int(text)) if _whole(text) and low <= int(text) <= high else None)
