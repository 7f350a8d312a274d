"""Lines that the tables allow, made up at random: for tests that type everything there is."""

from __future__ import annotations

import random
from collections.abc import Callable

from vnexus.grammar.syntax import State
from vnexus.grammar.table import Mode

Say = Callable[[random.Random], str]
MAX_WORDS = 24


def _one(*words: str) -> Say:
    return lambda chance: chance.choice(words)


def _address(chance: random.Random) -> str:
    return ".".join(str(chance.choice((0, 1, 10, 66, 127, 224, 255))) for _ in range(4))


ODD = (
    "a",
    "x" * 70,
    "-",
    "0",
    "²",
    "٣",
    "é",
    "a|b",
    '"',
    "'",
    "#",
    "!",
    "\\",
    "%s",
    "{0}",
    "9" * 30,
    "no",
    "a;b",
    "\t",
)
"""Words that nobody should type."""
WORDS: dict[str, Say] = {
    "word": _one("CITY", "a", "x-1", "core.example", "no", "shutdown", "1", "007", "é", "{0}", "all"),
    "vrf-name": _one("CITY", "management", "default", "v1"),
    "plain": _one("CITY", "p1", "running-config"),
    "quoted": _one("CITY", '"two words"', '"', "x"),
    "line": _one("a text", "x", "  spaced   out ", "camera 7 | rue 'Haute'", "9" * 40, "shutdown", '"'),
    "ip": _address,
    "ip6": _one("2001:db8::1", "::", "fe80::1"),
    "host": _one("10.66.2.20", "ntp.example", "127.0.0.1"),
    "prefix": lambda chance: f"{_address(chance)}/{chance.randrange(33)}",
    "net": lambda chance: f"{_address(chance)}/{chance.randrange(33)}",
    "prefix6": _one("2001:db8::/32", "2001:db8::1/64", "::/0"),
    "mac": _one("00aa.bbcc.dd01", "00:aa:bb:cc:dd:02"),
    "interface": _one("Ethernet1/1", "eth1/49", "Vlan120", "po10", "lo0", "mgmt0"),
    "ethernet": _one("Ethernet1/1", "eth1/2", "e1/49", "Ethernet1/3.10"),
    "port-channel": _one("port-channel10", "po 1", "po4096"),
    "vlan-interface": _one("Vlan1", "vlan 120", "Vlan4094"),
    "loopback": _one("loopback0", "lo1023"),
    "nve": _one("nve1"),
    "mgmt": _one("mgmt0"),
    "interfaces": _one("Ethernet1/1-3", "eth1/1,eth1/7", "Ethernet1/48", "vlan 10-12", "po1-2", "lo0,lo1"),
    "next-hop": _one("10.0.0.1", "Null0"),
    "vlan-list": _one("1", "10-12", "1,3,5", "4094"),
    "bgp-peer": _one("10.0.0.1", "2001:db8::2", "10.0.0.0/24"),
    "signed": _one("-1", "0", "12"),
    "vlans": _one("1", "10-12", "1,3,5", "4094", "20,30-40"),
    "area": _one("0", "0.0.0.1", "77"),
    "asn": _one("65001", "1", "64512.1"),
    "port": _one("22", "www", "65535", "8080"),
    "number": _one("0", "7", "4294967295", "99999999999999999999"),
    "decimal": _one("2.00", "10", "0.5"),
    "hex": _one("0x1f", "ABCD", "00"),
    "rd": _one("auto", "65001:1"),
    "file": _one("bootflash:a.txt", "x", "bootflash:///b", "../etc/passwd", "volatile:v"),
}


def speak(mode: Mode, chance: random.Random) -> str:
    """One line of the mode, most of them whole and right."""
    state, words = mode.root, list[str]()
    while len(words) < MAX_WORDS:
        if state.final and (chance.random() < 0.6 or not (state.words or state.arguments)):
            break
        steps = [(key, target) for key, targets in state.words.items() for target in targets]
        choices = len(steps) + len(state.arguments)
        if not choices:
            break
        number = chance.randrange(choices)
        if number < len(steps):
            word, state = steps[number]
        else:
            kind, _, state = state.arguments[number - len(steps)]
            word = say(state, kind, chance)
        words.append(word)
    if words and chance.random() < 0.08:
        words[chance.randrange(len(words))] = chance.choice(ODD)
    return " ".join(words)


def say(target: State, kind: str, chance: random.Random) -> str:
    """A value for an argument: by its type, which the rule's notation tells for named ones."""
    known = WORDS.get(kind)
    if known is None and target.rule is not None:
        for piece in target.rule.notation.split("<")[1:]:
            name, _, type_ = piece.partition(">")[0].rpartition(":")
            if name == kind:
                kind, known = type_, WORDS.get(type_)
                break
    if known is not None:
        return known(chance)
    low, dash, high = kind.partition("-")
    if dash and low.isdigit() and high.isdigit():
        return str(chance.choice((int(low), int(high), chance.randint(int(low), int(high)))))
    return chance.choice(ODD)
