"""NX-OS quirks as a table: how each kind of line is identified, compared and negated.

A line that no rule names is compared as a whole: ``X`` and ``no X`` exclude each other, anything else stands
on its own. The rule with the longest fitting ``prefix`` wins. A network engineer extends the tables.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from fnmatch import fnmatchcase
from functools import lru_cache


class Kind(Enum):
    """How a line is compared."""

    VALUE = auto()
    """One value for ``prefix`` and its key words: the last line wins, so a change is one line."""
    LINE = auto()
    """Stands on its own; compared as a whole."""
    BLOCK = auto()
    """A section: compared by what is in it."""
    SINGLETON = auto()
    """A section that exists once (``router bgp N``): another N means remove, then build."""
    VLANS = auto()
    """``vlan 1,10,20-30`` and ``vlan 10`` stanzas: two views of one set."""
    TRUNK = auto()
    """``switchport trunk allowed vlan``: a set, written on one line or several."""
    IGNORE = auto()
    """The switch writes it by itself; neither compared nor sent."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One quirk: which lines, what makes two of them the same thing, how they are compared and removed."""

    prefix: str
    kind: Kind = Kind.VALUE
    keys: int = 0
    """Words after ``prefix`` that belong to the identity."""
    last: bool = False
    """The last word belongs to the identity (``ip access-group X in``)."""
    slots: tuple[int, ...] = ()
    """Positions of the words that make the identity, where they do not follow each other."""
    suffix: str = ""
    """Only lines that end so."""
    holds: str = ""
    """Only lines that hold these words somewhere."""
    default: str | None = None
    """Value that the switch hides; a line with it equals no line."""
    secret: re.Pattern[str] | None = None
    """Part compared by presence only: the switch re-hashes it."""
    fixed: bool = False
    """Always there: it can neither be made nor removed, only its content or value can change."""
    physical: bool = False
    """``prefix`` is followed by a port number; subinterfaces are something else."""
    late: bool = False
    """Remove after everything that may still refer to it, not before additions."""
    whole: bool = False
    """Negate with the whole old line, and remove the old before the new is sent."""

    def fits(self, text: str) -> bool:
        if not text.endswith(self.suffix) or self.holds not in text:
            return False
        if self.physical:  # Ethernet1/7 is always there, its subinterface Ethernet1/7.100 is not
            return text.startswith(self.prefix) and "." not in text
        return text == self.prefix or text.startswith(f"{self.prefix} ")


_SECRET = re.compile(r"\b(?:password|key) (?:\d )?\S+")
_ALL_SECRET = re.compile(r".+")


def _ignored(*prefixes: str) -> tuple[Rule, ...]:
    return tuple(Rule(prefix, Kind.IGNORE) for prefix in prefixes)


def _values(*prefixes: str, keys: int = 0) -> tuple[Rule, ...]:
    return tuple(Rule(prefix, keys=keys) for prefix in prefixes)


_TOP = (
    *_ignored(
        "version",
        "boot",
        "vdc",
        "rmon event",
        "copp profile",
        "ssh key",
        "ip domain-lookup",
        "cfs eth distribute",
        "snmp-server user",
    ),
    Rule("feature", Kind.LINE, late=True),
    Rule("nv overlay evpn", Kind.LINE, late=True),
    Rule("install feature-set", Kind.LINE, late=True),
    Rule("username", Kind.IGNORE, holds=" passphrase "),
    Rule("username", Kind.LINE, holds=" sshkey "),
    Rule("username admin", secret=_SECRET, fixed=True),
    Rule("username", keys=1, secret=_SECRET),
    Rule("banner motd"),
    Rule("banner exec"),
    Rule("vlan configuration", Kind.BLOCK, keys=1, late=True),
    Rule("vlan", Kind.VLANS, late=True),
    Rule("interface mgmt0", Kind.BLOCK, fixed=True),
    Rule("interface Ethernet", Kind.BLOCK, fixed=True, physical=True),
    Rule("interface Vlan1", Kind.BLOCK, fixed=True),
    Rule("interface", Kind.BLOCK, keys=1, late=True),
    Rule("vrf context management", Kind.BLOCK, fixed=True),
    Rule("vrf context", Kind.BLOCK, keys=1, late=True),
    Rule("line", Kind.BLOCK, keys=1, fixed=True),
    Rule("system qos", Kind.BLOCK, fixed=True),
    Rule("router bgp", Kind.SINGLETON, late=True),
    Rule("vpc domain", Kind.SINGLETON, late=True),
    Rule("router", Kind.BLOCK, keys=2, late=True),
    Rule("ip access-list", Kind.BLOCK, keys=1, late=True),
    Rule("ipv6 access-list", Kind.BLOCK, keys=1, late=True),
    Rule("ip prefix-list", keys=3, whole=True, late=True),
    Rule("ipv6 prefix-list", keys=3, whole=True, late=True),
    Rule("route-map", Kind.SINGLETON, slots=(1, 3), late=True),
    Rule("class-map", Kind.BLOCK, late=True),
    Rule("policy-map", Kind.BLOCK, late=True),
    Rule("object-group", Kind.BLOCK, late=True),
    Rule("telemetry", Kind.BLOCK, late=True),
    Rule("aaa group server tacacs+", Kind.BLOCK, keys=1, late=True),
    Rule("aaa group server radius", Kind.BLOCK, keys=1, late=True),
    Rule("tacacs-server host", keys=1, secret=_SECRET, late=True),
    Rule("radius-server host", keys=1, secret=_SECRET, late=True),
    Rule("tacacs-server key", secret=_ALL_SECRET),
    Rule("tacacs-server timeout"),
    Rule("ip route", Kind.LINE, late=True),
    Rule("ipv6 route", Kind.LINE, late=True),
    Rule("ip name-server", Kind.LINE, late=True),
    Rule("ip host", keys=1, late=True),
    Rule("ip pim rp-address", Kind.LINE),
    Rule("ntp server", keys=1, whole=True, late=True),
    Rule("ntp peer", keys=1, whole=True, late=True),
    Rule("logging server", keys=1, late=True),
    Rule("snmp-server community", keys=2, whole=True),
    Rule("snmp-server host", Kind.LINE),
    Rule("snmp-server enable traps", Kind.LINE),
    *_values(
        "hostname",
        "ip domain-name",
        "ip domain-list",
        "clock timezone",
        "clock summer-time",
        "snmp-server contact",
        "snmp-server location",
        "snmp-server source-interface traps",
        "logging source-interface",
        "logging level",
        "logging logfile",
        "logging monitor",
        "logging console",
        "ntp source-interface",
        "ntp source",
        "spanning-tree mode",
        "spanning-tree pathcost method",
        "spanning-tree mst configuration",
        "fabric forwarding anycast-gateway-mac",
        "errdisable recovery interval",
        "aaa authentication login default",
        "aaa authentication login console",
        "aaa accounting default",
        "aaa authorization commands default",
        "aaa authorization config-commands default",
        "nxapi http port",
        "nxapi https port",
        "grpc port",
        "grpc certificate",
        "grpc use-vrf",
        "grpc gnmi max-concurrent-calls",
        "lldp timer",
        "lldp holdtime",
        "lacp system-priority",
        "system jumbomtu",
        "ip tacacs source-interface",
        "hardware qos",
        "vtp mode",
        "power redundancy-mode",
    ),
    *_values("hardware access-list tcam region", "hardware profile", keys=1),
    *_values("spanning-tree vlan", keys=2),
    *_values("errdisable recovery cause", keys=1),
)

_INTERFACE = (
    Rule("description"),
    Rule("mtu", default="1500"),
    Rule("speed", default="auto"),
    Rule("duplex", default="auto"),
    Rule("switchport mode", default="access"),
    Rule("switchport access vlan", default="1"),
    Rule("switchport trunk native vlan", default="1"),
    Rule("switchport trunk allowed vlan", Kind.TRUNK),
    Rule("switchport voice vlan"),
    Rule("switchport port-security maximum", default="1"),
    Rule("switchport port-security violation", default="shutdown"),
    Rule("switchport port-security aging", keys=1),
    Rule("vrf member"),
    Rule("ip address"),
    Rule("ip address", Kind.LINE, suffix=" secondary"),
    Rule("ip router", keys=2),
    *_values(
        "bandwidth",
        "delay",
        "ip ospf cost",
        "ip ospf network",
        "ip ospf hello-interval",
        "ip ospf priority",
        "ip ospf dead-interval",
        "ip pim dr-priority",
        "ip pim hello-interval",
        "ip igmp version",
        "hsrp version",
        "ip policy route-map",
        "spanning-tree port type",
        "spanning-tree bpduguard",
        "spanning-tree guard",
        "spanning-tree cost",
        "spanning-tree port-priority",
        "spanning-tree link-type",
        "channel-group",
        "vpc",
        "lacp rate",
        "lacp port-priority",
        "power inline priority",
        "power inline police",
        "source-interface",
        "host-reachability protocol",
        "udld",
        "encapsulation dot1q",
        "port-channel min-links",
    ),
    Rule("ip ospf authentication-key", secret=_ALL_SECRET),
    Rule("ip ospf message-digest-key", keys=1, secret=_ALL_SECRET),
    Rule("power inline", default="auto"),
    Rule("storm-control broadcast level"),
    Rule("storm-control multicast level"),
    Rule("storm-control unicast level"),
    Rule("storm-control action"),
    Rule("service-policy type qos", keys=1),
    Rule("service-policy type queuing", keys=1),
    Rule("ip access-group", last=True),
    Rule("ip port access-group", last=True),
    Rule("load-interval counter", keys=1),
    Rule("hsrp version"),
    Rule("hsrp", Kind.BLOCK, keys=1),
    Rule("member vni", Kind.BLOCK, keys=1),
)

_HSRP = (
    Rule("ip"),
    Rule("priority"),
    Rule("timers"),
    Rule("name"),
    Rule("preempt"),
    Rule("authentication", secret=_ALL_SECRET),
)

_BGP = (
    *_values(
        "router-id",
        "remote-as",
        "description",
        "update-source",
        "maximum-prefix",
        "timers",
        "ebgp-multihop",
        "soft-reconfiguration",
        "local-as",
        "cluster-id",
        "reconnect-interval",
        "maximum-paths ibgp",
        "maximum-paths",
        "advertisement-interval",
        "weight",
        "distance",
        "inherit peer",
        "inherit peer-session",
    ),
    Rule("password", secret=_ALL_SECRET),
    Rule("route-map", last=True),
    Rule("prefix-list", last=True),
    Rule("filter-list", last=True),
    Rule("network", keys=1),
    Rule("neighbor", Kind.BLOCK, keys=1),
    Rule("template", Kind.BLOCK, keys=2),
    Rule("address-family", Kind.BLOCK),
    Rule("vrf", Kind.BLOCK, keys=1),
)

_IGP = (
    *_values(
        "router-id",
        "auto-cost reference-bandwidth",
        "log-adjacency-changes",
        "maximum-paths",
        "distance",
        "timers throttle spf",
        "timers throttle lsa",
        "timers lsa-arrival",
        "default-metric",
        "autonomous-system",
    ),
    Rule("vrf", Kind.BLOCK, keys=1),
    Rule("address-family", Kind.BLOCK),
)

TABLES: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    ("", _TOP),
    ("interface *|hsrp *", _HSRP),
    ("interface *", _INTERFACE),
    ("router bgp *", _BGP),
    ("router *", _IGP),
    ("vlan *", (Rule("name"), Rule("vn-segment"), Rule("state", default="active"))),
    ("vrf context *", (Rule("description"), Rule("rd"), Rule("vni"), Rule("address-family", Kind.BLOCK))),
    ("vpc domain *", (
        *_values("role priority", "system-priority", "system-mac", "peer-keepalive destination"),
        *_values("delay restore", "delay restore interface-vlan", "auto-recovery reload-delay"),
    )),
    ("policy-map *|class *", (
        *_values("set qos-group", "set dscp", "set cos", "set prec", "police", "shape", "queue-limit"),
        *_values("bandwidth remaining", "bandwidth", "priority", "mtu", "pause"),
    )),
    ("policy-map *", (Rule("class", Kind.BLOCK),)),
    ("system qos", (Rule("service-policy type", keys=2),)),
    ("line *", (
        *_values("exec-timeout", "session-limit", "logout-warning"),
        Rule("access-class", last=True),
        Rule("ipv6 access-class", last=True),
    )),
    ("aaa group server *", (Rule("use-vrf"), Rule("source-interface"), Rule("deadtime"))),
    ("route-map *", (
        *_values("description", "match ip address", "match ip address prefix-list", "match route-type"),
        *_values("match as-path", "match tag", "match community", "set metric", "set local-preference"),
        *_values("set tag", "set weight"),
        *_values("set as-path prepend", "set community", "set ip next-hop", "set metric-type", "set origin"),
    )),
    ("telemetry*", (
        Rule("destination-profile", Kind.BLOCK), Rule("destination-group", Kind.BLOCK, keys=1),
        Rule("sensor-group", Kind.BLOCK, keys=1), Rule("subscription", Kind.BLOCK, keys=1),
        Rule("use-vrf"), Rule("data-source"), Rule("snsr-grp", keys=1), Rule("path", keys=1),
        Rule("certificate"),
    )),
    ("vlan configuration *", _values("ip igmp snooping querier")),
)  # fmt: skip
"""(where, rules): ``where`` is a glob over the headers above the line, joined by ``|``."""

PLAIN = Rule("", Kind.LINE)
"""A line that no table names."""

SEQUENCES = ("ip access-list *", "ipv6 access-list *")
"""Sections whose entries are numbered, by ten when the writer did not."""


@lru_cache(maxsize=4096)
def _table(where: str) -> tuple[Rule, ...]:
    rules: list[Rule] = []
    for pattern, table in TABLES:
        if where == pattern or (
            pattern and (fnmatchcase(where, pattern) or fnmatchcase(where, f"{pattern}|*"))
        ):
            rules.extend(table)
    return tuple(rules)


@lru_cache(maxsize=4096)
def _by_word(where: str, word: str) -> tuple[Rule, ...]:
    fitting = (rule for rule in _table(where) if rule.prefix.partition(" ")[0] == word)
    return tuple(
        sorted(fitting, key=lambda rule: (bool(rule.suffix or rule.holds), len(rule.prefix)), reverse=True)
    )


def find_rule(where: str, text: str) -> Rule:
    """The rule for a line (without a leading ``no``) below the headers ``where``; PLAIN when none fits.

    >>> find_rule("interface Ethernet1/7", "mtu 9216").prefix
    'mtu'
    """
    for rule in _by_word(where, text.partition(" ")[0]):
        if rule.fits(text):
            return rule
    return PLAIN
